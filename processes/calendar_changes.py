"""Changing the working calendar: the days of a year, the hours of a week; first what would move, then the change.

What runs is counted again after the change, a job for each case, so that a thousand deadlines are moved without holding
everybody up; a job that fails is tried again as any other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, job_rows, operations
from engine.calendars import Hours, WorkingCalendar, Year
from engine.errors import Invalid, Problem, RevisionChanged
from engine.extensions import Actor, Handler, ServiceTask, Values
from processes import calendars, cases, sla_alarm, sla_rows, sla_time, task_deadlines
from processes.tables.cases import Complaint
from processes.tables.house import CalendarHours, CalendarYear
from processes.tables.supervision import SlaClock

FAN_OUT, RECOUNT = "calendar.fan_out", "calendar.recount"
AT_ONCE = 200
MOST_LOOKED_AT = 2_000
LONGEST_SOURCE = 300
YEARS = range(2020, 2101)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Moves:
    """A deadline that a change moves."""

    reference: str
    clock: str
    key: str
    before: datetime
    after: datetime


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change would do: which of the deadlines that run move. `more`: there are too many to look at all of them."""

    looked_at: int
    moves: Sequence[Moves]
    more: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One year as it holds now. Revision 0 is what was delivered."""

    year: int
    days: Year
    revision: int
    changed_by: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Week:
    """The hours as they hold now. Revision 0 is what was delivered."""

    weekly: Sequence[Hours]
    moved: Hours
    revision: int
    changed_by: str | None = None
    changed_at: datetime | None = None


def year(session: Session, number: int) -> Shown:
    """The days of one year; Invalid for one nobody plans for."""
    _demand_year(number)
    calendar = calendars.of_house(session)
    row = session.get(CalendarYear, f"{calendar.country}-{number}")
    if row is None:
        return Shown(year=number, days=calendar.year(number), revision=0)
    return Shown(year=number, days=calendar.year(number), revision=row.revision, changed_by=row.changed_by, changed_at=row.changed_at)


def week(session: Session) -> Week:
    """The working hours."""
    calendar = calendars.of_house(session)
    row = session.get(CalendarHours, calendar.country)
    hours = [calendar.weekly.get(number, ()) for number in range(7)]
    if row is None:
        return Week(weekly=hours, moved=calendar.moved, revision=0)
    return Week(weekly=hours, moved=calendar.moved, revision=row.revision, changed_by=row.changed_by, changed_at=row.changed_at)


def would_year(session: Session, number: int, days: Year) -> Effect:
    """Which running deadlines another table of this year would move. Invalid as `save_year`."""
    _demand_days(number, days)
    calendar = calendars.of_house(session)
    before = calendar.year(number)
    differing = (before.days_off ^ days.days_off) | (before.working_days ^ days.working_days)
    other = replace(calendar, years={**calendar.years, number: days})
    return _effect(session, other, differing)


def would_week(session: Session, weekly: Sequence[Hours], moved: Hours) -> Effect:
    """Which running deadlines other hours would move. Invalid as `save_week`."""
    _demand_hours(weekly, moved)
    return _effect(session, replace(calendars.of_house(session), weekly=dict(enumerate(weekly)), moved=moved), None)


def save_year(session: Session, number: int, days: Year, *, revision: int, actor: Actor) -> Shown:
    """Another table of one year, from now on; deadlines that run are counted again. `revision` is the one that was read."""
    _demand_days(number, days)
    calendar = calendars.of_house(session)
    row = session.get(CalendarYear, f"{calendar.country}-{number}", with_for_update=True, populate_existing=True)
    if (row.revision if row else 0) != revision:
        raise RevisionChanged()
    before = _plain(calendar.year(number))
    if row is None:
        row = CalendarYear(id=f"{calendar.country}-{number}", revision=0)
        session.add(row)
    row.days_off, row.working_days, row.source = _plain(days)["days_off"], _plain(days)["working_days"], days.source
    _changed(session, row, actor, before=before, after=_plain(days))
    return year(session, number)


def save_week(session: Session, weekly: Sequence[Hours], moved: Hours, *, revision: int, actor: Actor) -> Week:
    """Other working hours, from now on; deadlines that run are counted again."""
    _demand_hours(weekly, moved)
    calendar = calendars.of_house(session)
    row = session.get(CalendarHours, calendar.country, with_for_update=True, populate_existing=True)
    if (row.revision if row else 0) != revision:
        raise RevisionChanged()
    before = {"weekly": calendars.plain_week(calendar), "moved": calendars.plain_hours(calendar.moved)}
    if row is None:
        row = CalendarHours(id=calendar.country, revision=0)
        session.add(row)
    row.weekly, row.moved = [calendars.plain_hours(one) for one in weekly], calendars.plain_hours(moved)
    _changed(session, row, actor, before=before, after={"weekly": row.weekly, "moved": row.moved})
    return week(session)


def _changed(session: Session, row: CalendarYear | CalendarHours, actor: Actor, *, before: Values, after: Values) -> None:
    row.revision += 1
    row.changed_by, row.changed_at = actor.id, clock.now()
    session.flush()  # what this session counts from here on counts with it
    calendars.forget(session)
    operations.record(session, "calendar_change", actor=actor, subject=row, before=before, after=after)
    job_rows.add_effect(session, FAN_OUT, {"after": ""})


def _plain(days: Year) -> dict[str, Any]:
    return {
        "days_off": sorted(one.isoformat() for one in days.days_off),
        "working_days": sorted(one.isoformat() for one in days.working_days),
        "source": days.source,
    }


def _effect(session: Session, other: WorkingCalendar, differing: Iterable[date] | None) -> Effect:
    """`differing`: the days that change; None: any may."""
    found = select(SlaClock, Complaint.reference).join(Complaint, Complaint.id == SlaClock.complaint_id)
    found = found.where(SlaClock.result == "running", or_(SlaClock.target.like("%wd"), SlaClock.target.like("%wh")))
    if differing is not None:
        days = sorted(differing)
        if not days:
            return Effect(looked_at=0, moves=[], more=False)
        first, last = (datetime.combine(one, time(), other.zone) for one in (days[0], days[-1] + ONE_DAY))
        found = found.where(SlaClock.due >= first, SlaClock.start < last)
    rows = session.execute(found.order_by(SlaClock.due, SlaClock.id).limit(MOST_LOOKED_AT + 1)).all()
    looked_at = rows[:MOST_LOOKED_AT]
    return Effect(looked_at=len(looked_at), moves=list(_moves(looked_at, other)), more=len(rows) > MOST_LOOKED_AT)


def _moves(rows: Iterable[Any], other: WorkingCalendar) -> Iterator[Moves]:
    for row, reference in rows:
        due = sla_time.instant(other, sla_time.read(row.target), start=row.start, pauses=row.pauses)
        if due is not None and due != row.due:
            yield Moves(reference=reference, clock=row.clock, key=row.key, before=row.due, after=due)


def _demand_year(number: int) -> None:
    if number not in YEARS:
        _refuse("/year", f"There are calendars from {YEARS[0]} to {YEARS[-1]}.")


def _demand_days(number: int, days: Year) -> None:
    _demand_year(number)
    outside = sorted(one for one in days.days_off | days.working_days if one.year != number)
    if outside:
        _refuse("/days_off", f"{outside[0]} does not lie in {number}.")
    both = sorted(days.days_off & days.working_days)
    if both:
        _refuse("/working_days", f"{both[0]} cannot be both a day off and a working day.")
    if days.source is not None and not 1 <= len(days.source) <= LONGEST_SOURCE:
        _refuse("/source", f"The notice has 1 to {LONGEST_SOURCE} characters.")


def _demand_hours(weekly: Sequence[Hours], moved: Hours) -> None:
    if len(weekly) != 7:
        _refuse("/weekly", "A week has seven days.")
    for number, hours in enumerate((*weekly, moved)):
        flat = [minute for opens, closes in hours for minute in (_minutes(opens), _minutes(closes) or 24 * 60)]
        if flat != sorted(set(flat)) or len(hours) > 4:
            _refuse(
                "/moved" if number == 7 else f"/weekly/{number}",
                "Hours follow one another, at most four times a day: 09:00-12:00 13:00-18:00.",
            )
    if not any(weekly) or not moved:
        _refuse("/weekly", "Somebody has to work at some time, also on a moved working day.")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _refuse(pointer: str, message: str) -> None:
    raise Invalid(problems=[Problem(code="CALENDAR", message=message, pointer=pointer)])


def _fan_out(session: Session, task: ServiceTask) -> Values:
    """A job for each case with a deadline that runs, some hundred at a time."""
    after = str(task.variables.get("after") or "")
    running = select(SlaClock.complaint_id).where(SlaClock.result == "running", SlaClock.complaint_id > after).distinct()
    found = session.scalars(running.order_by(SlaClock.complaint_id).limit(AT_ONCE)).all()
    for complaint_id in found:
        job_rows.add_effect(session, RECOUNT, {"complaint_id": complaint_id})
    if len(found) == AT_ONCE:
        job_rows.add_effect(session, FAN_OUT, {"after": found[-1]})
    return {}


def _recount(session: Session, task: ServiceTask) -> Values:
    """The deadlines of one case by the calendar as it is now: its watch wakes up then, its open tasks are due then."""
    complaint = cases.get(session, task.variables["complaint_id"])
    sla_alarm.guard(session, complaint)
    for row in sla_rows.running(session, complaint):
        sla_rows.recompute(session, row)
    sla_alarm.rearm(session, complaint)
    task_deadlines.refresh(session, complaint)
    return {}


def handlers() -> Sequence[Handler]:
    """What runs after a change."""
    return (
        Handler(topic=FAN_OUT, kind="record", record=_fan_out),
        Handler(topic=RECOUNT, kind="record", record=_recount),
    )
