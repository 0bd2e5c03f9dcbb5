"""Working time on the Chinese calendar of 2026, with its make-up days, and on calendars of one's own."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import LONGEST, OFFICE_HOURS, WORKING_DAY, WorkingCalendar, year_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CN = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


instants = st.integers(0, 60 * 24 * 455).map(lambda minutes: at("2025-12-01T00:00") + timedelta(minutes=minutes))
spans = st.timedeltas(timedelta(minutes=1), timedelta(hours=400))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("start", "working", "due"),
    [
        ("2026-05-11T10:00", hours(24), "2026-05-14T10:00"),
        ("2026-05-12T15:10", hours(4), "2026-05-13T10:10"),  # SC-05, C-APPROVE/team_lead
        ("2026-05-12T20:15", WORKING_DAY, "2026-05-13T18:00"),  # SC-05, C-PAY: starts in the evening, due at closing time
        ("2026-09-14T15:40", hours(8), "2026-09-15T15:40"),  # SC-14, C-APPROVE/dept_manager
        ("2026-09-16T11:00", 3 * WORKING_DAY, "2026-09-20T11:00"),  # SC-14, C-PAY: over a make-up Sunday
        ("2026-09-14T09:00", 5 * WORKING_DAY, "2026-09-18T18:00"),
        ("2026-02-14T17:00", hours(2), "2026-02-24T10:00"),  # a make-up Saturday, then nine days of Spring Festival
        ("2026-02-27T17:30", hours(1), "2026-02-28T09:30"),  # into the make-up Saturday after it
        ("2026-03-02T11:30", hours(1), "2026-03-02T13:30"),  # over lunch
        ("2026-03-02T12:30", hours(3), "2026-03-02T16:00"),  # starts at lunch
        ("2026-03-07T08:00", hours(0), "2026-03-07T08:00"),  # nothing to wait for, on a Saturday
    ],
)
def test_a_due_date_counts_working_minutes_only(start: str, working: timedelta, due: str) -> None:
    assert CN.after(at(start), working) == at(due)


def test_a_due_date_is_utc() -> None:
    assert CN.after(at("2026-03-02T09:00"), hours(1)).tzinfo is UTC


def test_the_five_working_days_of_scenario_14_lie_over_no_other_day_than_the_table_says() -> None:
    assert CN.between(at("2026-09-14T09:00"), at("2026-09-17T10:30")) == hours(25.5)  # KPI: 3.19 working days
    assert CN.between(at("2026-05-11T10:00"), at("2026-05-14T09:10")) == hours(23) + timedelta(minutes=10)  # KPI: 2.90


def test_time_between_is_negative_when_the_end_comes_first() -> None:
    assert CN.between(at("2026-03-03T10:00"), at("2026-03-02T10:00")) == -hours(8)


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_make_up_day_on_a_weekend_is_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CN.hours(date.fromisoformat(day)) == OFFICE_HOURS


def test_the_spring_festival_of_2026_has_nine_days_off() -> None:
    assert all(CN.hours(date(2026, 2, day)) == () for day in range(15, 24))
    assert CN.between(at("2026-02-14T18:00"), at("2026-02-24T09:00")) == timedelta()


def test_the_official_table_of_2026_agrees_with_the_holidays_package() -> None:
    official, known = year_of("CN", 2026), holidays.country_holidays("CN", years=2026)
    assert {day for day in official.days_off if day.weekday() < 5} == {day for day in known if day.weekday() < 5}
    assert official.working_days == {day for day in known.weekend_workdays if day.year == 2026}


def test_a_year_without_an_official_table_is_provisional() -> None:
    assert not CN.is_provisional(2026)
    assert CN.is_provisional(2027)
    assert CN.hours(date(2027, 10, 1)) == ()


def test_own_closing_days_win_over_make_up_days() -> None:
    closed = WorkingCalendar(closing_days=frozenset({date(2026, 2, 28)}))
    assert closed.after(at("2026-02-27T17:30"), hours(1)) == at("2026-03-02T09:30")


def test_hours_may_end_at_midnight() -> None:
    late = WorkingCalendar(weekly=dict.fromkeys(range(7), ((time(18), time(0)),)), moved=())
    assert late.after(at("2026-03-02T23:00"), hours(2)) == at("2026-03-03T19:00")


def test_work_is_counted_right_over_a_change_of_the_clocks() -> None:
    berlin = WorkingCalendar(country="DE", zone=ZoneInfo("Europe/Berlin"), weekly=dict.fromkeys(range(7), ((time(0), time(0)),)))
    start = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.after(start, hours(24)) == start.astimezone(UTC) + hours(24)


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="without working hours"):
        WorkingCalendar(weekly={})


def test_a_wait_of_more_than_ten_years_is_refused() -> None:
    with pytest.raises(ValueError, match="ten years"):
        CN.after(at("2026-03-02T09:00"), LONGEST + hours(1))


@given(start=instants, working=spans)
def test_what_was_waited_is_what_was_asked(start: datetime, working: timedelta) -> None:
    assert CN.between(start, CN.after(start, working)) == working


@given(start=instants, working=spans)
def test_a_due_date_is_the_first_such_instant(start: datetime, working: timedelta) -> None:
    due = CN.after(start, working)
    assert CN.between(start, due - timedelta(minutes=1)) < working
    assert CN.hours((due - timedelta(microseconds=1)).astimezone(SHANGHAI).date())


@given(start=instants, first=spans, second=spans)
def test_waiting_twice_is_waiting_once_for_both(start: datetime, first: timedelta, second: timedelta) -> None:
    assert CN.after(CN.after(start, first), second) == CN.after(start, first + second)


@given(a=instants, b=instants, c=instants)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    assert CN.between(a, b) + CN.between(b, c) == CN.between(a, c)
