"""Days in forms: what a date field posts, as instants of the reader's zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.pages import language
from api.pages.texts import local
from engine import clock
from engine.errors import Invalid, Problem

ONE_DAY = timedelta(days=1)


def first(text: str, field: str) -> datetime:
    """The first instant of that day; Invalid for what is no day."""
    return datetime.combine(_day(text, field), time(), ZoneInfo(language.time_zone()))


def end(text: str, field: str) -> datetime:
    """The first instant after that day."""
    return datetime.combine(_day(text, field) + ONE_DAY, time(), ZoneInfo(language.time_zone()))


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2200:
        raise Invalid(problems=[Problem(code="INVALID", message="Give a day, such as 2026-05-01.", pointer=f"/{field}")])
    return found


def today() -> date:
    """The day it is for the reader."""
    return local(clock.now()).date()


def last_day(ends: datetime) -> date:
    """The last day of a time that ends at this instant."""
    return local(ends - timedelta(microseconds=1)).date()
