"""The inbox: my and my groups' tasks by due time, and what can be done with one from the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api.pages import door, task_badges, wording
from api.pages.due import Due
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import definitions, instances, user_tasks
from engine.errors import Conflict
from engine.paging import Page, Query
from engine.tables import UserTask
from processes import cases

ROWS = 25
DEFAULT_SCOPE: user_tasks.Scope = "groups"
SCOPES: Mapping[str, user_tasks.Scope] = {"groups": "groups", "mine": "mine", "unassigned": "unassigned", "open": "open"}
ICONS = {"groups": "people", "mine": "person", "unassigned": "inbox", "open": "pulse"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One task in the list."""

    url: str
    reference: str
    customer: str
    level: int | None
    amount: str
    name: str
    process: str
    assignee: str
    due: Due
    pending: bool
    current: bool


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks", "tasks", tasks)
    pages.add_url_rule("/tasks/<task_id>/claim", "claim", claim, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/unclaim", "unclaim", unclaim, methods=["POST"])


def tasks() -> str:
    """The list alone."""
    with door.reads() as session:
        return render_template("tasks/list.html", **list_parts(session))


def scope() -> user_tasks.Scope:
    """Which tasks are asked for; `open` (all I may see) only for those who may see others' tasks."""
    wanted = SCOPES.get(request.args.get("scope", ""), DEFAULT_SCOPE)
    return wanted if wanted != "open" or door.who().may("task:read") else DEFAULT_SCOPE


def scope_args() -> dict[str, Any]:
    """The filter as part of a URL; the usual one needs no word."""
    return {} if scope() == DEFAULT_SCOPE else {"scope": scope()}


def list_parts(session: Session, *, current: str | None = None) -> dict[str, Any]:
    """What the list and its filters show."""
    cursor = request.args.get("cursor") or None
    found = user_tasks.search(session, door.actor(), Query(cursor=cursor, limit=ROWS), scope=scope())
    return {
        "rows": _rows(session, found, current=current),
        "filters": _filters(),
        "empty": _empty(),
        "first_url": url_for("pages.tasks", **scope_args()) if cursor else None,
        "next_url": url_for("pages.tasks", **scope_args(), cursor=found.next) if found.next else None,
        "back_url": url_for("pages.tasks", **scope_args()),
        "scope_args": scope_args(),
    }


def _rows(session: Session, found: Page[UserTask], *, current: str | None) -> Sequence[Row]:
    names, due = Names(session, [task.assignee for task in found.items]), task_badges.of_tasks(session, found.items)
    about = instances.attributes(session, [task.root_id for task in found.items])
    known = cases.by_references(session, [task.business_key for task in found.items])
    return [
        Row(
            url=url_for("pages.task", task_id=task.id, **scope_args()),
            reference=task.business_key or "–",
            customer=case.customer_name if (case := known.get(task.business_key or "")) else "",
            level=case.level if case else None,
            amount=wording.money(amount) if (amount := about[task.root_id].get("requested_amount")) is not None else "",
            name=wording.name_of(task),
            process=wording.name_of(definitions.diagram(session, task.definition_id)),
            assignee=names(task.assignee),
            due=due[task.id],
            pending=task.pending_job_id is not None,
            current=task.id == current,
        )
        for task in found.items
    ]


def _filters() -> list[dict[str, Any]]:
    labels = {
        "groups": gettext("My groups"),
        "mine": gettext("Mine"),
        "unassigned": gettext("Unassigned"),
        "open": gettext("All I may see"),
    }
    shown = [name for name in SCOPES if name != "open" or door.who().may("task:read")]
    return [
        {
            "label": labels[name],
            "icon": ICONS[name],
            "current": name == scope(),
            "url": url_for("pages.tasks", scope=None if name == DEFAULT_SCOPE else name),
        }
        for name in shown
    ]


def _empty() -> dict[str, Any]:
    if scope() == "mine":
        title, text = gettext("Nothing is assigned to you"), gettext("Claim a task of your groups and it appears here.")
    elif scope() == "unassigned":
        title, text = gettext("Everything has somebody"), gettext("No task of your groups waits to be claimed.")
    else:
        title, text = gettext("No tasks"), gettext("Nothing waits for you or your groups. New tasks appear here by due time.")
    groups = scope() == DEFAULT_SCOPE
    return {"title": title, "text": text, "url": None if groups else url_for("pages.tasks"), "link": gettext("Show the tasks of my groups")}


def claim(task_id: str) -> Response:
    """Take a task; who comes second reads who has it."""
    try:
        with door.writes() as session:
            user_tasks.claim(session, task_id, actor=door.actor())
    except Conflict as error:
        with door.reads() as session:
            flash(wording.sentence(error, names=Names(session)), "warn")
        return redirect(url_for("pages.task", task_id=task_id, **scope_args()), 303)
    flash(gettext("The task is yours."), "good")
    return redirect(url_for("pages.task", task_id=task_id, **scope_args()), 303)


def unclaim(task_id: str) -> Response:
    """Put a task back for the others."""
    with door.writes() as session:
        user_tasks.unclaim(session, task_id, actor=door.actor())
    flash(gettext("The task is back with its group; what you typed is kept."), "good")
    return redirect(url_for("pages.task", task_id=task_id, **scope_args()), 303)
