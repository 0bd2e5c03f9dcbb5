"""The inbox: whose tasks, narrowed by the address, with counts; the list and its filters also as parts of their own."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api.pages import door, inbox_asked, inbox_filters, inbox_rows, inbox_words, parts_of_pages, people_choices
from api.pages.inbox_asked import Asked
from api.pages.people_names import Names
from engine import definitions, task_changes, task_lists
from engine.paging import Query
from engine.tables import ProcessDefinition, UserTask
from engine.task_lists import Scope

ROWS = 25
# The addresses that only take a form about the list: where a browser stands after many tasks were done, say.
ONLY_SENT_TO = '"next", "bulk", "export", "saved-filters"'


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks", "tasks", tasks)
    pages.add_url_rule("/tasks/list", "task_rows", rows_part)
    pages.add_url_rule("/tasks/filters", "task_filters", filters_part)
    pages.add_url_rule(f"/tasks/<any({ONLY_SENT_TO}):_sent_to>", "sent_to_list", to_the_list)


def tasks() -> str:
    """The list alone."""
    with door.reads() as session:
        return render_template("tasks/list.html", **list_parts(session))


def to_the_list(_sent_to: str) -> Response:
    """Whoever loads the address of such a form again, or another language of it, is shown the list."""
    return redirect(url_for("pages.tasks", **scope_args()), 303)


def scope() -> Scope:
    """Whose tasks are looked at."""
    return inbox_asked.asked().scope


def scope_args() -> dict[str, Any]:
    """The filters as part of an address: whoever leads back to the list keeps them."""
    return inbox_asked.asked().args


def list_parts(session: Session) -> dict[str, Any]:
    """What the list and its filters show where they are the whole page."""
    return parts(session, Names(session), definitions.live_ones(session))


def parts(session: Session, names: Names, live: Sequence[ProcessDefinition], *, current: str | None = None) -> dict[str, Any]:
    """What the list and its filters show, and from when on changes are asked for; `current`: the task they stand beside.

    `live` are the versions of all processes that new instances get.
    """
    asked = inbox_asked.asked()
    after = task_changes.now(session, actor=door.actor())  # before anything is read: what changes meanwhile is told then
    shown = _rows(session, asked, names, current=current)
    return {
        "after": after,
        **shown,
        "bulk_people": _people(session, shown["listed"], names) if current is None else [],
        "bulk_priorities": inbox_words.PRIORITIES if door.who().may("task:assign") else {},
        **inbox_filters.parts(session, asked, names, live),
        "asked": asked,
        "back_url": asked.url(),
        "scope_args": asked.args,
        "list_url": url_for("pages.task_rows", **asked.args, **_here(current)),
        "filters_url": url_for("pages.task_filters", **asked.args),
    }


def _people(session: Session, listed: Sequence[UserTask], names: Names) -> list[dict[str, Any]]:
    """To whom many tasks can be given, for those who may."""
    return people_choices.of_list(session, listed, names) if door.who().may("task:assign") else []


def _here(current: str | None) -> dict[str, Any]:
    cursor = request.args.get("cursor")
    return ({"cursor": cursor} if cursor else {}) | ({"current": current} if current else {})


def _rows(session: Session, asked: Asked, names: Names, *, current: str | None) -> dict[str, Any]:
    cursor = request.args.get("cursor") or None
    query = Query(cursor=cursor, limit=ROWS, sort=inbox_asked.order(session, asked))
    found = task_lists.search(session, door.actor(), query, wanted=inbox_asked.wanted(session, asked))
    title, text = inbox_words.empty(asked.scope, narrowed=asked.narrowed)
    usual = asked.args.keys() <= {"sort"}
    return {
        "listed": found.items,
        "rows": inbox_rows.of_tasks(session, found.items, asked, names, current=current),
        "empty": {"title": title, "text": text, "url": None if usual else url_for("pages.tasks")},
        "first_url": asked.url() if cursor else None,
        "next_url": url_for("pages.tasks", **asked.args, cursor=found.next) if found.next else None,
    }


def rows_part() -> Response:
    """Only the rows; 304 when they are as before."""
    with door.reads() as session:
        shown = _rows(session, inbox_asked.asked(), Names(session), current=request.args.get("current"))
        return parts_of_pages.conditional(render_template("tasks/_list.html", **shown))


def filters_part() -> Response:
    """Only the filters with their counts."""
    with door.reads() as session:
        asked = inbox_asked.asked()
        shown = inbox_filters.counted(session, asked, Names(session))
        html = render_template("tasks/_standard_filters.html", **shown, scope_args=asked.args, **inbox_filters.choices())
        return parts_of_pages.conditional(html)
