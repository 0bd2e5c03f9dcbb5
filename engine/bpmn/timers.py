"""Due instants: ISO 8601 as it stands in the diagram, or what an expression gives.

All of them are computed from `engine.clock`; Spiff's own timers, which read the wall clock, are not used.
"""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import isodate

from engine import clock

FOREVER = -1
_WITHOUT_ZONE = re.compile(r"\d{4}-?\d\d-?\d\dT[\d:.]+(?![\d:.Z+-])")
MOST_DIGITS = 9  # of the number of repetitions; who wants more wants R/
MOST_COUNTED = 100_000  # firings until an end: years of a cycle of minutes


class AlreadyOver(ValueError):
    """A cycle that could be run at another time."""


@dataclass(frozen=True, kw_only=True)
class Timer:
    """When it is due next (aware UTC), how many firings are left with that one, and the ISO duration between them."""

    due: datetime.datetime
    left: int = 1
    period: str | None = None

    def next(self) -> "Timer | None":
        """After one firing: nominal times, so a late firing does not move the following ones."""
        if self.period is None or self.left == 1:
            return None
        left = self.left if self.left == FOREVER else self.left - 1
        return Timer(due=_later(self.due, self.period), left=left, period=self.period)

    def next_after(self, now: datetime.datetime) -> "Timer | None":
        """After one firing that made up for all that were due by `now`: after a standstill there is one, not a storm of them."""
        last = self
        if self.period is not None and isinstance(period := isodate.parse_duration(self.period), datetime.timedelta) and period:
            missed = max(0, (now - self.due) // period)
            if self.left != FOREVER and missed >= self.left:
                return None
            last = Timer(due=self.due + missed * period, left=self.left if self.left == FOREVER else self.left - missed, period=self.period)
        following = last.next()
        while following is not None and following.due <= now and following.due > last.due:  # months and years differ in length
            last, following = following, following.next()
        return following


def with_zone(text: str) -> str:
    """What a diagram says in ISO 8601, dates with a time but without a time zone read as UTC."""
    return _WITHOUT_ZONE.sub(r"\g<0>Z", text)


def timer(value: Any) -> Timer:
    """A date, a duration from now, or a cycle (`R3/PT1H`, `R/2026-03-01T09:00Z/P1D`); a ValueError says what is wrong."""
    try:
        return _timer(value)
    except OverflowError as error:
        raise ValueError("This time lies beyond the calendar, which ends with the year 9999.") from error


def _timer(value: Any) -> Timer:
    if isinstance(value, datetime.datetime):
        return Timer(due=_aware(value))
    if isinstance(value, datetime.date):
        return Timer(due=_midnight(value))
    if isinstance(value, datetime.timedelta):
        return Timer(due=clock.now() + value)
    if not isinstance(value, str):
        raise ValueError("A timer needs a date, a duration such as PT24H, or a cycle such as R3/PT4H.")
    text = value.strip()
    if text.startswith("R"):
        return _cycle(text)
    return Timer(due=_later(clock.now(), text) if text.startswith("P") else _date(text))


def _cycle(text: str) -> Timer:
    count, _, rest = text[1:].partition("/")
    first, _, second = rest.partition("/")
    if (count and not (count.isdecimal() and len(count) <= MOST_DIGITS)) or not rest or count == "0":
        raise ValueError(f"{text} is no cycle; write R3/PT4H for three times, every four hours.")
    left = int(count) if count else FOREVER
    period = first if not second or first.startswith("P") else second
    now = clock.now()
    if _later(now, period) == now:
        raise ValueError(f"{text} is no cycle: there is no time between two firings; write R3/PT4H.")
    if not second:
        return Timer(due=_later(now, first), left=left, period=first)
    if first.startswith("P"):
        return _until(Timer(due=_later(now, first), left=left, period=first), _date(second))
    return Timer(due=_date(first), left=left, period=second)


def _until(cycle: Timer, end: datetime.datetime) -> Timer:
    """A cycle that is over at its end (`R/PT4H/2026-03-02T09:00:00Z`), however often it was to come."""
    most = MOST_COUNTED if cycle.left == FOREVER else min(cycle.left, MOST_COUNTED)
    period = isodate.parse_duration(cycle.period)
    if isinstance(period, datetime.timedelta):
        left = min(max(0, (end - cycle.due) // period + 1), most)
    else:  # months and years differ in length
        left = _counted(cycle.due, period, end, most)
    if left == 0:
        raise AlreadyOver(f"The cycle ends at {end.isoformat()}, before it is due for the first time.")
    return Timer(due=cycle.due, left=left, period=cycle.period)


def _counted(at: datetime.datetime, period: isodate.Duration, end: datetime.datetime, most: int) -> int:
    left = 0
    with suppress(ValueError, OverflowError):  # the calendar ends before the cycle
        while at <= end and left < most:
            left, at = left + 1, at + period
    return left


def _later(start: datetime.datetime, duration: str) -> datetime.datetime:
    """Calendar months and years are counted on the calendar; P1M after 31 January is the end of February."""
    try:
        later: datetime.datetime = start + isodate.parse_duration(duration)
    except (isodate.ISO8601Error, ValueError, OverflowError) as error:
        raise ValueError(f"{duration} is no duration; write PT24H, P3D or P1M.") from error
    if later < start:
        raise ValueError(f"{duration} lies in the past; a timer needs a time to come.")
    return later


def _date(text: str) -> datetime.datetime:
    try:
        instant = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is no date; write 2026-03-01T09:00:00Z.") from error
    return _midnight(instant.date()) if len(text) == len("2026-03-01") else _aware(instant)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)


def _aware(instant: datetime.datetime) -> datetime.datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; write 2026-03-01T09:00:00Z or ...+08:00.")
    return instant.astimezone(datetime.UTC)
