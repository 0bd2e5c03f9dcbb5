"""The cases a person may see: filtered by the URL, the most urgent first, and the same as CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from api.pages import badges, classification_words, complaint_words, csv_export, door, report_filters, wording
from api.pages.due import Due
from api.pages.people_names import Names
from api.pages.texts import gettext, local
from engine import clock, operations
from engine.extensions import Actor
from engine.paging import Query
from processes import case_contact_data, case_list, cases, people
from processes.case_list import Wanted

ROWS = 25
SORTS = ("urgency", "received")
LEVELS = (1, 2, 3, 4)
LONGEST_TEXT = 60


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case in the list."""

    url: str
    reference: str
    customer: str
    category: str
    level: str
    level_number: int
    vulnerable: bool
    status: str
    owner: str
    received_at: datetime
    deadline: str
    badge: Due


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints", "complaints", listed)
    pages.add_url_rule("/complaints/export", "export_complaints", export, methods=["POST"])


def listed() -> str:
    """One page of it."""
    wanted, sort = asked(request.args), _sort(request.args)
    query = Query(sort=_order(sort), cursor=request.args.get("cursor") or None, limit=ROWS)
    with door.reads() as session:
        found = case_list.search(session, wanted, actor=door.actor(), reads_all=reads_all(), query=query)
        names = Names(session, [row.complaint.case_owner for row in found.items])
        rows = [_row(row, names) for row in found.items]
        chips = report_filters.chips(session, wanted, _args(wanted, sort))
    filters = _args(wanted, sort)
    return render_template(
        "complaints/list.html",
        rows=rows,
        wanted=wanted,
        sort=sort,
        filters=filters,
        statuses=complaint_words.STATUSES,
        levels=LEVELS,
        standings=_standings(),
        categories=classification_words.CATEGORIES,
        channels=complaint_words.CHANNELS,
        chips=chips,
        empty=_empty(filters),
        first_url=url_for("pages.complaints", **filters) if query.cursor else None,
        next_url=url_for("pages.complaints", **filters, cursor=found.next) if found.next else None,
        reads_all=reads_all(),
        may_register=door.who().may("complaint:register"),
    )


def reads_all() -> bool:
    """Whether this person's roles read every case, or only what is theirs."""
    return door.who().may("complaint:read")


def asked(given: Mapping[str, str]) -> Wanted:
    """The filters of the URL; what is none of ours is left out."""
    status = given.get("status", "")
    level = given.get("level", "")
    behind = report_filters.behind(given)
    usual = "open" if behind is None else "all"
    standing = next((one for one in case_list.STANDINGS if one == given.get("due")), None)
    return Wanted(
        status=status if status in ("open", "closed", "all") or status in cases.STATUSES else usual,
        level=int(level) if level in {str(one) for one in LEVELS} else None,
        mine=bool(given.get("mine")),
        standing=standing,
        text=given.get("q", "").strip()[:LONGEST_TEXT],
        like=report_filters.like(given),
        behind=behind,
    )


def _sort(given: Mapping[str, str]) -> str:
    return given.get("sort", "") if given.get("sort") in SORTS else SORTS[0]


def _order(sort: str) -> str:
    return "-received_at" if sort == "received" else "urgency"


def _args(wanted: Wanted, sort: str) -> dict[str, Any]:
    """The filters as parts of a URL; what is usual needs no word."""
    usual = "open" if wanted.behind is None else "all"
    given: dict[str, Any] = {
        **report_filters.args(wanted),
        "status": wanted.status if wanted.status != usual else None,
        "level": wanted.level,
        "mine": 1 if wanted.mine else None,
        "due": wanted.standing,
        "q": wanted.text or None,
        "sort": sort if sort != SORTS[0] else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _standings() -> dict[str, str]:
    return {"overdue": gettext("Overdue"), "at-risk": gettext("At risk"), "paused": gettext("Paused")}


def _row(row: case_list.Row, names: Names) -> Row:
    one, standing = row.complaint, row.standing
    return Row(
        url=url_for("pages.complaint", reference=one.reference),
        reference=one.reference,
        customer=case_contact_data.customer_name(one, actor=door.actor()) or gettext("anonymous"),
        category=complaint_words.category_name(one.category),
        level=wording.level_name(one.level),
        level_number=one.level,
        vulnerable=one.vulnerable,
        status=complaint_words.status_name(one.status),
        owner=names(one.case_owner),
        received_at=one.received_at,
        deadline=badges.name_of(standing.clock, standing.key) if standing else "",
        badge=badges.of(standing, closed=one.status == cases.CLOSED),
    )


def _empty(filters: Mapping[str, Any]) -> dict[str, str]:
    """Why nothing is shown, and what to do next."""
    if filters.keys() - {"sort"}:
        return {"title": gettext("No case fits these filters"), "text": gettext("Take one away, or look through all cases.")}
    if reads_all():
        return {"title": gettext("No open cases"), "text": gettext("Nothing waits to be handled. New complaints appear here by urgency.")}
    text = gettext("You see the cases you own and those you registered. When one is assigned to you, it appears here.")
    return {"title": gettext("No open cases of yours"), "text": text}


def export() -> Response:
    """The filtered list as CSV; that somebody took it out of the house is written down first."""
    wanted, sort = asked(request.form), _sort(request.form)
    actor = door.actor()
    with door.writes() as session:
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table="complaint", **_args(wanted, sort))
    head = [
        *(gettext("Number"), gettext("Customer"), gettext("Category"), gettext("Level"), gettext("Status"), gettext("Owner")),
        *(gettext("Channel"), gettext("Received"), gettext("Deadline"), gettext("Due"), gettext("Left")),
    ]
    name = f"complaints-{local(clock.now()):%Y%m%d-%H%M}"
    return csv_export.response(name, head, _lines(wanted, sort, actor, all_cases=reads_all()))


def _lines(wanted: Wanted, sort: str, actor: Actor, *, all_cases: bool) -> Iterator[list[object]]:
    with door.reads() as session:
        for rows in case_list.pages(session, wanted, actor=actor, reads_all=all_cases, sort=_order(sort)):
            names = Names(session, [row.complaint.case_owner for row in rows])
            for row in rows:
                yield _cells(row, _row(row, names))


def _cells(row: case_list.Row, shown: Row) -> list[object]:
    due = f"{local(row.standing.due):%Y-%m-%d %H:%M}" if row.standing and row.standing.state != "paused" else ""
    received, channel = f"{local(shown.received_at):%Y-%m-%d %H:%M}", complaint_words.channel_name(row.complaint.channel)
    about = [shown.reference, shown.customer, shown.category, shown.level, shown.status, shown.owner]
    return [*about, channel, received, shown.deadline, due, shown.badge.text]
