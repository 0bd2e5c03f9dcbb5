"""The list of cases: what a person may see of it, by urgency or by time, page by page or whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from engine import clock, paging
from engine.database import Instant
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from processes import case_access, cases, sla_standing
from processes.reports import behind
from processes.reports.asking import is_value
from processes.reports.behind import Behind
from processes.sla_standing import Standing
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

Standings = Literal["overdue", "at-risk", "paused"]
STANDINGS: Sequence[Standings] = ("overdue", "at-risk", "paused")
NEVER = literal(datetime(9999, 1, 1, tzinfo=UTC), Instant())  # nothing runs, or all is paused: the end of the list

_RUNS = and_(SlaClock.result == "running", SlaClock.improvement_id.is_(None))
_NOT_HELD = and_(_RUNS, SlaClock.held.is_(False))
# Of each case with running deadlines: the first due and the first warning of those that are not paused.
_CLOCKS = (
    select(
        SlaClock.complaint_id,
        func.min(case((_NOT_HELD, SlaClock.due), else_=NEVER)).label("due"),
        func.min(case((and_(_NOT_HELD, SlaClock.warn_at.is_not(None)), SlaClock.warn_at), else_=NEVER)).label("warn_at"),
    )
    .where(_RUNS)
    .group_by(SlaClock.complaint_id)
    .subquery()
)
_FIRST_DUE = func.coalesce(_CLOCKS.c.due, NEVER)
LISTING = Listing(
    fields={
        "reference": Complaint.reference,
        "status": Complaint.status,
        "level": Complaint.level,
        "category": Complaint.category,
        "channel": Complaint.channel,
        "priority_band": Complaint.priority_band,
        "case_owner": Complaint.case_owner,
        "owner_department": Complaint.owner_department,
        "customer_name": Complaint.customer_name,
        "customer_id": Complaint.customer_id,
        "close_code": Complaint.close_code,
        "received_at": Complaint.received_at,
        "closed_at": Complaint.closed_at,
    },
    sorts={"urgency": _FIRST_DUE, "received_at": Complaint.received_at, "reference": Complaint.reference},
    id=Complaint.id,
    default_sort="urgency",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which cases are asked for. `status`: a status, `open`, `closed` or `all`; `text` is looked for in number and name;
    `like`: with these values (`{"category": "DL"}`, dimensions of reports); `behind`: those a figure was counted from."""

    status: str = "open"
    level: int | None = None
    mine: bool = False
    standing: Standings | None = None
    text: str = ""
    like: Mapping[str, str] = field(default_factory=dict)
    behind: Behind | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case with the deadline it is closest to."""

    complaint: Complaint
    standing: Standing | None


def search(session: Session, wanted: Wanted, *, actor: Actor, reads_all: bool, query: Query) -> Page[Row]:
    """One page of the cases this person sees, in three statements however long it is. `query`: sort, cursor, limit, more filters."""
    found = page(session, _statement(wanted, actor, reads_all=reads_all), query, listing=LISTING)
    urgent = sla_standing.most_urgent(session, [one.reference for one in found.items])
    return Page(items=[Row(complaint=one, standing=urgent.get(one.reference)) for one in found.items], next=found.next, limit=found.limit)


def pages(session: Session, wanted: Wanted, *, actor: Actor, reads_all: bool, sort: str) -> Iterator[Sequence[Row]]:
    """All of them, for an export."""
    return paging.pages(session, lambda query: search(session, wanted, actor=actor, reads_all=reads_all, query=query), Query(sort=sort))


def _statement(wanted: Wanted, actor: Actor, *, reads_all: bool) -> Select[Any]:
    statement = select(Complaint).outerjoin(_CLOCKS, _CLOCKS.c.complaint_id == Complaint.id)
    return statement.where(*case_access.visible(actor, reads_all=reads_all), *_conditions(wanted, actor))


def _conditions(wanted: Wanted, actor: Actor) -> Iterator[ColumnElement[bool]]:
    if wanted.status == "open":
        yield Complaint.status != cases.CLOSED
    elif wanted.status != "all":
        yield Complaint.status == (cases.CLOSED if wanted.status == "closed" else wanted.status)
    if wanted.level is not None:
        yield Complaint.level == wanted.level
    if wanted.mine:
        yield Complaint.case_owner == actor.id
    if wanted.standing is not None:
        yield _standing(wanted.standing)
    for name, value in wanted.like.items():
        yield is_value(name, value)
    if wanted.behind is not None:
        yield behind.condition(wanted.behind)
    if wanted.text:
        yield or_(Complaint.reference.icontains(wanted.text, autoescape=True), named(wanted.text, actor))


def named(text: str, actor: Actor) -> ColumnElement[bool]:
    """Whose customer's name holds this text. Names are looked for where the person reads them in full: masked ones cannot be
    guessed at by searching."""
    named = Complaint.customer_name.icontains(text, autoescape=True)
    if actor.groups & case_access.TALKS_TO_CUSTOMERS:
        return named
    return and_(named, or_(Complaint.case_owner == actor.id, Complaint.registered_by == actor.id))


def _standing(standing: Standings) -> ColumnElement[bool]:
    now = literal(clock.now(), Instant())
    if standing == "overdue":
        return now > _FIRST_DUE
    if standing == "at-risk":
        return and_(now <= _FIRST_DUE, _CLOCKS.c.warn_at <= now)
    return _CLOCKS.c.due == NEVER
