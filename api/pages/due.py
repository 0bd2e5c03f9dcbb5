"""Due times in working units: what is left, or by how much it is over, in words, with an icon and a colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.pages.texts import format_datetime, gettext
from engine import clock
from engine.extensions import Calendar

WORKING_DAY = timedelta(hours=8)


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a badge shows."""

    state: str  # none | on-track | at-risk | breached | paused | done
    icon: str
    text: str
    title: str = ""
    short: str = ""  # instead of the text where there is no room for it


def due(calendar: Calendar | None, *, due_at: datetime | None, warn_at: datetime | None = None, paused: bool = False) -> Due:
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
    if warn_at is not None and now >= warn_at:
        return Due(state="at-risk", icon="alert", text=text, title=title)
    return Due(state="on-track", icon="clock", text=text, title=title)


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
