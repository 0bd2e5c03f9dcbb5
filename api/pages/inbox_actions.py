"""What can be done with tasks from the list: claim, give back, undo, take the next; and with many at once."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from api import permissions
from api.pages import csv_export, door, inbox, inbox_asked, inbox_rows, toasts, wording
from api.pages.inbox_asked import Asked
from api.pages.people_names import Names
from api.pages.texts import gettext, local
from engine import clock, operations, take_next, task_lists, undoing, user_tasks
from engine.errors import Conflict, NothingToTake
from engine.extensions import Actor
from engine.paging import Query
from processes import people


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/<task_id>/claim", "claim", claim, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/unclaim", "unclaim", unclaim, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/undo", "undo", undo, methods=["POST"])
    pages.add_url_rule("/tasks/next", "take_next", take, methods=["POST"])
    pages.add_url_rule("/tasks/export", "export_tasks", export, methods=["POST"])


def back(task_id: str) -> BaseResponse:
    """To the task; or to its row in the list, where it was done from there, or where the task is nothing for this person any more."""
    if request.args.get("origin") == "list" or not _shown(task_id):
        return redirect(url_for("pages.tasks", **inbox.scope_args(), _anchor=f"t-{task_id}"), 303)
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)


def _shown(task_id: str) -> bool:
    with door.reads() as session:
        return permissions.may_see_task(door.actor(), user_tasks.get(session, task_id, actor=door.actor()))


def claim(task_id: str) -> BaseResponse:
    """Take a task; who comes second reads who has it."""
    try:
        with door.writes() as session:
            task = user_tasks.claim(session, task_id, actor=door.actor())
    except Conflict as error:
        say(error)
    else:
        toasts.undoable(gettext("The task is yours."), task, **inbox.scope_args())
    return back(task_id)


def unclaim(task_id: str) -> BaseResponse:
    """Put a task back for the others."""
    with door.writes() as session:
        task = user_tasks.unclaim(session, task_id, actor=door.actor())
    toasts.undoable(gettext("The task is back with its group; what you typed is kept."), task, **inbox.scope_args())
    return back(task_id)


def undo(task_id: str) -> BaseResponse:
    """Reverse what was just done."""
    try:
        with door.writes() as session:
            undoing.undo(session, task_id, actor=door.actor(), revision=request.args.get("revision", 0, type=int))
    except Conflict as error:
        say(error)
    else:
        flash(gettext("Undone."), "good")
    return back(task_id)


def take() -> BaseResponse:
    """The most urgent task that nobody has, opened."""
    try:
        with door.writes() as session:
            task = take_next.take(session, actor=door.actor())
    except NothingToTake as error:
        say(error, kind="info")
        return redirect(url_for("pages.tasks", **inbox.scope_args()), 303)
    toasts.undoable(gettext("The task is yours."), task, **inbox.scope_args())
    return redirect(url_for("pages.task", task_id=task.id, **inbox.scope_args()), 303)


def say(error: Conflict, kind: str = "warn") -> None:
    """A refusal in the reader's words."""
    with door.reads() as session:
        flash(wording.sentence(error, names=Names(session)), kind)


def export() -> Response:
    """The filtered list as CSV; that somebody took it out of the house is written down first."""
    asked, actor = inbox_asked.asked(), door.actor()
    with door.writes() as session:
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table="user_task", **asked.args)
    head = [
        *(gettext("Number"), gettext("Customer"), gettext("Level"), gettext("Task"), gettext("Process"), gettext("Stage")),
        *(gettext("Assignee"), gettext("Priority"), gettext("Created"), gettext("Due"), gettext("Left"), gettext("Follow-up")),
    ]
    return csv_export.response(f"tasks-{local(clock.now()):%Y%m%d-%H%M}", head, _lines(asked, actor))


def _lines(asked: Asked, actor: Actor) -> Iterator[list[object]]:
    with door.reads() as session:
        wanted = inbox_asked.wanted(session, asked)
        for tasks in task_lists.pages(session, actor, Query(sort=inbox_asked.order(session, asked)), wanted=wanted):
            for row in inbox_rows.of_tasks(session, tasks, asked, Names(session)):
                yield [*_about(row), *_times(row)]


def _about(row: inbox_rows.Row) -> list[Any]:
    return [row.reference, row.customer, wording.level_name(row.level) if row.level else "", row.name, row.process, row.stage, row.assignee]


def _times(row: inbox_rows.Row) -> list[Any]:
    created, due, follow_up = (f"{local(one):%Y-%m-%d %H:%M}" if one else "" for one in (row.created_at, row.due_at, row.follow_up_at))
    return [row.priority, created, due, row.due.text if due else "", follow_up]
