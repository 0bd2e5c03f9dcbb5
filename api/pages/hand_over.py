"""The controls of one task by which people pass it on (assign, lend and give back), look at it again later, and say how pressing it
is. `parts` is what the partial `tasks/_hand_over.html` takes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import days, permissions
from api.pages import door, inbox, inbox_actions, inbox_words, language, people_choices, toasts, wording
from api.pages.people_names import Names
from api.pages.problems import sentence
from api.pages.texts import gettext, lazy_gettext, local
from engine import delegation, task_dates, task_priority, task_rights, undoing, user_tasks
from engine.errors import Conflict, Invalid, Refused
from engine.extensions import Actor
from engine.tables import UserTask
from processes import assignees


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/<task_id>/assignment", "assign_task", assign, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/delegation", "delegate", delegate, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/return", "give_back", give_back, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/follow-up", "follow_up", follow_up, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/priority", "prioritise", prioritise, methods=["POST"])


def parts(session: Session, task: UserTask, names: Names) -> dict[str, Any]:
    """People it can be given to (those it is offered to first), whether it is lent, and what came with it."""
    assigns = door.who().may("task:assign") and task_rights.state_refusal(task, "assign", actor=door.actor()) is None
    mine = task.assignee == door.actor().id
    last = undoing.last(session, task.id) if task.state == "open" else None
    return {
        "people": _others(session, task, names) if task.state == "open" and (assigns or mine) else [],
        "may_assign": assigns,
        "lent_by": names(task.owner),
        "lent_by_me": task.owner == door.actor().id,
        "hand_over_note": _note(last.kind, last.reason, names(last.by)) if last is not None and last.reason else "",
        "follow_up_day": local(task.follow_up_at).date().isoformat() if task.follow_up_at else "",
        "note_length": delegation.LONGEST_NOTE,
        "pressing": inbox_words.priority(task.priority),
        "priorities": {**inbox_words.PRIORITIES, task.priority: inbox_words.priority(task.priority)},
    }


def _others(session: Session, task: UserTask, names: Names) -> list[dict[str, Any]]:
    return [one for one in people_choices.of_task(session, task, names) if one["id"] != door.actor().id]


def _note(kind: str, note: str, who: str) -> str:
    if kind == "delegate":
        return gettext("%(who)s asks: %(note)s", who=who, note=note)
    if kind == "return":
        return gettext("%(who)s gave it back: %(note)s", who=who, note=note)
    return gettext("%(who)s: %(note)s", who=who, note=note)


def assign(task_id: str) -> Response:
    """Give it to somebody for good."""
    permissions.require(door.actor(), "task:assign")
    return _given(task_id, _assign, lazy_gettext("The task is now with %(name)s."))


def _assign(session: Session, task_id: str, to: Actor) -> UserTask:
    return user_tasks.assign(session, task_id, assignee=to, actor=door.actor(), reason=_text("note"))


def delegate(task_id: str) -> Response:
    """Lend it."""
    return _given(task_id, _delegate, lazy_gettext("%(name)s works on it and gives it back to you."))


def _delegate(session: Session, task_id: str, to: Actor) -> UserTask:
    return delegation.delegate(session, task_id, to=to, actor=door.actor(), note=_text("note"))


def _given(task_id: str, give: Callable[[Session, str, Actor], UserTask], said: Any) -> Response:
    """Give it to whom the form names, and say so with the name."""
    try:
        with door.writes() as session:
            to = assignees.named(session, request.form.get("to", ""), pointer="/to")
            task, name = give(session, task_id, to), Names(session)(to.id)
    except (Conflict, Refused, Invalid) as error:
        return _refused(task_id, error)
    toasts.undoable(str(said) % {"name": name}, task, **inbox.scope_args())
    return inbox_actions.back(task_id)


def give_back(task_id: str) -> Response:
    """Back to its owner."""
    try:
        with door.writes() as session:
            task = delegation.give_back(session, task_id, actor=door.actor(), note=_text("note"))
            mine, name = task.assignee == door.actor().id, Names(session)(task.assignee)
    except (Conflict, Refused, Invalid) as error:
        return _refused(task_id, error)
    said = gettext("The task is yours.") if mine else gettext("The task is back with %(name)s.", name=name)
    toasts.undoable(said, task, **inbox.scope_args())
    return inbox_actions.back(task_id)


def follow_up(task_id: str) -> Response:
    """Look again on that day; without a day, no more."""
    day = request.form.get("day", "")
    try:
        at = days.of(date.fromisoformat(day), language.time_zone())[0] if day else None
    except ValueError:
        flash(gettext("A day is written like 2026-09-14."), "bad")
        return inbox_actions.back(task_id)
    try:
        with door.writes() as session:
            task_dates.follow_up(session, task_id, at=at, actor=door.actor())
    except (Conflict, Refused, Invalid) as error:
        return _refused(task_id, error)
    flash(gettext("The follow-up is set.") if at else gettext("The follow-up is cleared."), "good")
    return inbox_actions.back(task_id)


def prioritise(task_id: str) -> Response:
    """How pressing it is; whoever gives tasks to people decides that, too."""
    permissions.require(door.actor(), "task:assign")
    try:
        with door.writes() as session:
            wanted = request.form.get("priority", -1, type=int)
            task_priority.prioritise(session, task_id, priority=wanted, actor=door.actor(), reason=_text("note"))
    except (Conflict, Refused, Invalid) as error:
        return _refused(task_id, error)
    flash(gettext("The priority is %(priority)s now.", priority=inbox_words.priority(wanted)), "good")
    return inbox_actions.back(task_id)


def _text(name: str) -> str | None:
    return request.form.get(name, "").strip()[: delegation.LONGEST_NOTE] or None


def _refused(task_id: str, error: Conflict | Refused | Invalid) -> Response:
    if error.problems:
        flash(" ".join(sentence(one.message) for one in error.problems), "bad")
    else:
        with door.reads() as session:
            flash(wording.sentence(error, names=Names(session)), "bad")
    return inbox_actions.back(task_id)
