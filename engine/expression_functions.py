"""The functions a diagram's expressions may call, beside the operators: they give plain values, never objects."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import isodate

from engine import clock
from engine.calendars import WORKING_DAY
from engine.extensions import Calendar

NAMES = ("now", "today", "working_time")


def build(calendar: Calendar | None) -> Mapping[str, Callable[..., Any]]:
    """The functions by name. Instants are aware ISO 8601 texts, so that they can be variables and timers alike."""

    def now() -> str:
        return clock.now().isoformat()

    def today() -> str:
        return clock.now().date().isoformat()

    def working_time(duration: str) -> str:
        """The instant at which `duration` (PT8H, P2D = two working days) of working time from now is over."""
        working = working_duration(duration)
        start = clock.now()
        return (start + working if calendar is None else calendar.after(start, working)).isoformat()

    return {"now": now, "today": today, "working_time": working_time}


def working_duration(text: str) -> timedelta:
    """ISO 8601 as working time: a day is a working day of eight hours; ValueError for months, years and nonsense."""
    try:
        parsed = isodate.parse_duration(text)
    except (isodate.ISO8601Error, TypeError) as error:
        raise ValueError(f"'{text}' is not an ISO 8601 duration like PT8H or P2D") from error
    if not isinstance(parsed, timedelta):  # isodate's own Duration: months or years
        raise ValueError(f"'{text}' counts months or years, which have no fixed working time")
    length = parsed
    return timedelta(seconds=length.seconds) + length.days * WORKING_DAY
