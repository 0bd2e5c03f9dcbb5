"""How deadlines stand: at risk, over, paused, ended, and which one of a case is the most urgent."""

from datetime import timedelta

import pytest

from engine.database import unit_of_work
from processes import cases, sla, sla_rows, sla_standing
from processes.tables.cases import Complaint
from tests.processes.conftest import Office

HOUR = timedelta(hours=1)


@pytest.fixture
def reference(office: Office) -> str:
    """A case of level 2 with two deadlines: resolution in five working days, first response in 24 hours of the wall."""
    with unit_of_work(office.database) as session:
        complaint = office.register(session)
        session.flush()
        sla.start(session, complaint, "C-RESOLVE")
        sla.start(session, complaint, "C-FIRST")
        return complaint.reference


def change(office: Office, reference: str, what: str, *arguments: str) -> None:
    """Do something to the clocks of a case."""
    with unit_of_work(office.database) as session:
        getattr(sla, what)(session, cases.by_reference(session, reference), *arguments)


def urgent(office: Office, reference: str) -> sla_standing.Standing:
    """Its most urgent deadline."""
    with office.reading() as session:
        return sla_standing.most_urgent(session, [reference, None, "TS-20260914-09999"])[reference]


def test_the_deadline_due_first_is_the_most_urgent(office: Office, reference: str) -> None:
    found = urgent(office, reference)
    assert (found.clock, found.state, found.working, found.left) == ("C-FIRST", "on-track", False, 24 * HOUR)


def test_working_time_is_counted_where_the_target_is(office: Office, reference: str) -> None:
    change(office, reference, "stop", "C-FIRST")
    office.time.advance(days=6)  # Sunday
    found = urgent(office, reference)
    assert (found.clock, found.working, found.left) == ("C-RESOLVE", True, timedelta(0))
    assert found.state == "breached"  # by the wall it was over on Friday at six


def test_a_deadline_is_at_risk_from_its_warning_on(office: Office, reference: str) -> None:
    office.time.advance(hours=19, minutes=11)
    assert urgent(office, reference).state == "on-track"
    office.time.advance(minutes=1)  # 80 % of 24 hours
    assert urgent(office, reference).state == "at-risk"
    office.time.advance(hours=5)
    assert (urgent(office, reference).state, urgent(office, reference).left) == ("breached", -12 * timedelta(minutes=1))


def test_a_paused_deadline_comes_last_and_says_what_it_waits_for(office: Office, reference: str) -> None:
    change(office, reference, "pause", "WAITING_CUSTOMER_INFO")
    assert urgent(office, reference).clock == "C-FIRST"
    change(office, reference, "stop", "C-FIRST")
    office.time.advance(days=30)
    assert (urgent(office, reference).state, urgent(office, reference).reasons) == ("paused", ("WAITING_CUSTOMER_INFO",))
    change(office, reference, "resume", "WAITING_CUSTOMER_INFO")
    assert urgent(office, reference).state == "on-track"


def test_a_pause_after_the_due_time_hides_nothing(office: Office, reference: str) -> None:
    change(office, reference, "stop", "C-FIRST")
    office.time.advance(days=30)
    change(office, reference, "pause", "MEDIATION")
    assert urgent(office, reference).state == "breached"


def test_what_ended_stands_as_it_did_then(office: Office, reference: str) -> None:
    office.time.advance(hours=30)
    change(office, reference, "stop", "C-FIRST")
    change(office, reference, "stop", "C-RESOLVE")
    office.time.advance(days=30)
    with office.reading() as session:
        complaint: Complaint = cases.by_reference(session, reference)
        rows = {row.clock: sla_standing.of_clock(sla_rows.calendar(session), row) for row in sla.rows(session, complaint)}
        assert sla_standing.most_urgent(session, [reference]) == {}
    assert (rows["C-FIRST"].state, rows["C-FIRST"].left) == ("missed", -6 * HOUR)
    assert (rows["C-RESOLVE"].state, rows["C-RESOLVE"].left) == ("met", 27 * HOUR)


def test_a_deadline_is_drawn_as_the_stretches_of_its_life(office: Office, reference: str) -> None:
    began = office.time()
    office.time.advance(hours=2)
    change(office, reference, "pause", "WAITING_CUSTOMER_INFO")
    office.time.advance(hours=1)
    with office.reading() as session:
        [row] = sla_rows.running(session, cases.by_reference(session, reference), "C-RESOLVE")
        drawn = [(one.kind, one.start - began, one.end - began) for one in sla_standing.segments(row)]
    assert drawn == [("running", 0 * HOUR, 2 * HOUR), ("paused", 2 * HOUR, 3 * HOUR)]
    change(office, reference, "resume", "WAITING_CUSTOMER_INFO")
    office.time.advance(days=14)
    with office.reading() as session:
        [row] = sla_rows.running(session, cases.by_reference(session, reference), "C-RESOLVE")
        drawn = [(one.kind, one.start - began, one.end - began) for one in sla_standing.segments(row)]
        due = row.due - began
    assert drawn == [
        ("running", 0 * HOUR, 2 * HOUR),
        ("paused", 2 * HOUR, 3 * HOUR),
        ("running", 3 * HOUR, due),
        ("over", due, timedelta(days=14, hours=3)),
    ]
