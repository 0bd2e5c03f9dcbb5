"""When a task is due: with the deadline it has to meet, in the time that deadline is counted in."""

from datetime import timedelta

from engine import user_tasks
from engine.calendars import WorkingCalendar
from engine.database import unit_of_work
from engine.extensions import SYSTEM
from engine.tables import UserTask
from processes import cases, sla, task_deadlines
from processes.sla_standing import Standing
from tests.processes.conftest import Office
from tests.processes.handling import OFFER, Handling, registered


def standing(case: Handling, element: str) -> Standing:
    """How the deadline of the open task stands."""
    with case.office.reading() as session:
        task = user_tasks.get(session, case.open(element).id, actor=SYSTEM)
        return task_deadlines.standings(session, [task])[task.id]


def row(case: Handling, element: str) -> UserTask:
    """The task as lists read it."""
    return case.open(element)


def test_the_first_response_is_due_by_the_clock_of_the_wall_not_by_working_time(office: Office) -> None:
    case = registered(office)
    received = case.complaint().received_at
    case.complete("ut_triage", "u_intake1", confirm=True)
    case.complete("ut_accept_case", case.owner(), accept=True)
    task = row(case, "ut_first_response")
    assert task.due_at == received + timedelta(hours=24)
    assert task.warn_at == received + timedelta(hours=24) * 0.8
    assert not standing(case, "ut_first_response").working
    office.time.advance(hours=20)
    assert standing(case, "ut_first_response").state == "at-risk"
    assert standing(case, "ut_first_response").left == timedelta(hours=4)


def test_the_investigation_is_due_in_working_time(office: Office) -> None:
    case = registered(office)
    case.accept()
    task, clock = row(case, "ut_investigate"), case.clock("C-INVEST")
    assert task.due_at == clock.due
    assert standing(case, "ut_investigate").working


def test_a_task_that_waits_for_the_customer_is_paused_until_the_answer_comes(office: Office) -> None:
    case = registered(office)
    case.accept()
    case.propose()
    case.complete("ut_communicate_solution", case.owner(), **OFFER)
    assert row(case, "ut_record_decision").paused
    assert standing(case, "ut_record_decision").reasons == ("WAITING_CUSTOMER_DECISION",)


def test_a_higher_level_moves_the_due_time_of_open_tasks(office: Office) -> None:
    case = registered(office)
    case.complete("ut_triage", "u_intake1", confirm=True)
    assert row(case, "ut_accept_case").due_at == case.clock("C-ACCEPT").start + timedelta(hours=5)  # four of work, one of lunch
    with unit_of_work(office.database) as session:
        complaint = cases.get(session, case.complaint_id)
        cases.set_level(session, complaint, 3, reasons=["G-TEST"])
        sla.regrade(session, complaint)
    assert row(case, "ut_accept_case").due_at == case.clock("C-ACCEPT").start + timedelta(hours=1)


def test_a_task_without_a_deadline_of_the_case_is_due_as_its_diagram_says(office: Office) -> None:
    case = registered(office)
    case.accept()
    case.propose()
    task = row(case, "ut_communicate_solution")
    assert task.due_at == WorkingCalendar().after(task.created_at, timedelta(hours=8))
    with office.reading() as session:
        assert task_deadlines.standings(session, [task]) == {}
