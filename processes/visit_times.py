"""When a customer may be visited: windows of the working day, narrowed to what he or she prefers (decisions.md, DMN-12)."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from engine.extensions import Calendar
from processes import sla_time
from processes.sla_time import ZONE

Window = tuple[time, time]
WINDOWS: Sequence[Window] = ((time(9, 30), time(11, 30)), (time(14, 30), time(17, 30)))
EARLIEST, LATEST = time(9), time(21)  # nobody is called at night, whatever was agreed
_HOURS = re.compile(r"(\d{1,2})[::](\d{2})\s*[-–—~至到]\s*(\d{1,2})[::](\d{2})")
ONE_DAY = timedelta(days=1)


def preferred(contact_hours: str | None) -> Sequence[Window]:
    """The windows a customer wrote down (`18:00-20:00`); the usual ones where nothing readable was written."""
    found = []
    for hours in _HOURS.finditer(contact_hours or ""):
        if int(hours[1]) > 23 or int(hours[3]) > 23 or int(hours[2]) > 59 or int(hours[4]) > 59:
            continue
        opens = max(EARLIEST, time(int(hours[1]), int(hours[2])))
        closes = min(LATEST, time(int(hours[3]), int(hours[4])))
        if opens < closes:
            found.append((opens, closes))
    return sorted(found) or WINDOWS


def next_window(calendar: Calendar, after: datetime, *, contact_hours: str | None = None) -> datetime:
    """The first instant from `after` on at which the customer may be visited."""
    day = after.astimezone(ZONE).date()
    while True:
        if is_working_day(calendar, day):
            for opens, closes in preferred(contact_hours):
                if datetime.combine(day, closes, ZONE) > after:
                    return max(after, datetime.combine(day, opens, ZONE)).astimezone(after.tzinfo)
        day += ONE_DAY


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether anybody works on that day."""
    begins = datetime.combine(day, time(), ZONE)
    return calendar.between(begins, begins + ONE_DAY) > timedelta()


def next_working_day(calendar: Calendar, after: date) -> datetime:
    """The next working day, when the first window opens."""
    day = after + ONE_DAY
    while not is_working_day(calendar, day):
        day += ONE_DAY
    return datetime.combine(day, WINDOWS[0][0], ZONE)


def tomorrow(at: datetime) -> datetime:
    """The beginning of the next local day."""
    return datetime.combine(at.astimezone(ZONE).date() + ONE_DAY, time(), ZONE)


def same_day(one: datetime, other: datetime) -> bool:
    """Whether both are on one local day."""
    return one.astimezone(ZONE).date() == other.astimezone(ZONE).date()


def end_of(calendar: Calendar, duration: str, *, start: datetime) -> datetime:
    """When `3wd` or `30cd` from `start` are over."""
    return sla_time.due(calendar, sla_time.read(duration), start=start)
