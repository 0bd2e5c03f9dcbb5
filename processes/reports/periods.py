"""The time a report is about: a month, quarter, half-year, year or any days, in the local time of the company.

A period is written as it stands in an address: `2026-09`, `2026-Q3`, `2026-H2`, `2026` or `2026-09-01..2026-09-14`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from engine import clock
from engine.errors import Invalid, Problem
from processes.sla_time import ZONE

Kind = Literal["month", "quarter", "half", "year", "days"]
KINDS: Sequence[Kind] = ("month", "quarter", "half", "year")
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
# How many periods of its kind a period is shown among: far enough back to see the same one of the year before.
SHOWN: dict[Kind, int] = {"month": 13, "quarter": 9, "half": 5}
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST = timedelta(days=3660)
BY_DAY, BY_WEEK = timedelta(days=31), timedelta(days=184)  # a chart has room for so many days, and for so many weeks
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
_WRITTEN = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])))?", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
EXAMPLES = "2026-09, 2026-Q3, 2026-H2, 2026 or 2026-09-01..2026-09-14"


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole local days, the last one included."""

    kind: Kind
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return _midnight(self.last + ONE_DAY)

    @property
    def key(self) -> str:
        """As it is written in an address."""
        if self.kind == "days":
            return f"{self.first}..{self.last}"
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        letter = {"quarter": "-Q", "half": "-H"}.get(self.kind)
        number = (self.first.month - 1) // MONTHS[self.kind] + 1
        return f"{self.first.year}{letter}{number}" if letter else str(self.first.year)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen in it."""
        return self.end <= clock.now()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def today() -> date:
    """The local day it is."""
    return clock.now().astimezone(ZONE).date()


def containing(day: date, kind: Kind) -> Period:
    """The month, quarter, half or year this day is in."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(kind=kind, first=first, last=_later(first, months) - ONE_DAY)


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def read(text: str | None) -> Period:
    """The period somebody asks for; nothing is the month it is. Invalid says how one is written."""
    if not text:
        return containing(today(), "month")
    found = _days(text) or _named(text)
    if found is None:
        raise Invalid(problems=[Problem(code="PERIOD", pointer="/period", message=f"A period is written as {EXAMPLES}.")])
    return found


def _named(text: str) -> Period | None:
    match = _WRITTEN.fullmatch(text)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    month, quarter, half = match[2], match[3], match[4]
    if month is not None:
        return containing(date(int(match[1]), int(month), 1), "month") if 1 <= int(month) <= 12 else None
    if quarter is not None:
        return containing(date(int(match[1]), int(quarter) * 3, 1), "quarter")
    return containing(date(int(match[1]), int(half) * 6, 1), "half") if half else containing(date(int(match[1]), 1, 1), "year")


def _days(text: str) -> Period | None:
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    try:
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    except ValueError:  # the 31st of February: no period
        return None
    fits = first.year >= FIRST_YEAR and last.year <= LAST_YEAR and timedelta() <= last - first <= LONGEST
    return Period(kind="days", first=first, last=last) if fits else None


def before(period: Period, steps: int = 1) -> Period:
    """The period of the same length that ends where this one begins, or `steps` of them earlier."""
    if period.kind == "days":
        length = (period.last - period.first + ONE_DAY) * steps
        return Period(kind="days", first=period.first - length, last=period.last - length)
    return containing(_later(period.first, -MONTHS[period.kind] * steps), period.kind)


def after(period: Period) -> Period | None:
    """The one that follows, unless it has not begun."""
    found = before(period, -1)
    return found if found.start <= clock.now() else None


def year_before(period: Period) -> Period | None:
    """The same of the year before; None when that is the period before, or runs into this one."""
    if period.kind == "year" or period.last - period.first >= timedelta(days=365):
        return None
    if period.kind != "days":
        return before(period, 12 // MONTHS[period.kind])
    found = Period(kind="days", first=_a_year_earlier(period.first), last=_a_year_earlier(period.last))
    return found if found != before(period) else None


def _a_year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def course(period: Period) -> list[Period]:
    """The periods a chart shows this one among, in order: those of its kind before it; of a year its months, of free days
    its days, weeks or months. What has not begun is left out."""
    parts = _parts(period) if period.kind in ("year", "days") else _among(period)
    now = clock.now()
    return [one for one in parts if one.start <= now] or [period]


def _among(period: Period) -> Iterator[Period]:
    for steps in range(SHOWN[period.kind] - 1, -1, -1):
        yield before(period, steps)


def _parts(period: Period) -> Iterator[Period]:
    length = period.last - period.first
    first = period.first
    while first <= period.last:
        step = ONE_DAY if length < BY_DAY else ONE_WEEK
        end = containing(first, "month").last if length >= BY_WEEK else first + step - ONE_DAY
        last = min(end, period.last)
        whole = containing(first, "month")
        yield whole if (whole.first, whole.last) == (first, last) else Period(kind="days", first=first, last=last)
        first = last + ONE_DAY
