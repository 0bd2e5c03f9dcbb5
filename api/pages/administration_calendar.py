"""The working calendar: a year at a glance, its days and the hours of a week changed with what would move."""

import calendar as months
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.pages import administration_frame, badges, door, problems, whole_numbers, wording
from api.pages.people_names import Names
from api.pages.texts import format_date, gettext, lazy_gettext, local
from engine import clock
from engine.calendars import Hours, Year
from engine.errors import Invalid, Problem, RevisionChanged
from processes import calendar_changes
from processes.calendar_changes import Effect, Shown, Week

SHOWN_MOVES = 50
LONGEST_SPAN = 92  # days; a longer one is a mistake in the year
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|–|—|-|~|to|至|到)\s*(\d{4}-\d{2}-\d{2}))?")
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")

KINDS: Mapping[str, Any] = {
    "work": lazy_gettext("working day"),
    "weekend": lazy_gettext("weekend"),
    "off": lazy_gettext("day off"),
    "moved": lazy_gettext("moved working day"),
}
Errors = Mapping[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the year view: `kind` is work, weekend, off or moved; `changed` by what is being tried."""

    day: date
    kind: str
    title: str
    today: bool
    changed: bool


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/administration/calendar", "calendar", this_year)
    pages.add_url_rule("/administration/calendar/<int:year>", "calendar_year", calendar_year, methods=["GET", "POST"])
    pages.add_url_rule("/administration/calendar/<int:year>/hours", "calendar_hours", calendar_hours, methods=["POST"])


@door.demands("calendar:manage")
def this_year() -> Response:
    """The year it is."""
    return redirect(url_for("pages.calendar_year", year=local(clock.now()).year))


@door.demands("calendar:manage")
def calendar_year(year: int) -> Response:
    """Look at a year; try another table of it, and then let it hold."""
    if request.method == "GET":
        return _page(year)
    form = request.form
    try:
        days = _table(form)
        if form.get("try"):
            with door.reads() as session:
                effect = calendar_changes.would_year(session, year, days)
            return _page(year, typed=form, tried=days, effect=effect)
        with door.writes() as session:
            calendar_changes.save_year(session, year, days, revision=_revision(form), actor=door.actor())
    except Invalid as error:
        return _page(year, typed=form, errors=problems.by_field(error.problems, {}), status=422)
    except RevisionChanged as error:
        return _page(year, typed=form, errors={"": [wording.sentence(error)]}, status=409)
    flash(gettext("It holds from now on; the deadlines that run are being counted again."), "good")
    return redirect(url_for("pages.calendar_year", year=year), 303)


@door.demands("calendar:manage")
def calendar_hours(year: int) -> Response:
    """Other working hours, tried first; `year` is the one beside which they are shown."""
    form = request.form
    try:
        weekly = [_hours(form.get(f"weekly.{number}", ""), f"weekly.{number}") for number in range(7)]
        moved = _hours(form.get("moved", ""), "moved")
        if form.get("try"):
            with door.reads() as session:
                effect = calendar_changes.would_week(session, weekly, moved)
            return _page(year, part="hours", typed=form, effect=effect)
        with door.writes() as session:
            calendar_changes.save_week(session, weekly, moved, revision=_revision(form), actor=door.actor())
    except Invalid as error:
        return _page(year, part="hours", typed=form, errors=_hour_errors(error), status=422)
    except RevisionChanged as error:
        return _page(year, part="hours", typed=form, errors={"": [wording.sentence(error)]}, status=409)
    flash(gettext("It holds from now on; the deadlines that run are being counted again."), "good")
    return redirect(url_for("pages.calendar_year", year=year), 303)


def _revision(form: Mapping[str, str]) -> int:
    return whole_numbers.of(form.get("revision", ""))


def _hour_errors(error: Invalid) -> Errors:
    named = [(problem.pointer or "").strip("/").replace("/", ".") for problem in error.problems]
    return {name: [problems.sentence(problem.message)] for name, problem in zip(named, error.problems, strict=True)}


def _table(form: Mapping[str, str]) -> Year:
    """What the fields say: a day or a span a line."""
    source = form.get("source", "").strip() or None
    return Year(
        days_off=frozenset(_days(form.get("days_off", ""), "days_off")),
        working_days=frozenset(_days(form.get("working_days", ""), "working_days")),
        source=source,
    )


def _days(text: str, field: str) -> Iterator[date]:
    for line in re.split(r"[\n,;，；]", text):
        if not line.strip():
            continue
        found = _DAYS.fullmatch(line.strip())
        try:
            first = date.fromisoformat(found[1]) if found else None
            last = date.fromisoformat(found[2]) if found and found[2] else first
        except ValueError:
            first = last = None
        if first is None or last is None or not 0 <= (last - first).days <= LONGEST_SPAN:
            message = f"'{line.strip()[:60]}' is neither a day nor a span of days such as 2027-10-01 - 2027-10-07."
            raise Invalid(problems=[Problem(code="CALENDAR", message=message, pointer=f"/{field}")])
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def _hours(text: str, field: str) -> Hours:
    """`09:00-12:00 13:00-18:00`; nothing: nobody works."""
    rest = _HOURS.sub("", text).strip(" ,;")
    try:
        found = tuple((_time(opens), _time(closes.replace("24:00", "00:00"))) for opens, closes in _HOURS.findall(text))
    except ValueError:
        rest, found = text, ()
    if rest:
        message = f"'{rest[:60]}' are no hours such as 09:00-12:00 13:00-18:00."
        raise Invalid(problems=[Problem(code="CALENDAR", message=message, pointer=f"/{field.replace('.', '/')}")])
    return found


def _time(text: str) -> time:
    return time.fromisoformat(text.zfill(5))


def _page(
    year: int,
    *,
    part: str = "days",
    typed: Mapping[str, str] | None = None,
    tried: Year | None = None,
    effect: Effect | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    with door.reads() as session:
        now, week = calendar_changes.year(session, year), calendar_changes.week(session)
        names = Names(session, [now.changed_by, week.changed_by])
    html = render_template(
        "administration/calendar.html",
        tabs=administration_frame.tabs(),
        year=year,
        now=now,
        week=week,
        changed_by=names(now.changed_by),
        hours_by=names(week.changed_by),
        months=list(_months(now, tried, week)),
        fields=typed if typed is not None and part == "days" else _fields(now.days),
        hours=typed if typed is not None and part == "hours" else _hour_fields(week),
        day_names=[format_date(date(2024, 1, 1) + timedelta(days=number), "EEEE") for number in range(7)],
        short_days=[format_date(date(2024, 1, 1) + timedelta(days=number), "EEEEE") for number in range(7)],
        part=part,
        effect=_effect(effect) if effect is not None else None,
        errors=errors or {},
    )
    return make_response(html, status)


def _fields(days: Year) -> dict[str, str]:
    return {"days_off": _spans(days.days_off), "working_days": _spans(days.working_days), "source": days.source or ""}


def _spans(days: frozenset[date]) -> str:
    """Days as people write them: what follows one another is one line."""
    lines: list[tuple[date, date]] = []
    for one in sorted(days):
        if lines and (one - lines[-1][1]).days == 1:
            lines[-1] = (lines[-1][0], one)
        else:
            lines.append((one, one))
    return "\n".join(f"{first}" if first == last else f"{first} - {last}" for first, last in lines)


def _hour_fields(week: Week) -> dict[str, str]:
    return {f"weekly.{number}": _said(hours) for number, hours in enumerate(week.weekly)} | {"moved": _said(week.moved)}


def _said(hours: Hours) -> str:
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" if closes != time() else f"{opens:%H:%M}-24:00" for opens, closes in hours)


def _months(now: Shown, tried: Year | None, week: Week) -> Iterator[dict[str, Any]]:
    """Twelve months of weeks from Monday; days of other months are None."""
    today, days = local(clock.now()).date(), tried or now.days
    for number in range(1, 13):
        weeks = months.Calendar().monthdatescalendar(now.year, number)
        yield {
            "name": format_date(date(now.year, number, 1), "LLLL"),
            "weeks": [[_day(one, days, now.days, week, today) if one.month == number else None for one in row] for row in weeks],
        }


def _day(day: date, days: Year, before: Year, week: Week, today: date) -> Day:
    kind = _kind(day, days, week)
    title = f"{format_date(day, 'full')}: {KINDS[kind]}"
    return Day(day=day, kind=kind, title=title, today=day == today, changed=kind != _kind(day, before, week))


def _kind(day: date, days: Year, week: Week) -> str:
    if day in days.working_days:
        return "moved"
    if day in days.days_off:
        return "off"
    return "work" if week.weekly[day.weekday()] else "weekend"


def _effect(effect: Effect) -> dict[str, Any]:
    shown: Sequence[calendar_changes.Moves] = effect.moves[:SHOWN_MOVES]
    rows = [
        {"reference": one.reference, "name": badges.name_of(one.clock, one.key), "before": one.before, "after": one.after} for one in shown
    ]
    return {"looked_at": effect.looked_at, "count": len(effect.moves), "more": effect.more, "rows": rows}
