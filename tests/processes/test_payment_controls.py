"""What keeps money back although a process has come to the payment, and what a bank says while it is asked again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import incidents, jobs, scheduler
from engine.database import unit_of_work
from engine.errors import Invalid
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import Job
from processes import cases, compensations
from processes.tables.cases import Compensation
from processes.tables.investigation import Proposal
from processes.tables.supervision import Escalation
from tests.processes.conftest import Office
from tests.processes.test_compensation_payment import BANK, PAYEE, approved, attempts, change, pay, prepare, release


def by_rule(office: Office) -> Compensation:
    """A claim that was approved by rule and is paid without people."""
    return office.claim(office.ask("DELIVERY_LATE", "30.00", {"price": "300", "days_late": 2}, level=1))


def stop_payments(office: Office, claim: Compensation) -> None:
    """A supervisor has decided that nothing is paid."""
    now = office.time()
    decided: dict[str, Any] = {"decision": "stop_payment", "state": "ended", "opened_at": now, "decided_at": now}
    with unit_of_work(office.database) as session:
        session.add(Escalation(complaint_id=claim.complaint_id, trigger="handler_request", tier=2, supervisor="dept_manager", **decided))


def failure(office: Office) -> str:
    """What the one open incident says."""
    with office.reading() as session:
        (incident,) = incidents.search(session, Query(filter={"state": "open"})).items
    return incident.message


def test_nobody_says_by_message_that_the_agreement_is_signed(office: Office) -> None:
    claim = approved(office, "12000.00")
    with unit_of_work(office.database) as session:
        complaint = compensations.get(session, claim.id).complaint
        cases.set_status(session, complaint, "WAITING_CUSTOMER_DECISION")
        offer = {"version": 1, "created_at": office.time(), "created_by": "u_owner1"}
        session.add(Proposal(complaint_id=complaint.id, compensation_id=claim.id, **offer))
    accepted = {"decision": "accept", "payee_name": "曹磊", "method": "alipay", "agreement_signed": True}
    office.tell(claim.complaint.reference, "customer.decision", accepted)
    root = office.start("compensation_payment", claim.complaint, compensation_id=claim.id)
    assert office.claim(claim.id).payee_method == "alipay"
    assert office.open(root) == ["ut_sign_agreement"]


def test_what_is_paid_by_rule_waits_as_well_when_a_supervisor_stopped_the_payments(office: Office) -> None:
    stop_payments(office, claim := by_rule(office))
    pay(office, claim, payee_name="曹磊", method="alipay")
    office.wait_until(office.time() + timedelta(minutes=7))
    assert office.bank.orders == []
    assert "a supervisor has stopped the payments" in failure(office)


def test_payments_stopped_between_two_tries_are_not_ordered_again(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    office.bank.away = True
    release(office, root)
    stop_payments(office, claim)
    office.wait_until(office.time() + timedelta(minutes=7))
    assert len(office.bank.orders) == 1
    assert "a supervisor has stopped the payments" in failure(office)


def test_an_agreement_that_is_missing_stops_the_order_whatever_the_diagram_came_past(office: Office) -> None:
    root = pay(office, claim := approved(office, "12000.00"))
    office.do(root, "ut_sign_agreement", "u_owner1", agreement_no="CA-3", signed_customer=True, signed_company=True)
    prepare(office, root, "12000.00")
    change(office, claim, agreement_signed=False)
    release(office, root)
    office.wait_until(office.time() + timedelta(minutes=7))
    assert office.bank.orders == []
    assert "the agreement is not signed" in failure(office)


def test_a_complaint_that_was_withdrawn_is_not_paid(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    office.tell(claim.complaint.reference, "customer.withdraw")
    release(office, root)
    office.wait_until(office.time() + timedelta(minutes=7))
    assert office.bank.orders == []
    assert "withdrawn" in failure(office)


def lost_answer(office: Office, claim: Compensation, *, people: bool) -> str:
    """The bank takes the order of this claim, but we hear nothing of it."""
    office.bank.away = True
    if not people:
        return pay(office, claim, payee_name="曹磊", method="alipay")
    root = pay(office, claim)
    prepare(office, root)
    release(office, root)
    return root


@pytest.mark.parametrize("people", [False, True])
def test_what_the_bank_confirms_before_we_try_again_is_paid_once(office: Office, people: bool) -> None:
    claim = approved(office) if people else by_rule(office)
    root = lost_answer(office, claim, people=people)
    office.tell(claim.complaint.reference, "payment.confirmed", {"voucher_no": "PV-1"}, groups=BANK)
    office.bank.away = False
    office.wait_until(office.time() + timedelta(minutes=7))
    assert (len(office.bank.orders), office.end(root)) == (1, ("terminated", "end_paid"))
    assert [(one.state, one.voucher_no) for one in attempts(office, claim)] == [("confirmed", "PV-1")]


@pytest.mark.parametrize("people", [False, True])
def test_what_the_bank_refuses_before_we_try_again_is_prepared_under_a_new_key(office: Office, people: bool) -> None:
    claim = approved(office) if people else by_rule(office)
    root = lost_answer(office, claim, people=people)
    office.tell(claim.complaint.reference, "payment.failed", {"code": "ACCOUNT_NAME_MISMATCH"}, groups=BANK)
    office.bank.away = False
    office.wait_until(office.time() + timedelta(minutes=7))
    assert (len(office.bank.orders), office.open(root)) == (1, ["ut_fix_payment"])
    office.do(root, "ut_fix_payment", "u_owner1", payee_name="曹磊", method="wechat")
    prepare(office, root, str(claim.approved_amount))
    release(office, root)
    assert office.bank.orders[-1].key == f"comp-{claim.id}/2"
    assert [one.state for one in attempts(office, claim)] == ["failed", "sent"]


def test_who_repairs_a_payment_the_bank_has_confirmed_meanwhile_orders_nothing(office: Office) -> None:
    root = lost_answer(office, claim := approved(office), people=True)
    office.wait_until(office.time() + timedelta(minutes=7))
    office.tell(claim.complaint.reference, "payment.confirmed", groups=BANK)
    with unit_of_work(office.database) as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "service_task"))
        jobs.retry(session, job.id, actor=SYSTEM, reason="the bank is back")
    scheduler.tick(office.database)
    assert (len(office.bank.orders), office.end(root)[1]) == (3, "end_paid")


def test_an_account_without_end_is_refused(office: Office) -> None:
    claim = approved(office)
    with pytest.raises(Invalid) as refused:
        office.tell(claim.complaint.reference, "customer.payee_provided", {**PAYEE, "account": "6" * 201})
    assert [one.pointer for one in refused.value.problems] == ["/account"]
