"""Complaint handling from intake to archive, played with every process deployed (processes.md 2.5)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import scheduler, user_tasks
from engine.database import unit_of_work
from engine.errors import Conflict
from engine.tables import UserTask
from processes import case_file, case_messages, cases, decision_records, evidence, people, responsibilities
from processes.tables.correspondence import Attachment
from processes.tables.investigation import DepartmentInput
from tests.given_complaints import LATE_PARCEL
from tests.processes.conftest import Office
from tests.processes.handling import FACTS, FINE, LATE, OFFER, RESPONSE, Handling, local, registered


@pytest.fixture
def case(office: Office) -> Handling:
    return registered(office)


def decision(case: Handling, table: str) -> dict[str, Any]:
    with case.office.reading() as session:
        found = decision_records.latest(session, case.complaint(), table)
        assert found is not None
        return {"rows": found.rows, "overruled": found.overruled, **found.result}


def test_a_late_delivery_is_paid_and_archived(case: Handling) -> None:
    assert case.complaint().status == "TRIAGE"
    assert decision(case, "classification")["suggestion"]["sub_category"] == "DL-LATE"
    assert (decision(case, "routing")["rows"], case.complaint().owner_department) == ([9], "LOGISTICS")
    case.offer()
    assert case.complaint().status == "WAITING_CUSTOMER_DECISION"
    case.pay()
    case.finish()
    case.complete("ut_visit_attempt", "u_rv1", method="phone", reached=True, solved=True, process=5, result=5, summary="fine")
    case.complete("ut_close_archive", case.owner(), lessons="-", capa_needed=False)
    closed = case.complaint()
    assert (closed.status, closed.close_code, closed.retention_years) == ("CLOSED", "CLOSED_SATISFIED", 3)
    assert (closed.outcome_code, closed.completeness, closed.archive_no) == ("with_money", 100, "AR-20260914-00001")
    assert case.main().end_element_id == "end_closed" and case.incidents() == []
    assert [order.amount for order in case.office.bank.orders] == ["44.85"]


def test_who_triaged_an_online_complaint_is_its_first_inquiry_owner(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    assert (case.complaint().first_inquiry_owner, case.complaint().case_owner) == ("u_intake1", "u_owner1")


def test_the_next_case_goes_to_who_has_the_fewest(office: Office, case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    other = registered(office, phone="13800000002", order_no="EC-2")
    other.complete("ut_triage", "u_intake1", confirm=True)
    assert other.complaint().case_owner == "u_owner2"


def test_a_changed_triage_is_graded_again_and_keeps_what_was_decided(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=False, sub_category="DL-LOST", level_override=3, reason="a wedding present")
    changed = case.complaint()
    assert (changed.sub_category, changed.level, changed.classification_source) == ("DL-LOST", 3, "human")
    assert changed.case_owner == "u_senior1"
    assert {"ut_manager_engage", "ut_crossdept_kickoff"} <= set(case.open_tasks())
    assert case.clock("C-RESOLVE").target == "3wd"


def test_a_secondary_category_brings_its_department(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True, secondary_category="PQ")
    assert set(case.complaint().involved_departments) == {"LOGISTICS", "QA"}


def test_who_a_complaint_is_about_never_sees_it(office: Office) -> None:
    case = registered(office, complained_object="客服 工号 owner1")
    case.complete("ut_triage", "u_intake1", confirm=True)
    assert set(case.complaint().excluded_users) == {"staff:owner1", "u_owner1", "u_lead1"}
    assert case.complaint().case_owner == "u_owner2"
    assert case.refusal("ut_accept_case", "u_owner1", accept=True) == {"CONFLICT_OF_INTEREST"}


def test_a_case_is_declined_once_and_then_given_to_somebody(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    case.complete("ut_accept_case", "u_owner1", accept=False, decline_reason="on leave")
    assert case.refusal("ut_assign_owner", "u_cm1", new_owner="u_fin1") == {"INVALID", "NOT_CANDIDATE"}
    case.complete("ut_assign_owner", "u_cm1", new_owner="u_owner2")
    assert case.complaint().case_owner == "u_owner2"
    assert case.refusal("ut_accept_case", "u_owner2", accept=False, decline_reason="me too") == {"INVALID", "ALREADY_DECLINED"}
    case.complete("ut_accept_case", "u_owner2", accept=True)
    assert case.complaint().status == "ACCEPTED"


def test_whoever_is_on_duty_may_take_a_case_over(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    assert case.candidates("ut_accept_case") == {"u_owner1", "duty"}
    case.complete("ut_accept_case", "u_duty1", accept=True)
    assert case.complaint().case_owner == "u_duty1"
    assert case.candidates("ut_first_response") == {"u_duty1", "duty"}


def test_registration_asks_for_everything_that_is_missing(office: Office) -> None:
    case = registered(office, by="u_intake1", channel="phone", order_no=None, demand=None)
    assert (case.complaint().status, case.open_tasks()) == ("NEW", ["ut_register"])
    sent = {"complained_object": "快递", "consent_data_use": True}
    assert case.refusal("ut_register", "u_intake1", **sent) == {"INVALID", "REQUIRED"}
    case.complete("ut_register", "u_intake1", **sent, order_no="EC-9", demand="赔偿")
    assert (case.complaint().status, case.complaint().order_no) == ("TRIAGE", "EC-9")
    assert case.complaint().first_inquiry_owner == "u_intake1"


def test_a_duplicate_is_merged_and_nothing_it_says_is_lost(office: Office, case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    second = registered(office, content="快递还没到,包装也破了")
    assert decision(second, "intake_validation")["decision"] == "merge"
    second.complete("ut_confirm_duplicate", "u_intake2", agree_merge=True, duplicate_of=case.complaint().reference, new_facts="包装")
    assert (second.complaint().status, second.complaint().close_code) == ("CLOSED", "CLOSED_MERGED")
    assert second.sent() == ["T-MERGED"] and second.main().state != "running"
    assert case.complaint().contacts_count == 2 and "u_owner1" in case.told("N-CASE")


def test_a_duplicate_that_is_none_goes_on(office: Office, case: Handling) -> None:
    second = registered(office, content="另一件快递延误了三天")
    second.complete("ut_confirm_duplicate", "u_intake2", agree_merge=False, reason="another parcel")
    assert second.complaint().status == "TRIAGE"
    assert decision(second, "intake_validation")["overruled"]["decision"] == "accept"


def test_a_matter_before_court_is_not_taken_up(office: Office) -> None:
    case = registered(office, in_legal_proceeding=True)
    case.complete("ut_confirm_inadmissible", "u_lead1", agree=True)
    closed = case.complaint()
    assert (closed.close_code, case.sent()) == ("CLOSED_INADMISSIBLE", ["T-INADMISSIBLE"])
    assert case.clock("C-RESOLVE").result == "cancelled" and case.main().state != "running"


def test_who_was_hurt_is_supervised_also_while_something_is_missing(office: Office) -> None:
    case = registered(office, demand=None, injury=True)
    assert (case.complaint().status, [one.trigger for one in case.escalations()]) == ("NEED_INFO", ["safety_injury"])


def test_what_is_missing_is_asked_for_and_the_case_waits(office: Office) -> None:
    case = registered(office, demand=None)
    assert (case.complaint().status, case.sent()) == ("NEED_INFO", ["T-INFO-REQUEST"])
    office.wait_until(office.time() + timedelta(days=8))
    assert [one for one in case.sent() if one != "T-PROGRESS"] == ["T-INFO-REQUEST", "T-INFO-REMINDER", "T-INFO-REMINDER"]
    office.wait_until(office.time() + timedelta(days=3))
    assert (case.complaint().close_code, case.open_tasks()) == ("CLOSED_INFO_NOT_PROVIDED", [])


def test_the_first_contact_may_settle_it(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    case.complete("ut_accept_case", "u_owner1", accept=True)
    settled = {**RESPONSE, "resolved_on_contact": True, "measures": ["voucher"], "remedy_case": "SERVICE_ATTITUDE", "root_cause": "RC-32"}
    voucher = {"type": "voucher", "owner": "u_owner1", "due": "2026-09-14T18:00"}
    asked = {**settled, "requested_amount": "60", "evidence": ["contact_record"], "actions": [voucher]}
    assert case.refusal("ut_first_response", "u_owner1", **asked) == {"INVALID", "EVIDENCE_MISSING"}
    asked["evidence"] = FACTS["evidence"]
    assert case.refusal("ut_first_response", "u_owner1", **asked) == {"INVALID", "ABOVE_LIMIT"}
    case.complete("ut_first_response", "u_owner1", **{**asked, "requested_amount": "50"})
    assert (case.complaint().status, case.open_tasks()) == ("EXECUTING", ["ut_execute_action"])
    assert case.clock("C-INVEST").result == case.clock("C-PRELIM").result == "met"
    case.complete("ut_execute_action", "u_owner1", action="voucher", done=True, done_at="2026-09-14T09:00", proof="V-1")
    case.finish()
    assert case.complaint().outcome_code == "with_non_money_relief"


def test_nobody_reached_needs_three_tries_on_two_days(case: Handling) -> None:
    case.complete("ut_triage", "u_intake1", confirm=True)
    case.complete("ut_accept_case", "u_owner1", accept=True)
    tries = [{"at": f"2026-09-14T{hour}:00", "channel": "phone"} for hour in ("09", "10", "11")]
    asked: dict[str, Any] = {"contact_channel": "phone", "contacted_at": "2026-09-14T11:00", "reached": False, "attempts": tries}
    assert case.refusal("ut_first_response", "u_owner1", **asked) == {"INVALID", "ATTEMPTS"}
    tries[2]["at"] = "2026-09-15T11:00"
    case.complete("ut_first_response", "u_owner1", **asked)
    assert case.complaint().status == "INVESTIGATING"


def test_evidence_is_attached_or_waived_by_a_team_lead(case: Handling) -> None:
    case.accept()
    partly = {**FACTS, "evidence": ["order_record", "contact_record"]}
    assert case.refusal("ut_investigate", "u_owner1", **partly) == {"INVALID", "EVIDENCE_MISSING"}
    with unit_of_work(case.office.database) as session:
        lead = people.actor_of(session, "u_lead1")
        evidence.waive(session, case.complaint(), "delivery_trace", reason="the carrier lost it", actor=lead)
    case.complete("ut_investigate", "u_owner1", **partly)
    with case.office.reading() as session:
        assert [(one.department, one.share, one.source) for one in responsibilities.current(session, case.complaint())] == [
            ("LOGISTICS", 100, "auto")
        ]


def test_departments_that_were_asked_are_heard_first(case: Handling) -> None:
    case.accept()
    case.tell("case.request_input", {"departments": ["QA", "LOGISTICS"], "question": "who packed it?"}, groups=("case_owner",))
    assert case.open_tasks().count("ut_dept_input") == 2
    assert case.refusal("ut_investigate", "u_owner1", **FACTS) == {"OPEN_SIDE_TASK"}
    answer_departments(case)
    case.complete("ut_investigate", "u_owner1", **FACTS)
    assert case.complaint().status == "DETERMINING"
    uneven = [{"department": "LOGISTICS", "share": 70}, {"department": "QA", "share": 20}]
    basis = {"evidence": ["delivery_trace"], "accountability": "none"}
    assert case.refusal("ut_determine_responsibility", "u_cm1", shares=uneven, **basis) == {"INVALID", "SHARES_NOT_100"}
    uneven[1]["share"] = 30
    case.complete("ut_determine_responsibility", "u_cm1", shares=uneven, **basis)
    with case.office.reading() as session:
        shares = responsibilities.current(session, case.complaint())
    assert [(one.department, one.share) for one in shares] == [("LOGISTICS", 70), ("QA", 30)]
    assert shares[0].objection_until == local("2026-09-15T18:00")  # two working days after Monday 09:00


def answer_departments(case: Handling) -> None:
    """QA answers; a team lead does without logistics."""
    for department, by, values in (
        ("QA", "u_dept_qa1", {"statement": "packed by the carrier"}),
        ("LOGISTICS", "u_lead1", {"waived": True, "reason": "known already"}),
    ):
        with unit_of_work(case.office.database) as session:
            open_ = session.scalars(select(UserTask).where(UserTask.element_id == "ut_dept_input", UserTask.state == "open"))
            task = next(one for one in open_ if one.item and one.item["value"] == department)
            user_tasks.complete(session, task.id, values={"department": department, **values}, actor=people.actor_of(session, by))
        scheduler.tick(case.office.database)
    with case.office.reading() as session:
        rows = session.scalars(select(DepartmentInput)).all()
    assert {(one.department, one.answered_by, one.waived_by) for one in rows} == {
        ("QA", "u_dept_qa1", None),
        ("LOGISTICS", None, "u_lead1"),
    }


def test_a_finding_without_ground_gives_no_shares_and_needs_reasons(case: Handling) -> None:
    case.accept()
    case.complete("ut_investigate", "u_owner1", **{**FACTS, "founded": "unfounded", "root_cause": "RC-61"})
    nothing = {"measures": ["explanation"], "remedy_case": "APOLOGY_ONLY", "requested_amount": "0", "rationale": "delivered in time"}
    assert case.refusal("ut_propose_solution", "u_owner1", **nothing) == {"INVALID", "REQUIRED"}
    case.complete("ut_propose_solution", "u_owner1", **nothing, reasons="the carrier has a signature")
    with case.office.reading() as session:
        assert responsibilities.current(session, case.complaint()) == []
    assert case.open_tasks() == ["ut_prelim_reply", "ut_review_solution"]


def test_what_the_law_gives_cannot_be_proposed_away(case: Handling) -> None:
    case.accept()
    case.complete("ut_investigate", "u_owner1", **FACTS)
    less = {**LATE, "remedy_case": "DELIVERY_LOST", "price": "100", "freight": "10", "requested_amount": "100"}
    less.pop("days_late")
    assert case.refusal("ut_propose_solution", "u_owner1", **less) == {"INVALID", "STATUTORY_FLOOR"}


def test_a_solution_is_reviewed_by_somebody_else(case: Handling) -> None:
    case.accept()
    case.propose(requested_amount="60")
    assert case.complaint().status == "IN_REVIEW"
    assert case.refusal("ut_review_solution", "u_owner1", vote="approve", **FINE) == {"REVIEWER"}
    doubtful = {**FINE, "fair": False}
    assert case.refusal("ut_review_solution", "u_lead1", vote="approve", **doubtful) == {"INVALID", "VOTE"}
    case.complete("ut_review_solution", "u_lead1", vote="return", remark="why so much?", **doubtful)
    assert (case.complaint().status, case.clock("C-REVIEW", "team_lead").result) == ("PROPOSING", "met")
    case.complete("ut_propose_solution", "u_owner1", **LATE)
    assert case.complaint().status == "COMMUNICATING"
    with case.office.reading() as session:
        assert [one.version for one in case_file.read(session, case.complaint()).proposals] == [1, 2]


def test_three_returned_reviews_call_somebody_higher(case: Handling) -> None:
    case.accept()
    case.propose(requested_amount="60")
    for _ in range(3):
        assert case.escalations() == []
        case.complete("ut_review_solution", "u_lead1", vote="return", remark="no", **FINE)
        case.complete("ut_propose_solution", "u_owner1", **{**LATE, "requested_amount": "60"})
    assert [one.trigger for one in case.escalations()] == ["handler_request"]


def test_the_deadlines_wait_for_the_customer(case: Handling) -> None:
    case.offer()
    assert case.clock("C-RESOLVE").pauses[-1]["to"] is None and case.clock("C-PRELIM").result == "met"
    assert case.cancelled("ut_prelim_reply")
    case.tell("customer.decision", {"decision": "counter", "counter_amount": "100"})
    assert (case.complaint().status, case.complaint().negotiation_round) == ("PROPOSING", 2)
    assert case.clock("C-RESOLVE").pauses[-1]["to"] is not None


def said(case: Handling, decision: str) -> None:
    """A message of the customer that comes in; what is due does not happen yet."""
    with unit_of_work(case.office.database) as session:
        complaint = cases.get(session, case.complaint_id)
        actor = case_messages.complainant(complaint)
        case_messages.send(session, complaint, "customer.decision", {"decision": decision}, message_id=f"said {decision}", actor=actor)


def test_a_second_answer_is_refused_while_the_first_one_waits(case: Handling) -> None:
    case.offer()
    said(case, "counter")
    with pytest.raises(Conflict, match="is being worked on"):
        said(case, "accept")
    said(case, "counter")  # the same message again
    scheduler.tick(case.office.database)
    assert (case.complaint().status, case.complaint().negotiation_round) == ("PROPOSING", 2)


def test_an_answer_to_one_offer_is_never_the_answer_to_the_next(case: Handling) -> None:
    case.offer()
    said(case, "accept")
    case.complete("ut_record_decision", "u_owner1", decision="counter", counter_amount="100", evidence="by telephone")
    assert case.complaint().status == "PROPOSING", "the owner was faster than the message"
    case.complete("ut_propose_solution", "u_owner1", **LATE)
    case.complete("ut_communicate_solution", "u_owner1", **OFFER)
    assert case.complaint().status == "WAITING_CUSTOMER_DECISION" and "ut_record_decision" in case.open_tasks()
    case.tell("customer.decision", {"decision": "counter", "counter_amount": "90"})
    assert not case.open_tasks().count("ut_record_decision")


def test_no_answer_in_seven_days_ends_the_negotiation(case: Handling) -> None:
    case.offer()
    case.office.wait_until(case.office.time() + timedelta(days=7, minutes=1))
    assert case.sent()[-3:] == ["T-PROPOSAL-REMINDER", "T-PROPOSAL-REMINDER", "T-NO-ANSWER"]
    assert case.complaint().status == "RESOLVED"
    case.complete("ut_result_feedback", "u_owner1", process="-", result="-", improvement="-", channel="app")
    case.complete("ut_visit_attempt", "u_rv1", method="phone", reached=True, solved=True, process=5, result=5, summary="fine")
    case.complete("ut_close_archive", "u_owner1", lessons="-", capa_needed=False)
    assert case.complaint().close_code == "CLOSED_NO_RESPONSE"


def test_a_refusal_without_mediation_gets_a_final_response(case: Handling) -> None:
    case.offer()
    case.tell("customer.decision", {"decision": "reject"})
    case.complete("ut_propose_solution", "u_owner1", **LATE)
    case.complete("ut_communicate_solution", "u_owner1", **OFFER)
    case.tell("customer.decision", {"decision": "reject"})
    assert (case.complaint().status, case.open_tasks()) == ("COMMUNICATING", ["ut_final_response"])
    final = {"text": "this is where we stand", "remedies": ["court"], "signed_by": "u_cm1"}
    assert case.refusal("ut_final_response", "u_owner1", **final) == {"INVALID", "TOO_FEW"}
    final["remedies"] = ["court", "consumer_association"]
    assert case.refusal("ut_final_response", "u_owner1", **{**final, "signed_by": "u_lead1"}) == {"INVALID", "NOT_CANDIDATE"}
    case.complete("ut_final_response", "u_owner1", **final)
    assert (case.complaint().status, case.complaint().outcome_code) == ("RESOLVED", "rejected")
    assert "T-FINAL" in case.sent()


def test_new_evidence_that_changes_the_outcome_is_investigated_again(case: Handling) -> None:
    case.offer()
    case.tell("evidence.added", {"type": "customer_evidence", "file": "photo.jpg"})
    wrong = {"affects_outcome": False, "handling": "rework"}
    assert case.refusal("ut_assess_evidence", "u_owner1", **wrong) == {"INVALID", "HANDLING"}
    case.complete("ut_assess_evidence", "u_owner1", affects_outcome=True, handling="rework", reason="it was opened")
    again = case.complaint()
    assert (again.status, again.rework_count, again.evidence_pending) == ("INVESTIGATING", 1, False)
    assert "ut_investigate" in case.open_tasks() and case.cancelled("ut_record_decision")
    assert case.clock("C-RESOLVE").pauses[-1]["to"] is not None and case.clock("C-INVEST").result == "running"
    with case.office.reading() as session:
        assert session.scalars(select(Attachment.assessed).where(Attachment.file_name == "photo.jpg")).one() == "rework"


def test_nothing_is_communicated_while_evidence_is_not_assessed(case: Handling) -> None:
    case.accept()
    case.propose()
    case.tell("evidence.added", {"type": "customer_evidence", "file": "photo.jpg"})
    assert case.refusal("ut_communicate_solution", "u_owner1", **OFFER) == {"OPEN_SIDE_TASK"}
    case.complete("ut_assess_evidence", "u_owner1", affects_outcome=False, handling="file")
    case.complete("ut_communicate_solution", "u_owner1", **OFFER)


def test_a_customer_withdraws_of_free_will(case: Handling) -> None:
    case.accept()
    case.tell("customer.withdraw", {"reason": "已理解"})
    assert case.open_tasks() == ["ut_confirm_withdrawal"]
    assert case.clock("C-RESOLVE").result == "cancelled"
    sent = {"contact": "phone recording", "remaining_obligation": False}
    assert case.refusal("ut_confirm_withdrawal", "u_lead1", free_will=False, **sent) == {"INVALID", "NOT_FREE"}
    case.complete("ut_confirm_withdrawal", "u_lead1", free_will=True, **sent)
    closed = case.complaint()
    assert (closed.status, closed.close_code, closed.retention_years) == ("CLOSED", "CLOSED_WITHDRAWN", 3)
    assert case.sent()[-1] == "T-WITHDRAWN" and case.main().end_element_id == "end_withdrawn"


def test_money_on_its_way_cannot_be_withdrawn_from(case: Handling) -> None:
    case.offer()
    case.tell("customer.decision", {"decision": "accept", "payee_name": "王敏", "method": "alipay", "account": "1"})
    with pytest.raises(Conflict, match="released"):
        case.tell("customer.withdraw")


def test_a_court_takes_over(case: Handling) -> None:
    case.accept()
    case.tell("external.proceeding_started", {"court": "海淀法院"}, groups=("legal",))
    case.complete("ut_transfer_legal", "u_legal1", court="海淀法院", file_no="2026-1", paper="summons.pdf")
    closed = case.complaint()
    assert (closed.close_code, closed.legal_hold, closed.retention_years) == ("CLOSED_REFERRED_EXTERNAL", True, 5)
    assert case.main().end_element_id == "end_referred"


def closed_after_visit(case: Handling, **said: Any) -> None:
    """Paid, told and visited."""
    case.offer()
    case.pay()
    case.finish()
    case.office.wait_until(case.office.time() + timedelta(hours=1))
    case.complete("ut_visit_attempt", "u_rv1", method="phone", reached=True, process=2, result=1, summary="not happy", **said)


def test_an_objection_with_new_facts_is_handled_by_somebody_else_a_level_higher(case: Handling) -> None:
    closed_after_visit(case, solved=False, objection=True, new_facts=True)
    again = case.complaint()
    assert (again.status, again.reopen_count, again.level, again.case_owner) == ("REOPENED", 1, 2, "u_owner2")
    assert "T-REOPEN" in case.sent() and "ut_investigate" in case.open_tasks()
    assert case.clock("C-RESOLVE").start == case.office.time() and case.clock("C-ENGAGE", "manager").result == "running"
    case.propose()
    assert case.complaint().status == "IN_REVIEW"


def test_an_unhappy_customer_without_objection_is_closed_unsatisfied(case: Handling) -> None:
    closed_after_visit(case, solved=False)
    case.complete("ut_close_archive", "u_owner1", lessons="-", capa_needed=True, capa_title="carriers")
    assert case.complaint().close_code == "CLOSED_UNSATISFIED"
    assert case.instance("improvement_action").business_key == case.complaint().reference


def test_an_action_that_is_late_calls_somebody_higher(case: Handling) -> None:
    case.accept()
    case.propose(actions=[{"type": "return_pickup", "owner": "u_dept_log1", "department": "LOGISTICS", "due": "2026-09-15T12:00"}])
    case.complete("ut_communicate_solution", "u_owner1", **OFFER)
    case.pay()
    assert case.open("ut_execute_action").assignee == "u_dept_log1"
    case.office.wait_until(case.office.time().replace(day=15, hour=5))
    assert [one.trigger for one in case.escalations()] == ["department_refusal"]
    done = {"action": "return_pickup", "done": True, "done_at": "2026-09-15T13:00", "proof": "SF-1"}
    case.complete("ut_execute_action", "u_dept_log1", **done)
    case.finish()
    assert case.complaint().status == "FEEDBACK_SENT"


def test_a_case_is_not_closed_while_a_manager_has_not_engaged(office: Office) -> None:
    case = registered(office, claim_amount="2400.00")
    assert case.level() == 2
    case.accept()
    case.propose()
    case.complete("ut_review_solution", "u_mgr_log", vote="approve", **FINE)
    case.complete("ut_communicate_solution", "u_owner1", **OFFER)
    case.pay()
    case.finish()
    case.complete("ut_visit_attempt", "u_rv1", method="phone", reached=True, solved=True, process=5, result=5, summary="fine")
    assert case.refusal("ut_close_archive", "u_owner1", lessons="-", capa_needed=False) == {"OPEN_SIDE_TASK"}
    case.complete("ut_manager_engage", "u_mgr_log2")
    case.complete("ut_close_archive", "u_owner1", lessons="-", capa_needed=False)
    assert case.complaint().status == "CLOSED"


def test_facts_that_cannot_wait_are_escalated_at_once(office: Office) -> None:
    case = registered(office, safety="actual", injury=True, media="threatened")
    assert [one.trigger for one in case.escalations()] == ["safety_injury"]
    case.complete("ut_triage", "u_senior1", confirm=True)
    assert [one["trigger"] for one in case.escalations()[0].triggers] == ["safety_injury", "media_threatened"]


def test_a_kickoff_asks_the_departments_it_names(office: Office) -> None:
    case = registered(office, content="买到假货,要求退一赔三", claim_amount="5196.00")
    case.complete("ut_triage", "u_intake1", confirm=True)
    group = {"group": ["LEGAL", "MARKETING"], "meeting_at": "2026-09-14T14:00"}
    assert case.refusal("ut_crossdept_kickoff", "u_senior1", **group, inputs_from=["QA"]) == {"INVALID", "NOT_IN_GROUP"}
    case.complete("ut_crossdept_kickoff", "u_senior1", **group, inputs_from=["MARKETING"])
    assert case.candidates("ut_dept_input") == {"u_dept_mkt1", "team_lead"}
    assert case.clock("C-ENGAGE", "kickoff").result == "met"
    assert LATE_PARCEL["order_no"] == case.complaint().order_no
