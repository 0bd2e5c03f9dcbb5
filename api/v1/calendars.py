"""Calendars: the working hours, and the days of each year; changed after a look at the deadlines that would move."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import Resource
from api.v1.shapes import Action, DryRunQuery, Input, Output, many, maybe, moment, shown, text, texts, truth, whole
from engine.calendars import Hours, Year
from engine.extensions import Actor
from processes import calendar_changes, calendars
from processes.calendar_changes import Effect, Shown, Week

resource = Resource("calendars", "/calendars", "Calendars: working hours, days off and moved working days of the house.")
CLOCK_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
MOST_MOVES = 200


class CalendarYearShape(Output):
    """What differs from the plain week in one year."""

    year = whole()
    official = truth("With a notice; without one due dates in the year may still move.")
    source = maybe("The notice.")
    days_off = texts("ISO dates.")
    working_days = texts("Weekend days on which work is done.")
    revision = whole("0 is what was delivered.")
    changed_by = maybe()
    changed_at = moment(null=True)


class CalendarYearWithActions(CalendarYearShape):
    """A year, and whether it can be changed."""

    actions = many(Action)


class CalendarYearInput(Input):
    """The whole table of a year."""

    days_off = fields.List(fields.Date(), required=True, validate=validate.Length(max=366))
    working_days = fields.List(fields.Date(), required=True, validate=validate.Length(max=366))
    source = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, calendar_changes.LONGEST_SOURCE))


class Interval(Output):
    """A piece of working time."""

    opens = shown(example="09:00")
    closes = shown("00:00 is midnight.", example="12:00")


class WorkingDay(Output):
    """The hours of one day."""

    hours = many(Interval)


class CalendarHoursShape(Output):
    """The working hours: seven days from Monday, and a moved working day."""

    weekly = many(WorkingDay)
    moved = many(Interval)
    revision = whole("0 is what was delivered.")
    changed_by = maybe()
    changed_at = moment(null=True)


class CalendarHoursWithActions(CalendarHoursShape):
    """The hours, and whether they can be changed."""

    actions = many(Action)


class IntervalInput(Input):
    """A piece of working time."""

    opens = fields.String(required=True, validate=validate.Regexp(CLOCK_TIME))
    closes = fields.String(required=True, validate=validate.Regexp(CLOCK_TIME))


class WorkingDayInput(Input):
    """The hours of one day; none: nobody works."""

    hours = fields.List(fields.Nested(IntervalInput), required=True, validate=validate.Length(max=4))


class CalendarHoursInput(Input):
    """All of them."""

    weekly = fields.List(fields.Nested(WorkingDayInput), required=True, validate=validate.Length(equal=7))
    moved = fields.List(fields.Nested(IntervalInput), required=True, validate=validate.Length(1, 4))


class MovedDeadline(Output):
    """A deadline that would move."""

    reference = shown(example="TS-20260914-00001")
    clock = shown(example="C-RESOLVE")
    key = text()
    before = moment()
    after = moment()


class CalendarEffect(Output):
    """What a dry run found."""

    dry_run = truth()
    looked_at = whole("Deadlines that run, are counted in working time and lie near the change.")
    moved = whole("How many of them would move.")
    more = truth("Are there more than were looked at?")
    moves = many(MovedDeadline, f"The first {MOST_MOVES}.")


def _actions(actor: Actor) -> dict[str, Any]:
    return {"actions": [permissions.action("change", actor, "calendar:manage")]}


def _year_json(one: Shown, actor: Actor) -> dict[str, Any]:
    return {
        "year": one.year,
        "official": one.days.source is not None,
        "source": one.days.source,
        "days_off": sorted(day.isoformat() for day in one.days.days_off),
        "working_days": sorted(day.isoformat() for day in one.days.working_days),
        "revision": one.revision,
        "changed_by": one.changed_by,
        "changed_at": one.changed_at,
        **_actions(actor),
    }


def _hours_json(one: Week, actor: Actor) -> dict[str, Any]:
    return {
        "weekly": [{"hours": _intervals(hours)} for hours in one.weekly],
        "moved": _intervals(one.moved),
        "revision": one.revision,
        "changed_by": one.changed_by,
        "changed_at": one.changed_at,
        **_actions(actor),
    }


def _intervals(hours: Hours) -> list[dict[str, str]]:
    return [{"opens": opens, "closes": closes} for opens, closes in calendars.plain_hours(hours)]


def _effect(found: Effect) -> Answer:
    moves = [
        {"reference": one.reference, "clock": one.clock, "key": one.key, "before": one.before, "after": one.after}
        for one in found.moves[:MOST_MOVES]
    ]
    counted = {"looked_at": found.looked_at, "moved": len(found.moves), "more": found.more}
    return Answer(body={"dry_run": True, **counted, "moves": moves})


def _days(body: dict[str, Any]) -> Year:
    days_off: Sequence[date] = body["days_off"]
    return Year(days_off=frozenset(days_off), working_days=frozenset(body["working_days"]), source=body["source"])


def _hours(given: Sequence[dict[str, str]]) -> Hours:
    return tuple((time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])) for one in given)


def _would_change_year(session: Session, call: Call, year: int) -> Answer:
    return _effect(calendar_changes.would_year(session, year, _days(call.body)))


def _would_change_hours(session: Session, call: Call) -> Answer:
    weekly = [_hours(one["hours"]) for one in call.body["weekly"]]
    return _effect(calendar_changes.would_week(session, weekly, _hours(call.body["moved"])))


@resource.get("/years/<int:year>")
@reads("calendar:manage", answers={200: CalendarYearWithActions}, also_refuses=(422,))
def get_year(session: Session, call: Call, year: int) -> Answer:
    """The days of one year."""
    one = calendar_changes.year(session, year)
    return Answer(body=_year_json(one, call.actor), revision=one.revision)


@resource.put("/years/<int:year>")
@writes(
    "calendar:manage",
    query=DryRunQuery,
    body=CalendarYearInput,
    if_match=True,
    dry_run=_would_change_year,
    answers={200: {"anyOf": [CalendarYearWithActions, CalendarEffect]}},
    example={"days_off": ["2027-01-01"], "working_days": ["2027-01-03"], "source": "Notice of the State Council"},
)
def change_year(session: Session, call: Call, year: int) -> Answer:
    """Let another table of a year hold. Deadlines that run are counted again; `?dry_run=true` says which would move."""
    one = calendar_changes.save_year(session, year, _days(call.body), revision=call.required_revision, actor=call.actor)
    return Answer(body=_year_json(one, call.actor), revision=one.revision)


@resource.get("/hours")
@reads("calendar:manage", answers={200: CalendarHoursWithActions})
def get_hours(session: Session, call: Call) -> Answer:
    """The working hours."""
    one = calendar_changes.week(session)
    return Answer(body=_hours_json(one, call.actor), revision=one.revision)


@resource.put("/hours")
@writes(
    "calendar:manage",
    query=DryRunQuery,
    body=CalendarHoursInput,
    if_match=True,
    dry_run=_would_change_hours,
    answers={200: {"anyOf": [CalendarHoursWithActions, CalendarEffect]}},
    example={"weekly": [{"hours": [{"opens": "09:00", "closes": "17:00"}]}] * 7, "moved": [{"opens": "09:00", "closes": "17:00"}]},
)
def change_hours(session: Session, call: Call) -> Answer:
    """Let other hours hold. Deadlines that run are counted again; `?dry_run=true` says which would move."""
    weekly, moved = [_hours(one["hours"]) for one in call.body["weekly"]], _hours(call.body["moved"])
    one = calendar_changes.save_week(session, weekly, moved, revision=call.required_revision, actor=call.actor)
    return Answer(body=_hours_json(one, call.actor), revision=one.revision)
