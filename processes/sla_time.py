"""The arithmetic of deadlines (processes.md 2.8.1): targets in working or calendar time, and instants that pauses move."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendars import WORKING_DAY
from engine.extensions import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
_TARGET = re.compile(r"(\d+(?:\.\d+)?)(ch|cd|wh|wd)")
_BY_DAY = re.compile(r"by 24:00 of day\+(\d+)")

Pause = Mapping[str, Any]  # {"from": instant, "to": instant or None while it lasts, "reason": word}


@dataclass(frozen=True, kw_only=True)
class Target:
    """How long something may take: calendar hours (ch), calendar days (cd), working hours (wh) or days of eight of them (wd)."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{self.unit}"


def read(text: str) -> Target:
    """A target as the tables write it: `12ch`, `0.5ch`, `5wd`, `15cd final response`, `by 24:00 of day+3`."""
    if found := _BY_DAY.match(text):
        return Target(amount=Decimal(found[1]), unit="cd")
    found = _TARGET.match(text)
    if found is None:
        raise ValueError(f"'{text}' is no target like 12ch, 4wh, 5wd or 15cd")
    return Target(amount=Decimal(found[1]), unit=found[2])


def shorter(one: str, other: str | None, *, start: datetime, calendar: Calendar) -> str:
    """The one of two targets that is due first, counted from `start`."""
    if not other:
        return one
    return min((one, str(read(other))), key=lambda text: due(calendar, read(text), start=start))


def due(calendar: Calendar, target: Target, *, start: datetime) -> datetime:
    """When the target is used up if nothing is paused."""
    found = instant(calendar, target, start=start)
    assert found is not None  # only a pause that lasts holds it
    return found


def instant(calendar: Calendar, target: Target, *, start: datetime, percent: int = 100, pauses: Sequence[Pause] = ()) -> datetime | None:
    """When `percent` of the target is used up; None while a pause lasts that begins before it."""
    if target.unit == "cd":
        # 24:00 of start day + N, holidays included; shares of it are shares of the real time in between. Never paused.
        first = start.astimezone(ZONE).date()
        end = datetime.combine(first + timedelta(days=int(target.amount) + 1), time(), ZONE).astimezone(start.tzinfo)
        return start + (end - start) * percent / 100
    working = target.unit in ("wh", "wd")
    left = _length(target) * percent / 100
    at = start
    for begins, ends in _apart(pauses):
        reached = _after(calendar, at, left, working=working)
        if reached < begins:
            return reached
        if ends is None:
            return None
        left -= _between(calendar, at, max(begins, at), working=working)
        at = max(ends, at)
    return _after(calendar, at, left, working=working)


def used(calendar: Calendar, target: Target, *, start: datetime, until: datetime, pauses: Sequence[Pause] = ()) -> Decimal:
    """Which part of the target is used up at `until` (0.8 = 80 %)."""
    if target.unit == "cd":
        whole = due(calendar, target, start=start)
        return Decimal((until - start) / (whole - start)).quantize(Decimal("0.0001"))
    working = target.unit in ("wh", "wd")
    spent = _between(calendar, start, max(until, start), working=working)
    for begins, ends in _apart(pauses):
        spent -= _between(calendar, max(begins, start), min(ends or until, until), working=working) if begins < until else timedelta()
    return Decimal(spent / _length(target)).quantize(Decimal("0.0001"))


def _length(target: Target) -> timedelta:
    return timedelta(hours=float(target.amount)) if target.unit in ("ch", "wh") else float(target.amount) * WORKING_DAY


def _after(calendar: Calendar, start: datetime, left: timedelta, *, working: bool) -> datetime:
    return calendar.after(start, left) if working else start + left


def _between(calendar: Calendar, start: datetime, end: datetime, *, working: bool) -> timedelta:
    return calendar.between(start, end) if working else end - start


def _apart(pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime | None]]:
    """Pauses in order of time; those that overlap are one."""
    begins: datetime | None = None
    ends: datetime | None = None
    for pause in sorted(pauses, key=lambda one: one["from"]):
        if begins is not None and (ends is None or pause["from"] <= ends):
            ends = None if ends is None or pause["to"] is None else max(ends, pause["to"])
            continue
        if begins is not None:
            yield begins, ends
        begins, ends = pause["from"], pause["to"]
    if begins is not None:
        yield begins, ends
