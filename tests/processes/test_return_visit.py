"""Return visits on their way through the deployed process: attempts, answers, and what follows from them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import deployments, instances, scheduler
from engine.database import unit_of_work
from engine.errors import Conflict, FourEyes, Invalid
from engine.extensions import SYSTEM, Extensions
from processes import case_messages, cases, sla, sla_rows, visit_times, visits
from tests.processes.conftest import Office
from tests.processes.desk import Desk, local, on_desk

GLAD: dict[str, Any] = {"method": "phone", "reached": True, "solved": True, "process": 4, "result": 5}


def visited(office: Office, **changes: Any) -> Desk:
    """A case whose result was told, so that its visit begins."""
    desk = on_desk(office, **changes)
    begin(desk)
    return desk


def begin(desk: Desk, *, visit_type: str = "complaint", visit_no: int = 1) -> None:
    """What ca_p7 of complaint_handling gives."""
    with unit_of_work(desk.office.database) as session:
        complaint = cases.get(session, desk.complaint_id)
        if visit_type == "complaint" and visit_no == 1:
            complaint.status = "FEEDBACK_SENT"
            sla.start(session, complaint, "C-VISIT")
        variables = {"complaint_id": complaint.id, "level": complaint.level, "visit_type": visit_type, "visit_no": visit_no}
        instances.start(session, "return_visit", variables=variables, actor=SYSTEM, business_key=complaint.reference)
    scheduler.tick(desk.office.database)


def survey(desk: Desk, id: str = "survey-1", **payload: Any) -> None:
    """The customer answers the survey."""
    with unit_of_work(desk.office.database) as session:
        complaint = cases.get(session, desk.complaint_id)
        sender = case_messages.complainant(complaint)
        case_messages.send(session, complaint, "survey.submitted", payload, message_id=id, actor=sender)
    scheduler.tick(desk.office.database)


def latest(desk: Desk, visit_type: str = "complaint") -> Any:
    """The newest visit."""
    with desk.office.reading() as session:
        return visits.latest(session, cases.get(session, desk.complaint_id), visit_type)


def rating(desk: Desk) -> tuple[int, int, bool, str] | None:
    """Both scores, whether that is content, and how it was asked."""
    with desk.office.reading() as session:
        found = visits.latest_satisfaction(session, cases.get(session, desk.complaint_id))
        return None if found is None else (found.process_score, found.result_score, found.satisfied, found.source)


def refusals(desk: Desk, by: str = "u_rv1", **values: Any) -> list[str]:
    """What is wrong with an attempt."""
    with pytest.raises(Invalid) as refused:
        desk.complete("ut_visit_attempt", by, **values)
    return [f"{one.code} {one.pointer}" for one in refused.value.problems]


def clock_of(desk: Desk) -> Any:
    """C-VISIT of the case."""
    with desk.office.reading() as session:
        return sla.rows(session, cases.get(session, desk.complaint_id))[0]


def test_a_customer_who_is_reached_ends_the_visit_and_its_clock(office: Office) -> None:
    desk = visited(office, level=1)
    assert desk.candidates("ut_visit_attempt") == {"return_visitor"}
    assert desk.open("ut_visit_attempt").due_at == clock_of(desk).due
    desk.complete("ut_visit_attempt", "u_rv1", **GLAD)
    assert desk.instance("return_visit").end_element_id == "end_visited"
    visit = latest(desk)
    assert (visit.state, visit.solved, visit.objection, visit.no, visit.type) == ("visited", True, False, 1, "complaint")
    assert rating(desk) == (4, 5, True, "phone")
    assert clock_of(desk).result == "met"
    assert desk.complaint().first_visit_at == office.time()
    assert desk.complaint().status == "RETURN_VISIT"
    assert desk.start_jobs("return_visit") == []
    assert desk.incidents() == []


def test_a_survey_that_is_sent_is_an_attempt_and_its_answer_ends_the_visit(office: Office) -> None:
    desk = visited(office, level=1)
    desk.complete("ut_visit_attempt", "u_rv1", method="survey_link", reached=False)
    assert desk.sent() == ["T-SURVEY"]
    assert (desk.complaint().status, clock_of(desk).result) == ("RETURN_VISIT", "met")
    assert desk.open_tasks() == ["ut_visit_attempt"]
    office.time.advance(hours=10)
    survey(desk, process=5, result=5, solved=True)
    assert desk.open_tasks() == []
    assert desk.instance("return_visit").end_element_id == "end_visited"
    assert (latest(desk).state, latest(desk).solved, rating(desk)) == ("visited", True, (5, 5, True, "survey"))


def test_a_survey_without_an_attempt_before_it_counts_as_one(office: Office) -> None:
    desk = visited(office, level=1)
    survey(desk, process=2, result=5, solved=True)
    assert (clock_of(desk).result, rating(desk)) == ("met", (2, 5, False, "survey"))
    with office.reading() as session:
        assert [(one.no, one.reached) for one in visits.attempts(session, latest(desk))] == [(1, True)]


def test_attempts_are_on_different_days_and_end_after_three(office: Office) -> None:
    desk = visited(office)
    for day in (1, 2, 3):
        desk.complete("ut_visit_attempt", "u_rv1", method="phone", reached=False)
        if day < 3:
            assert refusals(desk, method="phone", reached=False) == ["ATTEMPT_SAME_DAY /at"]
            assert latest(desk).planned_from == local(f"2026-09-{14 + day}T09:30")
            office.time.advance(days=1)
    assert desk.instance("return_visit").end_element_id == "end_unreachable"
    assert latest(desk).state == "unreachable"
    assert desk.sent() == ["T-SURVEY"]
    assert rating(desk) is None


def test_a_survey_after_the_last_attempt_is_kept_and_disturbs_no_later_visit(office: Office) -> None:
    desk = visited(office)
    for _ in range(3):
        desk.complete("ut_visit_attempt", "u_rv1", method="phone", reached=False)
        office.time.advance(days=1)
    survey(desk, process=3, result=3)
    assert (latest(desk).state, rating(desk)) == ("unreachable", (3, 3, False, "survey"))
    begin(desk, visit_no=2)
    assert desk.open_tasks() == ["ut_visit_attempt"]


def test_a_survey_is_asked_for_before_it_can_be_answered(office: Office) -> None:
    desk = on_desk(office)
    with pytest.raises(Conflict):
        survey(desk, process=3, result=3)
    begin(desk)
    for wrong in ({"process": 6, "result": 1}, {"process": True, "result": 1}, {"result": 1}, {"process": 1, "result": 1, "solved": "yes"}):
        with pytest.raises(Invalid):
            survey(desk, **wrong)


def test_who_is_reached_is_asked_what_the_visit_is_for(office: Office) -> None:
    desk = visited(office, customer={"do_not_call": True})
    assert refusals(desk, method="onsite", reached=True) == ["REQUIRED /process", "REQUIRED /result"]
    assert refusals(desk, **GLAD) == ["DO_NOT_CALL /method"]
    asked: dict[str, Any] = {**GLAD, "method": "onsite"}
    assert refusals(desk, **asked, visit_type="settlement") == ["INVALID /visit_type"]
    assert refusals(desk, **asked, marketing_told=True) == ["MARKETING_CONSENT /marketing_told"]
    tomorrow = (office.time() + timedelta(days=1)).isoformat()
    assert refusals(desk, **asked, at=tomorrow) == ["RANGE /at"]
    desk.complete("ut_visit_attempt", "u_rv1", **asked)
    assert rating(desk) == (4, 5, True, "onsite")


def test_the_owner_of_the_case_never_visits_its_customer(office: Office) -> None:
    desk = visited(office, level=4, case_owner="u_cm1")
    assert desk.candidates("ut_visit_attempt") == {"complaint_manager"}
    with pytest.raises(FourEyes):
        desk.complete("ut_visit_attempt", "u_cm1", **GLAD)


def test_who_prefers_the_phone_is_called_first_and_when_he_likes(office: Office) -> None:
    desk = visited(office, level=1, customer={"preferred_contact": "phone", "contact_hours": "18:00-20:00"})
    assert desk.instance("return_visit").variables["methods"] == ["phone", "survey_link"]
    assert latest(desk).planned_from == local("2026-09-14T18:00")


def test_a_need_is_taken_care_of_before_the_visit_is_over(office: Office) -> None:
    desk = visited(office)
    desk.complete("ut_visit_attempt", "u_rv1", **GLAD, needs="an invoice")
    assert desk.candidates("ut_followup_need") >= {"return_visitor"}
    with pytest.raises(Invalid):
        desk.complete("ut_followup_need", "u_rv1", action="asked finance", done=False)
    desk.complete("ut_followup_need", "u_rv1", action="invoice sent", done=True)
    assert desk.instance("return_visit").end_element_id == "end_visited"


def test_an_objection_with_new_facts_goes_straight_back_to_the_case(office: Office) -> None:
    desk = visited(office, level=3)
    answer = {"reached": True, "solved": False, "process": 3, "result": 1, "objection": True, "new_facts": True, "needs": "still leaks"}
    desk.complete("ut_visit_attempt", "u_rv1", method="phone", **answer)
    assert desk.open_tasks() == []
    visit = latest(desk)
    assert (visit.state, visit.solved, visit.objection, visit.new_facts, visit.needs) == ("visited", False, True, True, "still leaks")
    assert desk.start_jobs("return_visit") == []


def test_a_serious_case_is_visited_again_after_thirty_days(office: Office) -> None:
    office.time.move_to(local("2026-10-14T15:00"))
    desk = visited(office, level=3)
    desk.complete("ut_visit_attempt", "u_rv1", **GLAD)
    (job,) = desk.start_jobs("return_visit")
    assert job.due_at == local("2026-11-14T00:00")  # a Saturday
    office.wait_until(local("2026-11-14T08:00"))
    scheduler.tick(office.database)
    visit = latest(desk)
    assert (visit.no, visit.planned_from, visit.state) == (2, local("2026-11-16T09:30"), "open")
    desk.complete("ut_visit_attempt", "u_rv1", **GLAD)
    assert desk.start_jobs("return_visit") == []
    assert desk.messages("case.reopen") == []


def test_a_matter_that_came_back_until_the_second_visit_reopens_the_case(office: Office) -> None:
    desk = on_desk(office, level=3, status="CLOSED")
    begin(desk, visit_no=2)
    desk.complete("ut_visit_attempt", "u_rv1", method="phone", reached=True, solved=False, process=2, result=1)
    assert desk.messages("case.reopen") == [{"complaint_id": desk.complaint_id, "reason": "second visit: the matter is not solved"}]
    assert (desk.complaint().status, desk.instance("return_visit").end_element_id) == ("CLOSED", "end_visited")


def test_later_visits_do_not_take_place_when_the_case_is_handled_again(office: Office) -> None:
    desk = visited(office, level=4)
    desk.complete("ut_visit_attempt", "u_cm1", **GLAD)
    assert len(desk.start_jobs("return_visit")) == 1
    with unit_of_work(office.database) as session:
        visits.cancel_later(session, cases.get(session, desk.complaint_id))
    assert desk.start_jobs("return_visit") == []


def plan_settlement(desk: Desk, due: datetime) -> None:
    """P3 has settled."""
    with unit_of_work(desk.office.database) as session:
        visits.schedule_settlement(session, cases.get(session, desk.complaint_id), due)


def is_pending(desk: Desk) -> bool:
    """Whether the case has to wait for its settlement visit."""
    with desk.office.reading() as session:
        return visits.settlement_pending(session, cases.get(session, desk.complaint_id))


def test_a_settlement_is_visited_on_the_working_day_after_it_was_due(office: Office) -> None:
    desk = on_desk(office)
    assert not is_pending(desk)
    plan_settlement(desk, local("2026-09-24T18:00"))  # then Mid-Autumn, 25-27 September
    (job,) = desk.start_jobs("return_visit")
    assert job.due_at == local("2026-09-28T09:30")
    assert is_pending(desk)
    office.wait_until(local("2026-09-28T10:00"))
    scheduler.tick(office.database)
    assert desk.candidates("ut_visit_attempt") == {"mediator"}
    assert is_pending(desk)
    assert refusals(desk, "u_med1", method="phone", reached=True) == ["REQUIRED /performed"]
    desk.complete("ut_visit_attempt", "u_med1", visit_type="settlement", reached=True, performed="fully")
    assert not is_pending(desk)
    assert (latest(desk, "settlement").state, rating(desk)) == ("visited", None)
    assert desk.messages("visit.settlement_done") == []  # no case waits: a message would wait for the next one
    assert desk.escalations() == []


@pytest.mark.parametrize("reached", [True, False])
def test_a_case_that_waits_for_its_settlement_visit_is_told(office: Office, reached: bool) -> None:
    desk = on_desk(office)
    waiting = Path(__file__).parent / "diagrams" / "waits_for_settlement.bpmn"
    with unit_of_work(office.database) as session:
        files = {waiting.name: waiting.read_bytes()}
        deployments.deploy(session, deployments.prepare(files, extensions=Extensions()), SYSTEM)
        instances.start(session, waiting.stem, variables={}, actor=SYSTEM, business_key=desk.complaint().reference)
    begin(desk, visit_type="settlement")
    for _ in range(1 if reached else 3):
        desk.complete("ut_visit_attempt", "u_med1", method="phone", reached=reached, performed="fully" if reached else None)
        office.time.advance(days=1)
    assert desk.instance(waiting.stem).state == "terminated"
    assert latest(desk, "settlement").state == ("visited" if reached else "unreachable")
    assert desk.sent() == []


def test_a_settlement_that_was_not_fully_performed_is_escalated(office: Office) -> None:
    desk = on_desk(office)
    begin(desk, visit_type="settlement")
    desk.complete("ut_visit_attempt", "u_med1", method="phone", reached=True, performed="partly")
    (row,) = desk.escalations()
    assert (row.trigger, row.tier, row.supervisor) == ("settlement_breach", 3, "complaint_manager")
    assert desk.open_tasks() == ["ut_supervise"]


def test_a_settlement_visit_does_not_take_the_survey_of_the_case(office: Office) -> None:
    desk = visited(office)
    begin(desk, visit_type="settlement")
    survey(desk, process=5, result=4, solved=True)
    assert desk.open_tasks() == ["ut_visit_attempt"]
    assert latest(desk, "settlement").state == "open"


@pytest.mark.parametrize(
    ("after", "hours", "expected"),
    [
        ("2026-04-20T00:00", None, "2026-04-20T09:30"),
        ("2026-06-14T00:00", None, "2026-06-15T09:30"),  # a Sunday
        ("2026-10-10T00:00", None, "2026-10-10T09:30"),  # a Saturday on which people work
        ("2026-04-20T10:15", None, "2026-04-20T10:15"),
        ("2026-04-20T11:30", None, "2026-04-20T14:30"),
        ("2026-04-20T18:00", "after work, 19:30-23:00", "2026-04-20T19:30"),
        ("2026-04-20T21:00", "19:30-23:00", "2026-04-21T19:30"),
        ("2026-04-20T06:00", "07:00 至 09:30", "2026-04-20T09:00"),
        ("2026-04-20T06:00", "22:00-23:00", "2026-04-20T09:30"),
        ("2026-04-20T06:00", "99:99-77:77", "2026-04-20T09:30"),
    ],
)
def test_a_visit_begins_in_the_next_window(office: Office, after: str, hours: str | None, expected: str) -> None:
    with office.reading() as session:
        calendar = sla_rows.calendar(session)
        assert visit_times.next_window(calendar, local(after), contact_hours=hours) == local(expected)
