"""Due times in working units: what is left, or by how much it is over, in words, with an icon and a colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.pages.texts import format_datetime, gettext
from engine import clock
from engine.extensions import Calendar

WORKING_DAY = timedelta(hours=8)
WARN_SHARE = 0.8  # a task without a time to warn at is at risk when 80 % of its time are used (pages.md 2)


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a badge shows."""

    state: str  # none | on-track | at-risk | breached | paused | done
    icon: str
    text: str
    title: str = ""
    short: str = ""  # instead of the text where there is no room for it


def due(
    calendar: Calendar | None, *, due_at: datetime | None, created_at: datetime, warn_at: datetime | None = None, paused: bool = False
) -> Due:
    """The badge of something that is due at an instant."""
    if due_at is None:
        return Due(state="none", icon="none", text=gettext("No due time"))
    title = gettext("Due %(when)s, counted in working time", when=format_datetime(due_at, "full"))
    if paused:
        return Due(state="paused", icon="pause", text=gettext("Paused"), title=title)
    now = clock.now()
    if now > due_at:
        over = _between(calendar, due_at, now)
        return Due(state="breached", icon="stop", text=gettext("%(time)s over", time=working_words(over)), title=title)
    left = _between(calendar, now, due_at)
    text = gettext("%(time)s left", time=working_words(left))
    if _at_risk(calendar, now, left, due_at=due_at, created_at=created_at, warn_at=warn_at):
        return Due(state="at-risk", icon="alert", text=text, title=title)
    return Due(state="on-track", icon="clock", text=text, title=title)


def _at_risk(
    calendar: Calendar | None, now: datetime, left: timedelta, *, due_at: datetime, created_at: datetime, warn_at: datetime | None
) -> bool:
    if warn_at is not None:
        return now >= warn_at
    whole = _between(calendar, created_at, due_at)
    return left <= whole * (1 - WARN_SHARE)


def _between(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    return calendar.between(start, end) if calendar is not None else end - start


def working_words(duration: timedelta) -> str:
    """A working duration as people say it: whole working days from eight hours on, else hours, else minutes."""
    minutes = int(duration.total_seconds() // 60)
    days, hours = int(duration / WORKING_DAY), minutes // 60
    if days >= 1:
        return gettext("%(n)s wd", n=days)
    if hours >= 1:
        return gettext("%(n)s h", n=hours)
    return gettext("%(n)s min", n=max(minutes, 0))
