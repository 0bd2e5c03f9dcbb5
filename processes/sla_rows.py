"""One deadline as a row: what runs, when it is due, which threshold comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.calendars import WorkingCalendar
from engine.extensions import Calendar, calendar_of
from processes import calendars, sla_time
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

WARN = 80


@dataclass(frozen=True, kw_only=True)
class Due:
    """A threshold that is to fire now."""

    row: SlaClock
    percent: int
    at: datetime
    retroactive: bool


def calendar(session: Session) -> Calendar:
    """The working calendar of the product."""
    return calendar_of(session) or WorkingCalendar()


def label(row: SlaClock) -> str:
    """The name of a clock with its key: `C-APPROVE/team_lead`."""
    return f"{row.clock}/{row.key}" if row.key else row.clock


def running(session: Session, complaint: Complaint, clock_name: str | None = None, key: str | None = None) -> Sequence[SlaClock]:
    """The running clocks of a case (of this name, with this key), oldest first, as they are now: what was read before a lock is old."""
    found = select(SlaClock).where(SlaClock.complaint_id == complaint.id, SlaClock.result == "running")
    if clock_name is not None:
        found = found.where(SlaClock.clock == clock_name)
    if key is not None:
        found = found.where(SlaClock.key == key)
    return session.scalars(found.order_by(SlaClock.start, SlaClock.id).execution_options(populate_existing=True)).all()


def instant(session: Session, row: SlaClock, percent: int) -> datetime | None:
    """When this share of the target is used up; None while a pause holds it."""
    return sla_time.instant(calendar(session), sla_time.read(row.target), start=row.start, percent=percent, pauses=row.pauses)


def used(session: Session, row: SlaClock) -> Decimal:
    """The share of the target that is used up now, or was when it stopped."""
    until = row.stop or clock.now()
    return sla_time.used(calendar(session), sla_time.read(row.target), start=row.start, until=until, pauses=row.pauses)


def is_over(row: SlaClock, at: datetime) -> bool:
    """Whether the target was used up by then. While a pause holds it there is time left, whatever `due` says since before."""
    return not row.held and at > row.due


def warn_percent(thresholds: Sequence[int]) -> int:
    """From which share of its target on a deadline is at risk: its last threshold before the end, else 80 %."""
    return max((percent for percent in thresholds if percent < 100), default=WARN)


def recompute(session: Session, row: SlaClock, *, regraded_at: datetime | None = None, arm_again_after: datetime | None = None) -> None:
    """Bring due instant and next threshold up to date after target, level or pauses changed.

    `regraded_at`: thresholds passed by then under the new target are done; the highest of them, if nothing as high fired
    before, is kept to fire retroactively. `arm_again_after`: those that lie after it may fire again.
    """
    due = instant(session, row, 100)
    row.held, row.warn_at = due is None, instant(session, row, warn_percent(row.thresholds))
    if due is not None:
        row.due, row.provisional = due, _provisional(session, due)
    instants = {percent: instant(session, row, percent) for percent in row.thresholds}
    if arm_again_after is not None:
        row.done = [percent for percent in row.done if not _later(instants.get(percent), arm_again_after)]
    if regraded_at is not None:
        _pass_by(row, instants, regraded_at)
    row.next_at = None if row.stop is not None else _next(row, instants)


def _provisional(session: Session, due: datetime) -> bool:
    return calendars.of_house(session).is_provisional(due.astimezone(sla_time.ZONE).year)


def _pass_by(row: SlaClock, instants: dict[int, datetime | None], now: datetime) -> None:
    fired = {entry["percent"] for entry in row.fired}
    passed = [percent for percent, at in instants.items() if at is not None and at <= now]
    highest = max(passed, default=0)
    # What fired stays recorded; what only a stricter target had passed by is armed again when the target is looser.
    kept = [percent for percent in row.done if percent in fired or percent in passed]
    row.done = sorted({*kept, *(percent for percent in passed if percent != highest)})
    row.retroactive = highest if highest and highest not in row.done and highest > max(fired, default=0) else None
    if highest and row.retroactive is None:
        row.done = sorted({*row.done, highest})
    row.regraded_at = now if row.retroactive is not None else None


def _later(at: datetime | None, than: datetime) -> bool:
    return at is None or at > than


def _next(row: SlaClock, instants: dict[int, datetime | None]) -> datetime | None:
    if row.retroactive is not None:
        return row.regraded_at
    ahead = [at for percent, at in instants.items() if percent not in row.done and at is not None]
    return min(ahead, default=None)


def due_now(session: Session, complaint: Complaint) -> Due | None:
    """The threshold of the case that is to fire first, if one is: one at a time, so that each is a passage of its own."""
    now = clock.now()
    found = [row for row in running(session, complaint) if row.next_at is not None and row.next_at <= now]
    found.sort(key=lambda row: (row.next_at, row.start, row.id))
    for row in found:
        percent = row.retroactive or _percent_due(session, row)
        if percent is not None and row.next_at is not None:
            return Due(row=row, percent=percent, at=row.next_at, retroactive=row.retroactive is not None)
    return None


def _percent_due(session: Session, row: SlaClock) -> int | None:
    for percent in sorted(row.thresholds):
        at = instant(session, row, percent)
        if percent not in row.done and at is not None and at <= clock.now():
            return int(percent)
    return None


def note_fired(session: Session, row: SlaClock, percent: int, *, at: datetime, retroactive: bool, effect: dict[str, Any]) -> None:
    """Write down that a threshold fired, once, and with what effect."""
    row.fired = [*row.fired, {"percent": percent, "at": at, "retroactive": retroactive, "level": row.level, **effect}]
    row.done = sorted({*row.done, percent})
    row.retroactive = row.regraded_at = None
    recompute(session, row)
