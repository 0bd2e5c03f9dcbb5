"""Working time: weekly hours, public holidays, moved working days and own closing days, in one time zone.

A year is `official` when its table lies in `working_years/` (with the notice it comes from) and `provisional` when only the
`holidays` package speaks for it: dates that fall into such a year may still move.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import holidays

Hours = tuple[tuple[time, time], ...]

WORKING_DAY = timedelta(hours=8)  # 1 wd = 8 wh (processes.md 2.8.1)
LONGEST = timedelta(hours=20_000)  # about ten years of work: a longer wait is a mistake, and walking its days is not free
OFFICE_HOURS: Hours = ((time(9), time(12)), (time(13), time(18)))
OFFICE_WEEK: Mapping[int, Hours] = dict.fromkeys(range(5), OFFICE_HOURS)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Year:
    """What differs from the plain week in one year of one country. `source` is the notice, None when provisional."""

    days_off: frozenset[date]
    working_days: frozenset[date]
    source: str | None


@cache
def year_of(country: str, year: int) -> Year:
    """The official table of that year if there is one, else what `holidays` knows about it."""
    file = resources.files("engine") / "working_years" / f"{country}-{year}.json"
    if file.is_file():
        return _official(json.loads(file.read_text(encoding="utf-8")))
    known = holidays.country_holidays(country, years=year)
    # The package keeps moved working days of all years it knows in one set.
    moved = frozenset(day for day in known.weekend_workdays if day.year == year)
    return Year(days_off=frozenset(known), working_days=moved, source=None)


def _official(table: dict[str, Sequence[Sequence[str]]]) -> Year:
    spans = ((date.fromisoformat(first), date.fromisoformat(last)) for first, last in table["days_off"])
    return Year(
        days_off=frozenset(first + ONE_DAY * n for first, last in spans for n in range((last - first).days + 1)),
        working_days=frozenset(date.fromisoformat(str(day)) for day in table["working_days"]),
        source=str(table["source"]),
    )


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """When work is done. The default: Monday to Friday, 09:00-12:00 and 13:00-18:00, China.

    `weekly` maps a weekday (0 = Monday) to its hours in order; an end of 00:00 is midnight. A moved working day has the
    hours of `moved`. `closing_days` are the organisation's own days off and win over everything. `years` stand in place of
    the tables that were delivered.
    """

    country: str = "CN"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    weekly: Mapping[int, Hours] = field(default_factory=lambda: OFFICE_WEEK)
    moved: Hours = OFFICE_HOURS
    closing_days: frozenset[date] = frozenset()
    years: Mapping[int, Year] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(self.weekly.values()):
            raise ValueError("a calendar without working hours never reaches a due date")

    def is_provisional(self, year: int) -> bool:
        """Whether dates of that year may still move, because no official table of it is here yet."""
        return self.year(year).source is None

    def year(self, year: int) -> Year:
        """What differs from the plain week in that year."""
        return self.years.get(year) or year_of(self.country, year)

    def hours(self, day: date) -> Hours:
        """The working hours of that day, local time; empty on a day off."""
        year = self.year(day.year)
        if day in self.closing_days:
            return ()
        if day in year.working_days:
            return self.moved
        return () if day in year.days_off else self.weekly.get(day.weekday(), ())

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The first instant at which `working` has passed since `start`: work that ends at closing time is due at closing time.

        Aware UTC. Nothing to wait for is due at once, also outside working hours.
        """
        if working > LONGEST:
            raise ValueError(
                f"{working / timedelta(hours=1):.0f} working hours are more than {LONGEST / timedelta(hours=1):.0f}, about ten years"
            )
        if working <= timedelta():
            return start.astimezone(UTC)
        left = working
        for opens, closes in self._intervals(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise ValueError(f"the calendar ends before {working} of work is done")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative when `end` comes first."""
        if end < start:
            return -self.between(end, start)
        worked = timedelta()
        for opens, closes in self._intervals(start):
            if opens >= end:
                break
            worked += min(closes, end) - opens
        return worked

    def closed(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches between two instants in which nobody works: breaks, nights, days off; in order, in UTC."""
        at = start.astimezone(UTC)
        for opens, closes in self._intervals(start):
            if opens >= end:
                break
            if opens > at:
                yield at, opens
            at = closes
        if at < end:
            yield at, end.astimezone(UTC)

    def _intervals(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The pieces of working time from `start` on, in UTC: differences of local times lie when the clocks change."""
        day = start.astimezone(self.zone).date()
        while day < date.max:
            for first, last in self.hours(day):
                opens = datetime.combine(day, first, self.zone).astimezone(UTC)
                closes = datetime.combine(day if last > first else day + ONE_DAY, last, self.zone).astimezone(UTC)
                if closes > start:
                    yield max(opens, start.astimezone(UTC)), closes
            day += ONE_DAY
