"""The scale deadlines are drawn to: time as it passes on the wall, with the hours shaded in which nobody works."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from api.pages.language import language
from api.pages.texts import format_date, format_time, gettext, local
from engine.calendars import WorkingCalendar

DAY = timedelta(days=1)
NIGHTS_UP_TO = 10 * DAY  # of a longer time only whole days off are shaded: nights would be a grey haze
A_BREAK, A_DAY_OFF = timedelta(hours=2), timedelta(hours=20)
MOST_TICKS = 8
HOURS_APART = (1, 2, 3, 6, 12)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A line of the scale with what it stands for."""

    x: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Shade:
    """A stretch in which nobody works."""

    x: str
    width: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """From one instant to another, on a drawing as wide as its place: positions are percentages."""

    begins: datetime
    ends: datetime

    def x(self, at: datetime) -> float:
        """Where an instant lies, in percent."""
        return 100 * (min(max(at, self.begins), self.ends) - self.begins) / (self.ends - self.begins)

    def percent(self, at: datetime) -> str:
        """The same as SVG wants it."""
        return f"{self.x(at):.3f}%"

    def width(self, start: datetime, end: datetime) -> str:
        """How wide a stretch is; the shortest can still be seen."""
        return f"{max(self.x(end) - self.x(start), 0.3):.3f}%"

    def shades(self, calendar: WorkingCalendar) -> list[Shade]:
        """When nobody works: nights and days off, of a long time only the days off."""
        least = A_BREAK if self.ends - self.begins <= NIGHTS_UP_TO else A_DAY_OFF
        stretches = calendar.closed(self.begins, self.ends)
        return [self._shade(start, end) for start, end in stretches if end - start > least]

    def _shade(self, start: datetime, end: datetime) -> Shade:
        whole = end - start > A_DAY_OFF
        return Shade(
            x=self.percent(start), width=self.width(start, end), title=gettext("no work on these days") if whole else gettext("no work")
        )

    def ticks(self) -> Sequence[Tick]:
        """Midnights, or hours where there are too few of them; never more than one can read."""
        span = self.ends - self.begins
        if span > 2 * DAY:
            days = max(1, -(-(span // DAY) // MOST_TICKS))
            return [Tick(x=self.percent(at), text=_day(at)) for at in self._midnights(days)]
        apart = next((hours for hours in HOURS_APART if span / timedelta(hours=hours) <= MOST_TICKS), HOURS_APART[-1])
        return [Tick(x=self.percent(at), text=format_time(at, "short")) for at in self._hours(apart)]

    def _midnights(self, apart: int) -> Iterator[datetime]:
        first = local(self.begins)
        at = datetime.combine(first.date() + DAY, time(), first.tzinfo)
        while at < self.ends:
            yield at
            at = datetime.combine(at.date() + apart * DAY, time(), first.tzinfo)

    def _hours(self, apart: int) -> Iterator[datetime]:
        first = local(self.begins)
        at = first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=apart - first.hour % apart)
        while at < self.ends:
            yield at
            at += timedelta(hours=apart)


def _day(at: datetime) -> str:
    return format_date(local(at).date(), "M/d" if language() == "zh" else "d MMM")
