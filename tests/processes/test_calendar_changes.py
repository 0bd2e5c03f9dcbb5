"""The working calendar as administrators keep it, and the deadlines that move with it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from engine import scheduler
from engine.calendars import OFFICE_HOURS, Year
from engine.database import reading, unit_of_work
from engine.errors import Invalid, RevisionChanged
from engine.extensions import Actor, calendar_of
from engine.tables import Operation
from processes import calendar_changes, calendars, cases, sla, sla_rows
from tests.processes.conftest import Office

ADMIN = Actor(id="u_admin1", name="Tian Tian", groups=frozenset({"admin"}))
NOTICE = "Notice of the city, 14 September 2026"
TUESDAY = date(2026, 9, 15)


def with_day_off(office: Office, *days: date) -> Year:
    """The delivered table of 2026 with these days off besides."""
    with reading(office.database) as session:
        table = calendar_changes.year(session, 2026).days
    return replace(table, days_off=table.days_off | set(days), source=NOTICE)


def case_with_deadline(office: Office) -> str:
    """The id of a case due in five working days, from Monday morning on."""
    with unit_of_work(office.database) as session:
        complaint = office.register(session, level=2)
        session.flush()
        sla.start(session, complaint, "C-RESOLVE", target="5wd")
        sla.start(session, complaint, "C-ACK", target="12ch")
    return complaint.id


def dues(office: Office, complaint_id: str) -> dict[str, tuple[datetime, bool]]:
    """When the deadlines of the case are due, and whether that is provisional."""
    with reading(office.database) as session:
        return {row.clock: (row.due, row.provisional) for row in sla_rows.running(session, cases.get(session, complaint_id))}


def test_a_change_shows_what_would_move_and_then_moves_it(office: Office) -> None:
    complaint_id = case_with_deadline(office)
    before = dues(office, complaint_id)
    days = with_day_off(office, TUESDAY)
    with reading(office.database) as session:
        effect = calendar_changes.would_year(session, 2026, days)
    assert [(one.clock, one.before) for one in effect.moves] == [("C-RESOLVE", before["C-RESOLVE"][0])]
    assert dues(office, complaint_id) == before
    with unit_of_work(office.database) as session:
        saved = calendar_changes.save_year(session, 2026, days, revision=0, actor=ADMIN)
        assert (saved.revision, saved.days.source) == (1, NOTICE)
    for _ in range(3):
        scheduler.tick(office.database)
    after = dues(office, complaint_id)
    assert after["C-RESOLVE"][0] == effect.moves[0].after > before["C-RESOLVE"][0]
    assert after["C-ACK"] == before["C-ACK"]


def test_a_change_holds_from_its_commit_on_for_everything_that_counts(office: Office) -> None:
    monday = datetime(2026, 9, 14, 10, tzinfo=UTC)
    with reading(office.database) as session:
        first = calendar_of(session)
        assert first is not None and first.between(monday, datetime(2026, 9, 16, 1, tzinfo=UTC)).total_seconds() == 8 * 3600
    with unit_of_work(office.database) as session:
        calendar_changes.save_year(session, 2026, with_day_off(office, TUESDAY), revision=0, actor=ADMIN)
    with reading(office.database) as session:
        second = calendar_of(session)
        assert second is not None and second.between(monday, datetime(2026, 9, 16, 1, tzinfo=UTC)).total_seconds() == 0


def test_a_year_becomes_official_with_its_notice_and_its_dates_firm(office: Office) -> None:
    office.time.move_to(datetime(2027, 3, 1, 1, tzinfo=UTC))
    complaint_id = case_with_deadline(office)
    assert dues(office, complaint_id)["C-RESOLVE"][1]
    with unit_of_work(office.database) as session:
        table = calendar_changes.year(session, 2027)
        assert table.days.source is None
        calendar_changes.save_year(session, 2027, replace(table.days, source=NOTICE), revision=0, actor=ADMIN)
    for _ in range(3):
        scheduler.tick(office.database)
    assert not dues(office, complaint_id)["C-RESOLVE"][1]


def test_other_hours_move_what_is_counted_in_them(office: Office) -> None:
    complaint_id = case_with_deadline(office)
    long_day = ((time(8), time(12)), (time(13), time(20)))
    weekly = [long_day] * 5 + [()] * 2
    with reading(office.database) as session:
        assert [one.clock for one in calendar_changes.would_week(session, weekly, OFFICE_HOURS).moves] == ["C-RESOLVE"]
    with unit_of_work(office.database) as session:
        calendar_changes.save_week(session, weekly, OFFICE_HOURS, revision=0, actor=ADMIN)
    for _ in range(3):
        scheduler.tick(office.database)
    with reading(office.database) as session:
        kept = calendar_changes.week(session)
        assert (kept.revision, kept.changed_by, kept.weekly[0], kept.weekly[6]) == (1, "u_admin1", long_day, ())
        assert calendars.plain_week(calendars.of_house(session))[0] == [["08:00", "12:00"], ["13:00", "20:00"]]
    assert dues(office, complaint_id)["C-RESOLVE"][0] == datetime(2026, 9, 17, 9, tzinfo=UTC)


def test_who_was_slower_is_told_and_every_change_is_written_down(office: Office) -> None:
    days = with_day_off(office, TUESDAY)
    with unit_of_work(office.database) as session:
        calendar_changes.save_year(session, 2026, days, revision=0, actor=ADMIN)
    with unit_of_work(office.database) as session, pytest.raises(RevisionChanged):
        calendar_changes.save_year(session, 2026, days, revision=0, actor=ADMIN)
    with reading(office.database) as session:
        (operation,) = session.scalars(select(Operation).where(Operation.kind == "calendar_change")).all()
        assert operation.subject_id == "CN-2026"
        assert set(operation.details["after"]["days_off"]) - set(operation.details["before"]["days_off"]) == {"2026-09-15"}


@pytest.mark.parametrize(
    ("number", "changes", "sentence"),
    [
        (2026, {"days_off": frozenset({date(2027, 1, 1)})}, "2027-01-01 does not lie in 2026."),
        (2026, {"days_off": frozenset({TUESDAY}), "working_days": frozenset({TUESDAY})}, "2026-09-15 cannot be both"),
        (2026, {"source": "x" * 400}, "The notice has 1 to 300 characters."),
        (1999, {}, "There are calendars from 2020 to 2100."),
    ],
)
def test_a_table_that_cannot_be_is_refused(office: Office, number: int, changes: dict[str, Any], sentence: str) -> None:
    table = replace(Year(days_off=frozenset(), working_days=frozenset(), source=NOTICE), **changes)
    with reading(office.database) as session, pytest.raises(Invalid) as refused:
        calendar_changes.would_year(session, number, table)
    assert sentence in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("weekly", "pointer"),
    [
        ([()] * 7, "/weekly"),
        ([()] * 6, "/weekly"),
        ([((time(9), time(8)),)] + [()] * 6, "/weekly/0"),
        ([((time(9), time(12)), (time(11), time(13)))] + [()] * 6, "/weekly/0"),
    ],
)
def test_hours_that_cannot_be_are_refused(office: Office, weekly: list[Any], pointer: str) -> None:
    with reading(office.database) as session, pytest.raises(Invalid) as refused:
        calendar_changes.would_week(session, weekly, OFFICE_HOURS)
    assert refused.value.problems[0].pointer == pointer
