"""Approved claims on their way to the customer: agreement, payee, two people of finance, and a bank that is not always there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine import incidents, jobs, scheduler
from engine.database import unit_of_work
from engine.errors import Conflict, FourEyes, Invalid, Refused
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import Job
from processes import compensations, contacts, escalations, payments, sla, sla_rows
from processes.tables.cases import Compensation
from processes.tables.investigation import ResponsibilityShare
from processes.tables.payments import Payment
from tests.processes.conftest import Office

PAYEE = {"payee_name": "曹磊", "method": "bank", "account": "6222..0014"}
BANK = ("payment_provider",)


def approved(office: Office, amount: str = "900.00", **complaint: Any) -> Compensation:
    """A claim in band B1 to B3 that everybody has approved."""
    claim = office.ask("TXN_ERROR", amount, {"loss": amount}, **complaint)
    while office.claim(claim).state == "in_approval":
        task = office.open_task(claim)
        if task.element_id == "ut_legal_opinion":
            office.complete(claim, "u_legal1", opinion="support", text="fair")
        elif task.element_id == "ut_finance_check":
            office.check_finance(claim)
        else:
            by = {"team_lead": "u_lead1", "dept_manager": "u_mgr_log", "complaint_manager": "u_cm1", "executive": "u_exec1"}
            office.approve(claim, by[task.item["value"]] if task.item else "", amount)
    return office.claim(claim)


def change(office: Office, claim: Compensation, **values: Any) -> None:
    """Change what is recorded of a claim."""
    with unit_of_work(office.database) as session:
        for name, value in values.items():
            setattr(compensations.get(session, claim.id), name, value)


def pay(office: Office, claim: Compensation, **payee: Any) -> str:
    """Let it be paid to this payee (the customer's account if none is given)."""
    with unit_of_work(office.database) as session:
        payments.set_payee(session, compensations.get(session, claim.id), **(payee or PAYEE))
    return office.start("compensation_payment", claim.complaint, compensation_id=claim.id)


def prepare(office: Office, root: str, amount: str = "900.00", *, by: str = "u_fin1", **payee: Any) -> None:
    office.do(root, "ut_finance_prepare", by, amount=amount, id_checked=True, **payee)


def release(office: Office, root: str, *, by: str = "u_fin2") -> None:
    office.do(root, "ut_finance_release", by, release=True)


def attempts(office: Office, claim: Compensation) -> list[Payment]:
    with office.reading() as session:
        return list(payments.of_claim(session, claim))


def test_a_claim_approved_by_rule_is_paid_by_rule(office: Office) -> None:
    claim = office.claim(office.ask("DELIVERY_LATE", "30.00", {"price": "300", "days_late": 2}, level=1))
    root = pay(office, claim, payee_name="曹磊", method="alipay")
    (order,) = office.bank.orders
    assert (order.key, order.amount, order.payee_name) == (f"comp-{claim.id}/1", "30.00", "曹磊")
    office.tell(claim.complaint.reference, "payment.confirmed", {"voucher_no": "PV-1"}, groups=BANK)
    assert office.end(root) == ("terminated", "end_paid")
    assert office.claim(claim.id).state == "paid"
    with office.reading() as session:
        (letter,) = contacts.of_case(session, claim.complaint, template="T-PAID")
        (row,) = sla.rows(session, claim.complaint)
    assert "30.00" in letter.text and "PV-1" in letter.text
    assert (row.clock, row.result, row.target) == ("C-PAY", "met", "3wd")


def test_two_people_of_finance_pay_what_people_approved(office: Office) -> None:
    claim = approved(office)
    root = pay(office, claim)
    assert office.open(root) == ["ut_finance_prepare"]
    prepare(office, root)
    with pytest.raises(FourEyes):
        release(office, root, by="u_fin1")
    office.do(root, "ut_finance_release", "u_fin2", release=False, reason="look at the account again")
    prepare(office, root)
    release(office, root)
    office.tell(claim.complaint.reference, "payment.confirmed", {"voucher_no": "PV-2"}, groups=BANK)
    assert office.end(root)[1] == "end_paid"
    (payment,) = attempts(office, claim)
    assert (payment.prepared_by, payment.released_by, payment.state, payment.voucher_no) == ("u_fin1", "u_fin2", "confirmed", "PV-2")


def test_finance_pays_the_approved_amount_to_the_customer_and_nothing_else(office: Office) -> None:
    root = pay(office, approved(office))
    for given, code in (({"amount": "899.00"}, "AMOUNT"), ({"amount": "900.00", "payee_name": "somebody"}, "PAYEE")):
        with pytest.raises(Invalid) as refused:
            office.do(root, "ut_finance_prepare", "u_fin1", id_checked=True, **given)
        assert [one.code for one in refused.value.problems] == [code]


def test_a_bank_that_is_away_is_asked_three_times_then_operations_repair_it_with_the_same_key(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    office.bank.away = True
    began = office.time()
    release(office, root)
    office.wait_until(began + timedelta(minutes=7))
    assert len(office.bank.orders) == 3
    with office.reading() as session:
        (incident,) = incidents.search(session, Query(filter={"state": "open"})).items
        job = session.scalars(select(Job).where(Job.kind == "service_task")).one()
    assert (incident.element_id, incident.code, job.retries_left) == ("st_pay", "PAYMENT_GATEWAY_UNAVAILABLE", 0)
    assert "the line is down" in incident.message

    office.bank.away = False
    with unit_of_work(office.database) as session:
        jobs.retry(session, job.id, actor=SYSTEM, reason="the bank is back")
    scheduler.tick(office.database)
    assert {order.key for order in office.bank.orders} == {f"comp-{claim.id}/1"}
    office.tell(claim.complaint.reference, "payment.confirmed", groups=BANK)
    assert office.end(root)[1] == "end_paid"


def test_a_failed_payment_is_corrected_and_prepared_again_and_the_third_failure_is_escalated(office: Office) -> None:
    root = pay(office, claim := approved(office))
    for number in (1, 2, 3):
        prepare(office, root)
        release(office, root)
        office.tell(claim.complaint.reference, "payment.failed", {"code": "ACCOUNT_NAME_MISMATCH"}, groups=BANK)
        assert office.open(root) == ["ut_fix_payment"]
        with office.reading() as session:
            assert bool(escalations.open_of(session, claim.complaint)) == (number == 3)
        office.do(root, "ut_fix_payment", "u_owner1", **PAYEE)
    assert office.bank.orders[-1].key == f"comp-{claim.id}/3"
    with pytest.raises(Conflict):
        office.tell(claim.complaint.reference, "payment.confirmed", groups=BANK)
    assert [one.failure_code for one in attempts(office, claim)] == ["ACCOUNT_NAME_MISMATCH"] * 3


def test_only_the_payment_provider_says_that_money_arrived(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    release(office, root)
    with pytest.raises(Refused):
        office.tell(claim.complaint.reference, "payment.confirmed", groups=("finance_clerk",))


def test_a_bank_that_says_nothing_for_two_working_days_is_asked(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    release(office, root)
    office.wait_until(datetime(2026, 9, 16, 2, tzinfo=UTC))
    assert office.open(root) == ["ut_query_payment"]
    office.do(root, "ut_query_payment", "u_fin1", state="unknown")
    assert office.open(root) == []
    office.wait_until(office.time() + timedelta(days=4))
    office.tell(claim.complaint.reference, "payment.confirmed", {"voucher_no": "PV-3"}, groups=BANK)  # while somebody asks
    assert office.open(root) == ["ut_query_payment"]
    office.do(root, "ut_query_payment", "u_fin1", state="failed", reference="?")  # the bank knows better
    assert office.end(root)[1] == "end_paid"
    assert [one.state for one in attempts(office, claim)] == ["confirmed"]


def test_above_ten_thousand_an_agreement_is_signed_first_and_waiting_too_long_is_escalated(office: Office) -> None:
    claim = approved(office, "12000.00")
    root = pay(office, claim)
    assert office.open(root) == ["ut_sign_agreement"]
    office.wait_until(office.time() + timedelta(days=8))
    assert office.open(root) == ["ut_sign_agreement"]
    with office.reading() as session:
        found = escalations.open_of(session, claim.complaint)
    assert found is not None and found.trigger == "handler_request"
    office.do(root, "ut_sign_agreement", "u_owner1", agreement_no="CA-3", signed_customer=True, signed_company=True)
    assert office.open(root) == ["ut_finance_prepare"]
    with office.reading() as session:
        assert [row.start for row in sla_rows.running(session, claim.complaint, "C-PAY")] == [office.time()]


def test_a_customer_who_has_not_said_how_to_pay_is_asked_and_reminded_and_may_tell_us(office: Office) -> None:
    claim = approved(office)
    root = office.start("compensation_payment", claim.complaint, compensation_id=claim.id)
    assert office.open(root) == ["ut_collect_payee"]
    office.wait_until(office.time() + timedelta(days=3, minutes=1))
    with office.reading() as session:
        assert len(contacts.of_case(session, claim.complaint, template="T-INFO-REMINDER")) == 1
    with pytest.raises(Invalid):
        office.tell(claim.complaint.reference, "customer.payee_provided", {"payee_name": "曹磊", "method": "bank"})
    office.tell(claim.complaint.reference, "customer.payee_provided", PAYEE)
    assert office.open(root) == ["ut_finance_prepare"]
    assert office.claim(claim.id).payee_account == "6222..0014"
    with office.reading() as session:
        [kept] = session.connection().exec_driver_sql("SELECT payee_account FROM compensation WHERE payee_account <> ''").scalars()
        assert "6222" not in kept, "a copy of the database does not tell where the customer is paid"


def test_the_case_owner_may_write_down_how_to_pay(office: Office) -> None:
    claim = approved(office)
    root = office.start("compensation_payment", claim.complaint, compensation_id=claim.id)
    office.do(root, "ut_collect_payee", "u_owner1", payee_name="曹磊", method="wechat")
    assert office.open(root) == ["ut_finance_prepare"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"approved_amount": Decimal("901.00")}, "901.00 stands on the claim, 900.00 was approved"),
        ({"state": "rejected"}, "the claim is rejected"),
        ({"chain": ["team_lead", "executive"]}, "the approval of executive is missing"),
        ({"requester": "u_lead1"}, "one person holds two of"),
    ],
)
def test_nothing_is_paid_that_the_tables_do_not_allow(office: Office, changed: dict[str, Any], said: str) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    change(office, claim, **changed)
    release(office, root)
    office.wait_until(office.time() + timedelta(minutes=7))
    assert office.bank.orders == []
    with office.reading() as session:
        (incident,) = incidents.search(session, Query(filter={"state": "open"})).items
    assert said in incident.message


def test_nothing_is_paid_that_one_person_prepared_and_released(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    with unit_of_work(office.database) as session:
        for payment in payments.of_claim(session, claim):
            payment.prepared_by = "u_fin2"
    with pytest.raises(FourEyes):
        release(office, root)


def test_a_supplement_pays_the_difference_and_its_first_claim_nothing_more(office: Office) -> None:
    first = approved(office)
    root = pay(office, first)
    prepare(office, root)
    release(office, root)
    office.tell(first.complaint.reference, "payment.confirmed", groups=BANK)
    second = approved(office, "1500.00")
    change(office, second, supplement_of=first.id, complaint_id=first.complaint_id)
    with office.reading() as session:
        assert payments.due(session, compensations.get(session, second.id)) == Decimal("600.00")
        with pytest.raises(ValueError, match="the claim is paid"):
            payments.must_be_payable(session, compensations.get(session, first.id), attempts(office, first)[0])


def test_the_cost_goes_to_the_departments_by_their_shares_to_the_last_cent(office: Office) -> None:
    claim = approved(office, "100.01", level=1)
    with unit_of_work(office.database) as session:
        for department, share in (("LOGISTICS", 33), ("QA", 67)):
            row = ResponsibilityShare(
                complaint_id=claim.complaint_id,
                version=1,
                department=department,
                share=share,
                decided_by="u_cm1",
                decided_at=office.time(),
                source="auto",
            )
            session.add(row)
    root = pay(office, claim)
    if office.open(root):
        prepare(office, root, "100.01")
        release(office, root)
    office.tell(claim.complaint.reference, "payment.confirmed", groups=BANK)
    assert office.claim(claim.id).cost_by_department == {"LOGISTICS": "33.00", "QA": "67.01"}


def test_the_receipt_of_the_customer_is_kept_and_wakes_nothing(office: Office) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    release(office, root)
    office.tell(claim.complaint.reference, "payment.confirmed", groups=BANK)
    office.tell(claim.complaint.reference, "customer.payment_received")
    assert [one.received_at for one in attempts(office, claim)] == [office.time()]
