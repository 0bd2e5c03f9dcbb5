"""A day as a person counts it: from midnight to midnight in his or her zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import clock
from engine.task_lists import Day


def today(zone: str) -> Day:
    """Its first instant, and that of tomorrow."""
    return of(clock.now().astimezone(ZoneInfo(zone)).date(), zone)


def of(day: date, zone: str) -> Day:
    """The first instant of this day, and of the day after it."""
    begins, ends = (datetime.combine(one, time(), ZoneInfo(zone)) for one in (day, day + timedelta(days=1)))
    return begins, ends
