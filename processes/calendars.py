"""The working calendar as administrators keep it: days and hours that stand in place of what was delivered.

Every session reads it when it first works with time, in one statement: a change holds from its commit on, in every process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import String, literal, select, union_all
from sqlalchemy.orm import Session

from engine import prepared
from engine.calendars import Hours, WorkingCalendar, Year
from engine.database import connection_of
from engine.extensions import Calendar, calendar_of
from processes.tables.house import CalendarHours, CalendarYear

KEY = "calendar"  # in session.info
_KEPT = union_all(
    select(CalendarYear.id, CalendarYear.days_off.label("first"), CalendarYear.working_days.label("second"), CalendarYear.source),
    select(CalendarHours.id, CalendarHours.weekly, CalendarHours.moved, literal(None, String())),
)


class Kept:
    """The calendar of one session, read when it is first asked."""

    def __init__(self, session: Session, base: WorkingCalendar) -> None:
        self._session, self._base = session, base
        self._read: WorkingCalendar | None = None

    @property
    def working(self) -> WorkingCalendar:
        """The calendar with what administrators changed."""
        if self._read is None:
            self._read = _with_kept(self._session, self._base)
        return self._read

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The first instant at which that much working time has passed."""
        return self.working.after(start, working)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`."""
        return self.working.between(start, end)


def in_session(session: Session, base: Calendar | None) -> Calendar | None:
    """What the engine asks: the calendar of the house as this session sees it. A calendar of another make stays as it is."""
    if not isinstance(base, WorkingCalendar):
        return base
    kept: Kept = session.info.setdefault(KEY, Kept(session, base))
    return kept


def of_house(session: Session) -> WorkingCalendar:
    """The calendar with its days and hours; the delivered one where the product was opened with a calendar of another make."""
    found = calendar_of(session)
    return found.working if isinstance(found, Kept) else WorkingCalendar()


def forget(session: Session) -> None:
    """The calendar was changed in this session: read it again."""
    session.info.pop(KEY, None)


def _with_kept(session: Session, base: WorkingCalendar) -> WorkingCalendar:
    years: dict[int, Year] = {}
    found = base
    for id_, first, second, source in prepared.ask(connection_of(session), _KEPT):
        if id_ == base.country:
            found = replace(found, weekly=weekly(first), moved=intervals(second))
        elif id_.startswith(f"{base.country}-"):
            years[int(id_.rpartition("-")[2])] = year_of(first, second, source)
    return replace(found, years=years) if years else found


def year_of(days_off: Sequence[str], working_days: Sequence[str], source: str | None) -> Year:
    """A year as it is kept."""
    return Year(days_off=frozenset(map(_day, days_off)), working_days=frozenset(map(_day, working_days)), source=source)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def weekly(kept: Sequence[Sequence[Sequence[str]]]) -> Mapping[int, Hours]:
    """The hours of the seven days, Monday is 0."""
    return {number: intervals(one) for number, one in enumerate(kept)}


def intervals(kept: Sequence[Sequence[str]]) -> Hours:
    """The hours of one day."""
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in kept)


def plain_hours(hours: Hours) -> list[list[str]]:
    """The hours of one day as they are kept: 09:00 to 12:00, ..."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]


def plain_week(calendar: WorkingCalendar) -> list[Any]:
    """The hours of the seven days as they are kept."""
    return [plain_hours(calendar.weekly.get(number, ())) for number in range(7)]
