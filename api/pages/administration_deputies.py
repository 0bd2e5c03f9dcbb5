"""Who stands in for whom, and who is away: named by an administrator, for all roles or for one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api.pages import administration_frame, day_fields, door, people_choices, problems, wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import clock
from engine.errors import Conflict, Invalid
from engine.paging import Query
from processes import account_list, deputies, deputy_entries, person_search
from processes.deputy_entries import Entry
from processes.tables.people import Deputy

ROWS = 50


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/administration/deputies", "deputies", listed)
    pages.add_url_rule("/administration/deputies", "add_deputy", add, methods=["POST"])
    pages.add_url_rule("/administration/deputies/<entry_id>/end", "end_deputy", end, methods=["POST"])


@door.demands("account:manage")
def listed() -> Response:
    """What lasts and what is to come; `?scope=past` what is over."""
    return _page({}, {})


def _page(typed: Mapping[str, str], errors: Mapping[str, list[str]], *, status: int = 200) -> Response:
    past = request.args.get("scope") == "past"
    cursor = request.args.get("cursor") or None
    now = clock.now()
    with door.reads() as session:
        found = deputy_entries.search(session, Query(filter=ends(past=past), cursor=cursor, limit=ROWS))
        names = Names(session, [one for row in found.items for one in (row.account_id, row.deputy_id, row.created_by)])
        rows = [row_of(row, names, now) for row in found.items]
        people = people_choices.first(session)
        roles = [one.code for one in account_list.groups(session)]
    html = render_template(
        "administration/deputies.html",
        tabs=administration_frame.tabs(),
        rows=rows,
        past=past,
        people=people,
        roles=roles,
        typed=typed,
        errors=errors,
        today=day_fields.today(),
        first_url=url_for("pages.deputies", scope="past" if past else None) if cursor else None,
        next_url=url_for("pages.deputies", scope="past" if past else None, cursor=found.next) if found.next else None,
    )
    return make_response(html, status)


def ends(*, past: bool) -> dict[str, Any]:
    """The filter of what is over, or of what lasts and is to come."""
    return {"ends_at": {"$lte" if past else "$gt": clock.now()}}


def row_of(row: Deputy, names: Names, now: datetime) -> dict[str, Any]:
    """An entry as pages show it."""
    return {
        "id": row.id,
        "account": names(row.account_id),
        "deputy": names(row.deputy_id),
        "role": row.role,
        "absent": row.absent,
        "starts": row.starts_at,
        "last": day_fields.last_day(row.ends_at),
        "ends": row.ends_at,
        "note": row.note,
        "by": names(row.created_by),
        "lasts": row.starts_at <= now < row.ends_at,
        "over": row.ends_at <= now,
    }


def entry(form: Mapping[str, str], *, account_id: str, deputy_id: str | None, absent: bool) -> Entry:
    """What a form with a first and a last day says; a first day that is today begins now, not in the past."""
    starts, ends = day_fields.first(form.get("first", ""), "first"), day_fields.end(form.get("last", ""), "last")
    if starts < clock.now() < ends:
        starts = clock.now()
    return Entry(
        account_id=account_id,
        deputy_id=deputy_id,
        role=form.get("role", "").strip() or None,
        absent=absent,
        starts_at=starts,
        ends_at=ends,
        note=form.get("note", "").strip() or None,
    )


def at_fields(error: Invalid) -> dict[str, list[str]]:
    """Sentences by the fields of the form: its days are the instants of an entry."""
    named = {"account_id": "account", "deputy_id": "deputy", "starts_at": "first", "ends_at": "last"}
    return {named.get(field, field): said for field, said in problems.by_field(error.problems, {}).items()}


@door.demands("account:manage")
def add() -> Response:
    """Name a deputy, or write down that somebody is away."""
    typed = request.form
    try:
        with door.writes() as session:
            people = {name: person_search.identified(session, typed.get(name, ""), pointer=f"/{name}") for name in ("account", "deputy")}
            absent = bool(typed.get("absent"))
            wanted = entry(typed, account_id=people["account"], deputy_id=people["deputy"] or None, absent=absent)
            row = deputy_entries.add(session, wanted, actor=door.actor())
            handed = handed_over(session, row)
    except Invalid as error:
        return _page(typed, at_fields(error), status=422)
    say_done(handed)
    return redirect(url_for("pages.deputies"), 303)


def handed_over(session: Session, row: Deputy) -> tuple[int, int] | None:
    """What became of the open tasks, if the form says to give them to the deputy and it begins now."""
    if not request.form.get("hand_over") or row.starts_at > clock.now():
        return None
    return deputies.hand_over(session, row, actor=door.actor())


def say_done(handed: tuple[int, int] | None) -> None:
    """That it is written down, and what became of the open tasks."""
    flash(gettext("Written down."), "good")
    if handed is not None:
        given, kept = handed
        flash(
            gettext("Open tasks handed over: %(given)s. Not possible by the rules of the task: %(kept)s.", given=given, kept=kept), "info"
        )


@door.demands("account:manage")
def end(entry_id: str) -> Response:
    """It is over now."""
    end_now(entry_id)
    return redirect(url_for("pages.deputies"), 303)


def end_now(entry_id: str) -> None:
    """End an entry, and say so."""
    try:
        with door.writes() as session:
            deputy_entries.end(session, entry_id, actor=door.actor())
    except Conflict as error:
        flash(wording.sentence(error), "info")
    else:
        flash(gettext("It is over now."), "good")
