"""Escalations on their way through the deployed process: who is asked, what may be decided, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import instances, scheduler
from engine.calendars import WorkingCalendar
from engine.database import unit_of_work
from engine.errors import ConflictOfInterest, Invalid, NotCandidate
from engine.extensions import SYSTEM
from processes import cases, contacts, escalations, event_escalations, people, sla, sla_rows, supervision
from processes.tables.people import Membership
from tests.processes.conftest import Office
from tests.processes.desk import Desk, on_desk

LOST = {"price": "1860.00", "freight": "40.00"}


def happen(desk: Desk, trigger: str) -> None:
    """Something of DMN-11 happens."""
    with unit_of_work(desk.office.database) as session:
        event_escalations.start(session, cases.get(session, desk.complaint_id), trigger)
    scheduler.tick(desk.office.database)


def watch(desk: Desk, clock: str, key: str = "") -> None:
    """A deadline of the case begins."""
    with unit_of_work(desk.office.database) as session:
        sla.start(session, cases.get(session, desk.complaint_id), clock, key=key)
    scheduler.tick(desk.office.database)


def refusal(desk: Desk, by: str, **values: Any) -> str:
    """The first problem of a decision."""
    with pytest.raises(Invalid) as refused:
        desk.complete("ut_supervise", by, **values)
    return f"{refused.value.problems[0].code} {refused.value.problems[0].pointer}"


def test_an_event_asks_the_supervisor_the_table_names_and_tells_him(office: Office) -> None:
    desk = on_desk(office, level=4)
    happen(desk, "safety_injury")
    (row,) = desk.escalations()
    assert (row.trigger, row.tier, row.supervisor, row.supervise_within) == ("safety_injury", 4, "executive", "2wh")
    task = desk.open("ut_supervise")
    assert desk.candidates("ut_supervise") == {"executive"}
    assert task.due_at == office.time() + timedelta(hours=2)
    assert desk.told("N-SUPERVISE") == {"u_exec1"}
    desk.complete("ut_supervise", "u_exec1", decision="continue_with_instructions", instruction="stop delivery of batch B2602")
    (row,) = desk.escalations()
    assert (row.state, row.decision, row.end_element_id) == ("ended", "continue_with_instructions", "end_continue")
    assert desk.instance("escalation").end_element_id == "end_continue"
    assert desk.told("N-INSTRUCTION") == {"u_owner1"}
    assert desk.incidents() == []


def test_a_missed_deadline_asks_the_managers_of_the_department_until_it_is_met(office: Office) -> None:
    desk = on_desk(office)
    watch(desk, "C-FIRST")
    office.wait_until(office.time() + timedelta(hours=24, minutes=1))
    (row,) = desk.escalations()
    assert (row.trigger, row.clock, row.percent, row.tier, row.supervisor) == ("sla", "C-FIRST", 100, 2, "dept_manager")
    assert desk.candidates("ut_supervise") == {"u_mgr_log", "u_mgr_log2", "u_mgr_log3"}
    assert desk.told("N-SUPERVISE") == set()
    with unit_of_work(office.database) as session:
        sla.stop(session, cases.get(session, desk.complaint_id), "C-FIRST")
    scheduler.tick(office.database)
    assert desk.open_tasks() == []
    assert desk.instance("escalation").end_element_id == "end_cleared_late"
    (row,) = desk.escalations()
    assert (row.state, row.decision, row.end_element_id) == ("ended", None, "end_cleared_late")


def test_two_deadlines_missed_at_once_are_one_escalation_with_two_triggers(office: Office) -> None:
    desk = on_desk(office)
    watch(desk, "C-FIRST")
    watch(desk, "C-ENGAGE", "manager")
    office.wait_until(office.time() + timedelta(hours=24, minutes=1))
    (row,) = desk.escalations()
    assert {one["clock"] for one in row.triggers} == {"C-FIRST", "C-ENGAGE/manager"}
    desk.complete("ut_supervise", "u_mgr_log", decision="reassign", new_owner="u_owner_duty", reason="no duty cover at the holiday")
    assert desk.instance("escalation").end_element_id == "end_reassigned"
    assert desk.complaint().case_owner == "u_owner_duty"


def test_a_supervisor_who_does_not_decide_in_time_is_overtaken_tier_by_tier(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "handler_request")
    asked = []
    for hours in (8, 4, 2, 2):
        (row,) = desk.escalations()
        asked.append((row.tier, row.supervisor))
        office.wait_until(_working_hours(office, hours))
        scheduler.tick(office.database)
    (row,) = desk.escalations()
    asked.append((row.tier, row.supervisor))
    expected = ["dept_manager", "complaint_manager", "executive", "general_manager", "general_manager"]
    assert asked == list(zip([2, 3, 4, 5, 5], expected, strict=True))
    assert desk.told("N-SUPERVISE") >= {"u_mgr_log", "u_cm1", "u_exec1", "u_gm1"}


def _working_hours(office: Office, hours: int) -> datetime:
    return WorkingCalendar().after(office.time(), timedelta(hours=hours))


def test_a_later_trigger_of_a_higher_tier_moves_the_open_supervision(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "handler_request")
    task = desk.open("ut_supervise")
    office.time.advance(hours=1)
    happen(desk, "media_published")
    (row,) = desk.escalations()
    assert (row.tier, row.supervisor, [one["trigger"] for one in row.triggers]) == (4, "executive", ["handler_request", "media_published"])
    assert desk.open("ut_supervise").id == task.id
    assert desk.candidates("ut_supervise") == {"executive"}
    assert desk.open("ut_supervise").due_at == _working_hours(office, 2)
    with pytest.raises(NotCandidate):
        desk.complete("ut_supervise", "u_mgr_log", decision="take_over")
    office.wait_until(_working_hours(office, 2))
    scheduler.tick(office.database)
    assert desk.candidates("ut_supervise") == {"general_manager"}


def test_whoever_the_case_is_about_is_neither_asked_nor_named(office: Office) -> None:
    desk = on_desk(office, excluded_users=["u_mgr_log", "u_owner2"])
    happen(desk, "handler_request")
    with pytest.raises(ConflictOfInterest):
        desk.complete("ut_supervise", "u_mgr_log", decision="take_over")
    assert refusal(desk, "u_mgr_log2", decision="reassign", new_owner="u_owner2") == "CONFLICT_OF_INTEREST /new_owner"


def test_decisions_need_what_they_are_about(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "handler_request")
    assert refusal(desk, "u_mgr_log", decision="continue_with_instructions") == "REQUIRED /instruction"
    assert refusal(desk, "u_mgr_log", decision="reassign") == "REQUIRED /new_owner"
    assert refusal(desk, "u_mgr_log", decision="reassign", new_owner="nobody") == "UNKNOWN /new_owner"
    assert refusal(desk, "u_mgr_log", decision="reassign", new_owner="u_fin1") == "ROLE /new_owner"
    assert refusal(desk, "u_mgr_log", decision="reassign", new_assignee="u_owner2") == "NO_TASK /new_assignee"
    assert refusal(desk, "u_mgr_log", decision="raise_level") == "REQUIRED /level"
    assert refusal(desk, "u_mgr_log", decision="raise_level", level=2) == "RANGE /level"
    assert desk.open_tasks() == ["ut_supervise"]


def test_a_late_approval_is_given_to_a_deputy_but_never_to_who_asked_for_the_money(office: Office) -> None:
    claim = office.claim(office.ask("DELIVERY_LOST", "2400.00", LOST))
    desk = Desk(office=office, complaint_id=claim.complaint_id)
    desk.complete("ut_legal_opinion", "u_legal2", opinion="support with remark", text="500 above standard")
    office.wait_until(_working_hours(office, 8))
    scheduler.tick(office.database)
    (row,) = desk.escalations()
    assert (row.clock, row.tier, row.supervisor) == ("C-APPROVE/dept_manager", 2, "dept_manager")
    assert row.user_task_id == desk.open("ut_approve").id
    assert refusal(desk, "u_mgr_log2", decision="reassign", new_assignee="u_owner1") == "FOUR_EYES /new_assignee"
    desk.complete("ut_supervise", "u_mgr_log2", decision="reassign", new_assignee="u_mgr_log3", reason="manager on leave")
    assert desk.instance("escalation").end_element_id == "end_reassigned"
    assert desk.open("ut_approve").assignee == "u_mgr_log3"


def test_a_new_owner_has_the_open_work_of_the_former_one_at_once(office: Office) -> None:
    claim = office.claim(office.ask("DELIVERY_LOST", "1900.00", LOST))
    desk = Desk(office=office, complaint_id=claim.complaint_id)
    desk.complete("ut_approve", "u_lead1", vote="return", reason="no proof")
    happen(desk, "handler_request")
    assert refusal(desk, "u_mgr_log", decision="reassign", new_owner="u_lead1") == "ROLE /new_owner"
    desk.complete("ut_supervise", "u_mgr_log", decision="reassign", new_owner="u_owner_duty", reason="on leave")
    assert desk.complaint().case_owner == "u_owner_duty"
    assert desk.open("ut_revise_claim").assignee == "u_owner_duty"


def test_who_decided_about_money_does_not_become_the_owner(office: Office) -> None:
    with unit_of_work(office.database) as session:
        session.add(Membership(account_id="u_lead1", group="case_owner"))
    claim = office.claim(office.ask("DELIVERY_LOST", "1900.00", LOST))
    desk = Desk(office=office, complaint_id=claim.complaint_id)
    desk.complete("ut_approve", "u_lead1", vote="return", reason="no proof")
    happen(desk, "handler_request")
    assert refusal(desk, "u_mgr_log", decision="reassign", new_owner="u_lead1") == "FOUR_EYES /new_owner"


def test_a_supervisor_takes_the_late_task_over(office: Office) -> None:
    claim = office.claim(office.ask("DELIVERY_LOST", "2400.00", LOST))
    desk = Desk(office=office, complaint_id=claim.complaint_id)
    desk.complete("ut_legal_opinion", "u_legal2", opinion="support", text="fine")
    office.wait_until(_working_hours(office, 8))
    scheduler.tick(office.database)
    desk.complete("ut_supervise", "u_mgr_log2", decision="take_over")
    assert desk.open("ut_approve").assignee == "u_mgr_log2"
    assert desk.escalations()[0].end_element_id == "end_reassigned"


def test_a_higher_level_is_asked_for_by_message(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "customer_demand")
    desk.complete("ut_supervise", "u_mgr_log", decision="raise_level", level=3, reason="a second customer")
    assert desk.instance("escalation").end_element_id == "end_raised"
    assert desk.messages("case.regrade") == [
        {"complaint_id": desk.complaint_id, "level": 3, "reason": "raised by the supervisor"},
    ]


def test_a_meeting_is_held_before_the_supervisor_decides(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "department_refusal")
    desk.complete("ut_supervise", "u_mgr_log", decision="convene_meeting")
    with pytest.raises(Invalid):
        desk.complete("ut_convene_meeting", "u_cm1", participants="u_mgr_log", minutes="alone")
    decisions = [{"text": "statement", "owner": "u_dept_log1", "due": "2026-09-16"}]
    desk.complete("ut_convene_meeting", "u_cm1", participants="u_mgr_log\nu_mgr_qa", minutes="agreed", decisions=decisions)
    assert desk.open_tasks() == ["ut_supervise"]
    desk.complete("ut_supervise", "u_mgr_log", decision="refer_mediation")
    (row,) = desk.escalations()
    assert (row.minutes, row.end_element_id) == ("agreed", "end_mediation")


def test_more_time_is_given_once_and_the_customer_told(office: Office) -> None:
    desk = on_desk(office)
    watch(desk, "C-RESOLVE")
    for vote in (True, False):
        happen(desk, "handler_request")
        desk.complete("ut_supervise", "u_mgr_log", decision="approve_extension")
        if not vote:
            with pytest.raises(Invalid) as refused:
                desk.complete("ut_approve_extension", "u_mgr_log", vote="approve", reason="again", customer_text="again")
            assert refused.value.problems[0].code == "ALREADY_EXTENDED"
        answer = {"vote": "approve", "customer_text": "the laboratory needs longer"} if vote else {"vote": "reject"}
        desk.complete("ut_approve_extension", "u_mgr_log", reason="laboratory", **answer)
        assert desk.instance("escalation").end_element_id == "end_continue"
    with office.reading() as session:
        (row,) = sla.rows(session, cases.get(session, desk.complaint_id))
    assert (row.target, row.extended) == ("10wd", True)
    assert desk.sent() == ["T-HOLDING"]


def test_more_time_is_given_while_a_long_pause_lasts_and_no_date_promised(office: Office) -> None:
    desk = on_desk(office)
    watch(desk, "C-RESOLVE")
    with unit_of_work(office.database) as session:
        sla.pause(session, cases.get(session, desk.complaint_id), "WAITING_CUSTOMER_INFO")
    office.wait_until(office.time() + timedelta(days=21))
    happen(desk, "handler_request")
    desk.complete("ut_supervise", "u_mgr_log", decision="approve_extension")
    desk.complete("ut_approve_extension", "u_mgr_log", vote="approve", reason="laboratory", customer_text="the laboratory needs longer")
    with office.reading() as session:
        complaint = cases.get(session, desk.complaint_id)
        (row,) = sla_rows.running(session, complaint, "C-RESOLVE")
        (letter,) = contacts.of_case(session, complaint, template="T-HOLDING")
    assert (row.target, row.extended, row.held) == ("10wd", True, True)
    assert "the laboratory needs longer" in letter.text
    assert "新的期限" not in letter.text


def test_a_trigger_the_table_does_not_know_is_named(office: Office) -> None:
    desk = on_desk(office)
    with pytest.raises(Invalid) as refused:
        office.tell(desk.complaint().reference, "case.escalate", {"trigger": "full moon"}, groups=("team_lead",))
    assert [one.pointer for one in refused.value.problems] == ["/trigger"]
    assert desk.escalations() == []


def test_a_held_payment_stays_held_until_a_later_supervision_decides_otherwise(office: Office) -> None:
    desk = on_desk(office)
    for decision, held in (("stop_payment", True), ("refer_external", False)):
        happen(desk, "handler_request")
        desk.complete("ut_supervise", "u_mgr_log", decision=decision, instruction="wait for the appraisal")
        with office.reading() as session:
            assert supervision.payment_held(session, cases.get(session, desk.complaint_id)) is held
    assert [one.end_element_id for one in desk.escalations()] == ["end_continue", "end_external"]


def test_at_twice_the_time_the_level_rises_by_one(office: Office) -> None:
    desk = on_desk(office)
    with unit_of_work(office.database) as session:
        complaint = cases.get(session, desk.complaint_id)
        escalations.start(session, complaint, trigger="sla", tier=4, supervisor="executive", clock="C-RESOLVE", percent=200)
    scheduler.tick(office.database)
    assert [one["level"] for one in desk.messages("case.regrade")] == [3]
    assert desk.candidates("ut_supervise") == {"executive"}


def test_a_later_trigger_at_twice_the_time_raises_the_level_of_a_case_that_is_supervised_already(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "handler_request")
    for _ in range(2):
        with unit_of_work(office.database) as session:
            complaint = cases.get(session, desk.complaint_id)
            escalations.start(session, complaint, trigger="sla", tier=4, supervisor="executive", clock="C-RESOLVE", percent=200)
        scheduler.tick(office.database)
    assert [one["level"] for one in desk.messages("case.regrade")] == [3]
    assert len(desk.escalations()) == 1


def test_from_one_and_a_half_times_the_time_the_late_task_goes_to_the_supervisor(office: Office) -> None:
    claim = office.claim(office.ask("DELIVERY_LOST", "2400.00", LOST))
    desk = Desk(office=office, complaint_id=claim.complaint_id)
    desk.complete("ut_legal_opinion", "u_legal2", opinion="support", text="fine")
    task = desk.open("ut_approve")
    with unit_of_work(office.database) as session:
        complaint = cases.get(session, desk.complaint_id)
        escalations.start(
            session,
            complaint,
            trigger="sla",
            tier=3,
            supervisor="complaint_manager",
            clock="C-APPROVE/dept_manager",
            percent=150,
            user_task_id=task.id,
        )
    scheduler.tick(office.database)
    office.wait_until(_working_hours(office, 4))
    scheduler.tick(office.database)
    assert "complaint_manager" in desk.candidates("ut_approve")
    assert desk.candidates("ut_supervise") == {"executive"}


def test_a_warning_only_tells(office: Office) -> None:
    desk = on_desk(office)
    with unit_of_work(office.database) as session:
        variables = {"complaint_id": desk.complaint_id, "level": 2, "trigger": "sla", "clock": "C-PAY", "percent": 80}
        reference = cases.get(session, desk.complaint_id).reference
        instances.start(session, "escalation", variables=variables, actor=SYSTEM, business_key=reference)
    scheduler.tick(office.database)
    assert desk.instance("escalation").end_element_id == "end_notified"
    assert desk.told("N-SUPERVISE") == {"u_lead1", "u_lead2", "u_mgr_log", "u_mgr_log2", "u_mgr_log3"}


def test_when_operations_stop_an_escalation_the_next_trigger_opens_another(office: Office) -> None:
    desk = on_desk(office)
    happen(desk, "handler_request")
    with unit_of_work(office.database) as session:
        instances.cancel(session, desk.instance("escalation").id, actor=people.actor_of(session, "u_ops1"), reason="wrong case")
    happen(desk, "customer_demand")
    assert [one.state for one in desk.escalations()] == ["ended", "open"]
    assert desk.open_tasks() == ["ut_supervise"]
