"""How the deadlines of cases stand: the one that is due first, and what is left of it in the time it is counted in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine.extensions import Calendar
from processes import sla_rows, sla_time
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

State = Literal["on-track", "at-risk", "breached", "paused", "met", "missed", "cancelled"]
ENDED: Mapping[str, State] = {"met": "met", "breached": "missed", "cancelled": "cancelled"}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A deadline as it stands at an instant.

    `left` is counted as its target is: in working time (`working`) or in the time of the wall; negative when it is over.
    `reasons`: what it waits for while it is paused (statuses of the case). `provisional`: the calendar of the due date's
    year is not official yet.
    """

    clock: str
    key: str
    state: State
    due: datetime
    left: timedelta
    working: bool
    reasons: tuple[str, ...] = ()
    provisional: bool = False


def of_clock(calendar: Calendar, row: SlaClock, *, at: datetime | None = None) -> Standing:
    """How one deadline stands now (or at `at`); one that ended stands as it did then."""
    now = row.stop or at or clocks.now()
    working = sla_time.read(row.target).unit in ("wh", "wd")
    return Standing(
        clock=row.clock,
        key=row.key,
        state=_state(row, now),
        due=row.due,
        left=calendar.between(now, row.due) if working else row.due - now,
        working=working,
        reasons=tuple(dict.fromkeys(pause["reason"] for pause in row.pauses if pause["to"] is None)),
        provisional=row.provisional,
    )


def _state(row: SlaClock, now: datetime) -> State:
    if row.result != "running":
        return ENDED[row.result]
    if row.held:
        return "paused"
    if now > row.due:
        return "breached"
    return "at-risk" if row.warn_at is not None and now >= row.warn_at else "on-track"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of a deadline's life: `running` or `paused` before it was due, `over` after."""

    kind: Literal["running", "paused", "over"]
    start: datetime
    end: datetime


def segments(row: SlaClock, *, at: datetime | None = None) -> list[Segment]:
    """From its start to its end (or now), in order, without gaps."""
    end = row.stop or at or clocks.now()
    pauses = [(max(pause["from"], row.start), min(pause["to"] or end, end)) for pause in row.pauses]
    cuts = sorted({row.start, end, *(instant for pause in pauses for instant in pause), *([] if row.held else [row.due])})
    inside = [instant for instant in cuts if row.start <= instant <= end]
    found: list[Segment] = []
    for begins, ends in pairwise(inside):
        kind = _kind(row, pauses, begins)
        if found and found[-1].kind == kind:
            found[-1] = replace(found[-1], end=ends)
        else:
            found.append(Segment(kind=kind, start=begins, end=ends))
    return found


def _kind(row: SlaClock, pauses: Collection[tuple[datetime, datetime]], begins: datetime) -> Literal["running", "paused", "over"]:
    if not row.held and begins >= row.due:
        return "over"
    return "paused" if any(start <= begins < end for start, end in pauses) else "running"


def most_urgent(session: Session, references: Collection[str | None]) -> dict[str, Standing]:
    """Of each of these cases the running deadline that is due first, a paused one only when all are: by reference, in one statement.

    Deadlines of an improvement that a case led to are not the case's. A case without a running deadline is left out.
    """
    wanted = {one for one in references if one}
    if not wanted:
        return {}
    running = (
        select(Complaint.reference, SlaClock)
        .join(SlaClock, SlaClock.complaint_id == Complaint.id)
        .where(Complaint.reference.in_(wanted), SlaClock.result == "running", SlaClock.improvement_id.is_(None))
        .order_by(SlaClock.held.desc(), SlaClock.due.desc(), SlaClock.id.desc())
    )
    # The last one of a reference wins: not paused before paused, then the earliest.
    first = dict(session.execute(running).all())
    calendar, now = sla_rows.calendar(session), clocks.now()
    return {reference: of_clock(calendar, row, at=now) for reference, row in first.items()}
