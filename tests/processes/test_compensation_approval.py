"""Claims on their way through the deployed process: who decides, who may not, and what is left behind."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine import incidents, jobs, scheduler, user_tasks
from engine.database import unit_of_work
from engine.errors import ConflictOfInterest, FourEyes, Invalid, NotCandidate
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import Job, ProcessInstance, SearchAttribute
from processes import compensations, people, sla, sla_rows
from processes.tables.notifications import Notification
from tests.processes.conftest import Office

LOST = {"price": "1860.00", "freight": "40.00"}  # standard 1,900: statutory


def refusal(office: Office, claim: str, by: str, **values: Any) -> str:
    """The code of the first problem this person's answer has."""
    with pytest.raises(Invalid) as refused:
        office.complete(claim, by, **values)
    return f"{refused.value.problems[0].code} {refused.value.problems[0].pointer}"


def test_a_small_claim_within_the_standard_is_approved_by_rule(office: Office) -> None:
    claim = office.ask("DELIVERY_LATE", "30.00", {"price": "300", "days_late": 2}, level=1)
    decided = office.claim(claim)
    assert (decided.state, decided.label, decided.approved_amount) == ("approved", "B0 automatic", Decimal("30.00"))
    assert [(one.account, one.vote) for one in office.said(claim)] == [("system", "approve")]
    assert (office.instance(claim).state, office.instance(claim).end_element_id) == ("terminated", "end_approved")
    ((to, subject, text),) = office.letter_box()
    assert to == "u_owner1@redress.example"
    assert subject == f"{decided.complaint.reference}: compensation approved"
    assert "3 working days" in text


def test_an_apology_costs_nothing_and_needs_nobody(office: Office) -> None:
    claim = office.claim(office.ask("APOLOGY_ONLY", "0"))
    assert (claim.state, claim.band, claim.approved_amount) == ("approved", -1, Decimal("0.00"))


def test_a_claim_in_band_1_is_approved_by_a_team_lead_and_checked_by_finance(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "1900.00", LOST)
    assert office.claim(claim).chain == ["team_lead"]
    office.approve(claim, "u_lead1", "1900.00")
    office.check_finance(claim)
    decided = office.claim(claim)
    assert (decided.state, decided.approved_amount, decided.cost_center) == ("approved", Decimal("1900.00"), "LOGISTICS")
    assert decided.decided_at == office.time()
    assert [(one.step, one.role, one.account) for one in office.said(claim)] == [
        ("ut_approve", "team_lead", "u_lead1"),
        ("ut_finance_check", "finance_clerk", "u_fin1"),
    ]


def test_a_claim_above_the_standard_goes_one_band_higher_and_to_legal_first(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "2400.00", LOST)
    assert (office.claim(claim).label, office.claim(claim).over_standard) == ("B3", True)
    assert office.open_task(claim).element_id == "ut_legal_opinion"
    office.complete(claim, "u_legal2", opinion="support with remark", text="500 above standard")
    assert office.open_task(claim).item == {"index": 0, "value": "dept_manager"}


def test_an_opinion_against_the_claim_brings_it_to_higher_approvers(office: Office) -> None:
    claim = office.ask("OTHER", "150.00", level=1)
    assert office.claim(claim).chain == ["team_lead"]
    office.complete(claim, "u_legal1", opinion="oppose", text="No legal ground")
    assert office.claim(claim).chain == ["team_lead", "dept_manager"]
    assert office.open_task(claim).element_id == "ut_approve"


def test_who_asked_for_the_money_may_not_approve_it(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "1900.00", LOST, by="u_lead1")
    with pytest.raises(FourEyes):
        office.approve(claim, "u_lead1", "1900.00")
    office.approve(claim, "u_lead2", "1900.00")


def test_the_case_owner_may_not_approve_what_somebody_else_asked_for(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "1900.00", LOST, case_owner="u_lead2")
    with pytest.raises(FourEyes):
        office.approve(claim, "u_lead2", "1900.00")


def test_nobody_approves_twice_as_another_role(office: Office) -> None:
    with unit_of_work(office.database) as session:
        people.add_account(session, "u_both", name="Both", groups=["team_lead", "dept_manager", "finance_clerk"])
        people.set_managers(session, "AFTERSALES", manager="u_both")
    claim = office.ask("TXN_ERROR", "6400.00", {"loss": "6400"}, owner_department="AFTERSALES")
    office.approve(claim, "u_both", "6400.00")
    with pytest.raises(FourEyes):
        office.approve(claim, "u_both", "6400.00")
    office.approve(claim, "u_mgr_as", "6400.00")
    with pytest.raises(FourEyes):
        office.check_finance(claim, "u_both")


def test_who_the_complaint_is_about_can_neither_see_nor_do_its_tasks(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "1900.00", LOST, excluded_users=["u_lead1"])
    with pytest.raises(ConflictOfInterest):
        office.approve(claim, "u_lead1", "1900.00")
    with office.reading() as session:
        lead = people.actor_of(session, "u_lead1")
        assert not user_tasks.search(session, lead, Query(), scope="groups").items
        assert not user_tasks.search(session, lead, Query(), scope="open").items


def test_who_the_complaint_is_about_may_not_ask_for_money_in_it(office: Office) -> None:
    with pytest.raises(ConflictOfInterest):
        office.ask("APOLOGY_ONLY", "0", excluded_users=["u_owner1"])


def test_only_managers_of_the_departments_of_the_case_are_asked(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "6400.00", {"loss": "6400"}, involved_departments=["QA"])
    office.approve(claim, "u_lead1", "6400.00")
    users = {row.name for row in office.open_task(claim).candidates if row.kind == "user"}
    assert users == {"u_mgr_log", "u_mgr_log2", "u_mgr_log3", "u_mgr_qa"}
    with pytest.raises(NotCandidate):
        office.approve(claim, "u_mgr_mkt", "6400.00")
    office.approve(claim, "u_mgr_log3", "6400.00")


def test_where_a_department_has_no_manager_any_department_manager_is_asked(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "6400.00", {"loss": "6400"}, owner_department="COMPLIANCE")
    office.approve(claim, "u_lead1", "6400.00")
    office.approve(claim, "u_mgr_mkt", "6400.00")


def test_no_approver_goes_below_what_the_law_gives(office: Office) -> None:
    claim = office.ask("FRAUD", "5196.00", {"price": "1299"}, level=3, owner_department="MARKETING")
    office.complete(claim, "u_legal2", opinion="support", text="CPL art.55")
    office.approve(claim, "u_lead1", "5196.00")
    assert refusal(office, claim, "u_mgr_mkt", vote="approve", approved_amount="4000.00") == "STATUTORY_FLOOR /approved_amount"
    office.approve(claim, "u_mgr_mkt", "5196.00")
    office.check_finance(claim)
    assert office.claim(claim).approved_amount == Decimal("5196.00")


def test_no_approver_gives_more_than_was_requested_or_nothing(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    assert refusal(office, claim, "u_lead1", vote="approve", approved_amount="900.01") == "ABOVE_REQUESTED /approved_amount"
    assert refusal(office, claim, "u_lead1", vote="approve", approved_amount="0") == "RANGE /approved_amount"
    office.approve(claim, "u_lead1", "450.00")
    office.check_finance(claim)
    assert office.claim(claim).approved_amount == Decimal("450.00")


def test_finance_passes_nothing_that_was_not_compared_with_earlier_payments(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    office.approve(claim, "u_lead1", "900.00")
    said = refusal(office, claim, "u_fin1", result="ok", cost_center="QA", duplicate_checked=False)
    assert said == "REQUIRED /duplicate_checked"
    assert refusal(office, claim, "u_fin1", result="return") == "REQUIRED /reason"


def test_a_rejected_claim_tells_the_requester_why(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"}, by="u_owner2")
    office.complete(claim, "u_lead1", vote="reject", reason="没有损失")
    assert (office.claim(claim).state, office.claim(claim).approved_amount) == ("rejected", None)
    ((_, subject, text),) = office.letter_box()
    assert subject.endswith("未批准")
    assert "没有损失" in text


def test_a_returned_claim_is_changed_and_its_chain_starts_again(office: Office) -> None:
    claim = office.ask("DELIVERY_LOST", "2400.00", LOST)
    office.complete(claim, "u_legal2", opinion="support", text="fair")
    office.complete(claim, "u_mgr_log3", vote="return", reason="no proof for 500 above standard")
    assert office.open_task(claim).element_id == "ut_revise_claim"
    assert refusal(office, claim, "u_owner1", requested_amount="1899.99", reason="less") == "STATUTORY_FLOOR /requested_amount"
    assert refusal(office, claim, "u_owner1", requested_amount="0", reason="none") == "RANGE /requested_amount"
    office.complete(claim, "u_owner1", requested_amount="1900.00", reason="standard amount")
    changed = office.claim(claim)
    assert (changed.label, changed.chain, changed.revisions, changed.requested_amount) == ("B1", ["team_lead"], 1, Decimal("1900.00"))
    with office.reading() as session:
        amount = session.get(SearchAttribute, (changed.instance_id, "requested_amount"))
        assert amount is not None and amount.number == 1900
    office.approve(claim, "u_lead1", "1900.00")
    office.check_finance(claim)
    assert office.claim(claim).state == "approved"
    assert [one.round for one in office.said(claim)] == [1, 1, 1, 2, 2]


def test_whoever_changes_a_claim_may_not_approve_it(office: Office) -> None:
    with unit_of_work(office.database) as session:
        people.add_account(session, "u_both", name="Both", groups=["team_lead", "duty"])
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    office.complete(claim, "u_lead1", vote="return", reason="which transaction?")
    office.complete(claim, "u_both", requested_amount="900.00", reason="number 17")
    with pytest.raises(FourEyes):
        office.approve(claim, "u_both", "900.00")
    office.approve(claim, "u_lead2", "900.00")


def test_an_approver_may_not_change_the_claim(office: Office) -> None:
    with unit_of_work(office.database) as session:
        people.add_account(session, "u_both", name="Both", groups=["team_lead", "duty"])
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    office.complete(claim, "u_both", vote="return", reason="which transaction?")
    with pytest.raises(FourEyes):
        office.complete(claim, "u_both", requested_amount="900.00", reason="number 17")


def test_who_voted_before_a_return_votes_again_and_the_third_return_is_a_rejection(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    for _ in range(2):
        office.approve(claim, "u_lead1", "900.00")
        office.complete(claim, "u_fin1", result="return", reason="which account?")
        office.complete(claim, "u_owner1", requested_amount="900.00", reason="that one")
    office.approve(claim, "u_lead1", "900.00")
    office.complete(claim, "u_fin1", result="return", reason="still unclear")
    assert (office.claim(claim).state, office.claim(claim).revisions) == ("rejected", 2)


def test_two_goodwill_payments_within_a_year_need_a_person_for_the_third(office: Office) -> None:
    for _ in range(2):
        assert office.claim(office.ask("OVERDUE_GOODWILL", "60.00", {"overdue_wd": 3})).state == "approved"
    assert office.claim(office.ask("OVERDUE_GOODWILL", "60.00", {"overdue_wd": 3})).label == "B1"
    assert office.claim(office.ask("OVERDUE_GOODWILL", "60.00", {"overdue_wd": 3}, customer_id="c15")).state == "approved"
    office.time.advance(days=366)
    assert office.claim(office.ask("OVERDUE_GOODWILL", "60.00", {"overdue_wd": 3})).state == "approved"


def test_an_approval_is_due_with_its_clock_which_starts_again_for_the_next_approver(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "6400.00", {"loss": "6400"}, level=2)
    due = office.open_task(claim).due_at
    assert due == datetime(2026, 9, 14, 10, tzinfo=UTC)  # eight working hours after Monday 09:00: closing time, not Tuesday
    office.wait_until(due + timedelta(minutes=30))
    office.approve(claim, "u_lead1", "6400.00")  # late is not too late
    office.approve(claim, "u_mgr_log", "6400.00")
    office.check_finance(claim)
    with office.reading() as session:
        clocks = sla.rows(session, office.claim(claim).complaint)
    assert [(sla_rows.label(row), row.result) for row in clocks] == [
        ("C-APPROVE/team_lead", "breached"),
        ("C-APPROVE/dept_manager", "met"),
        ("C-FINCHK", "met"),
    ]
    assert [fired["percent"] for fired in clocks[0].fired] == [80, 100]


def test_the_clock_of_a_returned_vote_stops_and_the_next_round_has_its_own(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    office.complete(claim, "u_lead1", vote="return", reason="which transaction?")
    office.time.advance(hours=1)
    office.complete(claim, "u_owner1", requested_amount="900.00", reason="number 17")
    with office.reading() as session:
        before, after = sla.rows(session, office.claim(claim).complaint)
    assert (before.result, after.result) == ("met", "running")
    assert after.start == office.time()


def test_a_claim_beside_its_case_leaves_the_status_of_the_case_alone(office: Office) -> None:
    claim = office.ask("TXN_ERROR", "900.00", {"loss": "900"})
    assert office.claim(claim).complaint.status == "PROPOSING"


def test_a_broken_letter_box_is_an_incident_and_a_retry_after_the_repair_ends_the_claim(office: Office) -> None:
    office.letters.rename(office.letters.with_name("away"))
    claim = office.ask("DELIVERY_LATE", "30.00", {"price": "300", "days_late": 2})
    assert office.instance(claim).state == "running"
    with office.reading() as session:
        (incident,) = incidents.search(session, Query()).items
        assert incident.element_id == "st_notify_approved"
        assert "the letter folder letters cannot be written to" in incident.message
        job = session.scalars(select(Job).where(Job.kind == "service_task")).one()
    assert office.claim(claim).state == "approved"  # the decision stands, only the letter waits

    office.letters.mkdir()
    with unit_of_work(office.database) as session:
        jobs.retry(session, job.id, actor=SYSTEM, reason="the folder is back")
    scheduler.tick(office.database)
    assert office.instance(claim).end_element_id == "end_approved"
    assert len(office.letter_box()) == 1
    with office.reading() as session:
        assert len(list(session.scalars(select(Notification).where(Notification.template == "T-COMP-RESULT")))) == 1


def test_a_requester_without_an_address_is_an_incident_in_words(office: Office) -> None:
    with unit_of_work(office.database) as session:
        people.get(session, "u_desk1").email = None
    office.ask("APOLOGY_ONLY", "0", by="u_desk1")
    with office.reading() as session:
        (incident,) = incidents.search(session, Query()).items
    assert "Sun Yue (u_desk1) has no e-mail address" in incident.message


def test_a_request_that_makes_no_sense_names_each_place_and_writes_nothing(office: Office) -> None:
    with unit_of_work(office.database) as session:
        actor = people.actor_of(session, "u_owner1")
    with pytest.raises(Invalid) as refused, unit_of_work(office.database) as session:
        compensations.request(
            session, complaint_reference="TS-1", remedy_case="FRAUD", requested_amount="-5", inputs={"freight": "x"}, actor=actor
        )
    assert {one.pointer for one in refused.value.problems} == {
        "/complaint_reference",
        "/inputs/price",
        "/inputs/freight",
        "/requested_amount",
    }
    with pytest.raises(Invalid) as refused, unit_of_work(office.database) as session:
        compensations.request(session, complaint_reference="TS-1", remedy_case="CAKE", requested_amount="5", inputs={}, actor=actor)
    assert {one.pointer for one in refused.value.problems} == {"/complaint_reference", "/remedy_case"}
    with office.reading() as session:
        assert not compensations.search(session, Query()).items
        assert not session.scalars(select(ProcessInstance)).all()


def test_claims_are_found_by_state_by_level_and_by_case(office: Office) -> None:
    small = office.ask("APOLOGY_ONLY", "0")
    large = office.ask("TXN_ERROR", "900.00", {"loss": "900"}, level=3)
    with office.reading() as session:
        found = compensations.search(session, Query(filter={"state": "in_approval"})).items
        assert [one.id for one in found] == [large]
        found = compensations.search(session, Query(filter={"attributes.level": {"$lte": 2}})).items
        assert [one.id for one in found] == [small]
        assert [one.id for one in compensations.of_complaint(session, found[0].complaint_id)] == [small]
