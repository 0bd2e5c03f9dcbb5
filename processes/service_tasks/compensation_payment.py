"""The service tasks of compensation_payment (processes.md P5)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes import approvals, cases, compensations, contacts, event_escalations, payments, sla
from processes.ports import PaymentFailed, PaymentOrder, PaymentPort
from processes.tables.cases import Compensation
from processes.tables.payments import Payment

MOST_FAILURES = 3
WANTED: Mapping[str, tuple[str, ...]] = {
    "en": ("to whom we may pay (you, or somebody you authorised)", "how: bank account, Alipay, WeChat Pay, or the way you paid"),
    "zh": ("收款人(您本人或您授权的人)", "收款方式:银行账户、支付宝、微信支付或原支付渠道"),
}


class PaymentGatewayUnavailable(HandlerFailed):
    """The payment {key} was not taken: {reason}"""

    code = "PAYMENT_GATEWAY_UNAVAILABLE"


def handlers(gateway: PaymentPort | None) -> Sequence[Handler]:
    """A handler per topic; without a gateway every payment ends in an incident that says so."""

    def pay(task: ServiceTask) -> Values:
        if task.variables["order"] is None:
            return {}
        order = PaymentOrder(**task.variables["order"])
        if gateway is None:
            raise PaymentGatewayUnavailable(key=order.key, reason="no payment gateway is configured")
        try:
            gateway.pay(order)
        except PaymentFailed as error:
            raise PaymentGatewayUnavailable(key=order.key, reason=str(error)) from error
        return {}

    return (
        Handler(topic="payment.check_claim", kind="record", record=check_claim),
        Handler(topic="payment.agreement_overdue", kind="record", record=agreement_overdue),
        Handler(topic="payment.remind_payee", kind="letter", record=remind_payee),
        Handler(topic="payment.begin", kind="record", record=begin),
        Handler(topic="payment.pay", kind="money", prepare=prepare_pay, outside=pay),
        Handler(topic="payment.take_failure", kind="record", record=take_failure),
        Handler(topic="payment.post", kind="money", record=post),
    )


def check_claim(session: Session, task: ServiceTask) -> Values:
    """What has to be there before money moves."""
    claim = _claim(session, task)
    if claim.state not in ("approved", "partly_paid") or payments.due(session, claim) <= 0:
        raise HandlerFailed(topic=task.topic, reason=f"the claim is {claim.state}, and {payments.due(session, claim)} is to be paid")
    return {
        "agreement_needed": payments.agreement_needed(session, claim),
        "payee_complete": payments.payee_complete(session, claim),
        "failed_count": payments.failures(session, claim),
    }


def agreement_overdue(session: Session, task: ServiceTask) -> Values:
    """Five working days without the signatures: somebody higher is asked."""
    event_escalations.start(
        session, _claim(session, task).complaint, "handler_request", note="the agreement on the compensation is not signed"
    )
    return {}


def remind_payee(session: Session, task: ServiceTask) -> Values:
    """Ask the customer again."""
    complaint = _claim(session, task).complaint
    contacts.send(session, complaint, "T-INFO-REMINDER", key=task.key, items=list(WANTED.get(complaint.locale, WANTED["en"])))
    return {}


def begin(session: Session, task: ServiceTask) -> Values:
    """C-PAY: the shorter of the deadline of the case and that of the standard."""
    claim = _claim(session, task)
    row = sla.start(session, claim.complaint, "C-PAY", within=claim.pay_within)
    automatic = claim.band == approvals.B0 and payments.current(session, claim) is None
    return {"automatic": automatic, "pay_due": row.due.isoformat() if row is not None else None}


def prepare_pay(session: Session, task: ServiceTask) -> Values:
    """Look at every control in the tables, and mark the order as sent before it is: it may arrive although we never hear so.

    When the bank has answered before we could ask again, it is not asked: its message is read by who waits for it next.
    """
    claim = _claim(session, task)
    cases.lock(session, claim.complaint)
    payment = payments.current(session, claim) or payments.new_attempt(
        session, claim, instance_id=task.instance_id, amount=payments.due(session, claim)
    )
    if payment.sent_at is not None and payment.state in payments.ANSWERED:
        return {"order": None}
    if payment.state not in ("released", "sent") and payment.prepared_by is not None:
        raise HandlerFailed(topic=task.topic, reason=f"attempt {payment.attempt} is {payment.state}, not released")
    try:
        payments.must_be_payable(session, claim, payment)
    except ValueError as error:
        raise HandlerFailed(topic=task.topic, reason=str(error)) from error
    payment.state, payment.sent_at = "sent", clock.now()
    return {"order": _order(claim, payment)}


def _order(claim: Compensation, payment: Payment) -> dict[str, Any]:
    return {
        "key": payment.idempotency_key,
        "reference": claim.complaint.reference,
        "amount": f"{payment.amount:.2f}",
        "payee_name": payment.payee_name,
        "method": payment.method,
        "account": payment.account,
    }


def take_failure(session: Session, task: ServiceTask) -> Values:
    """Count; the third failure is a matter for the supervisor."""
    claim = _claim(session, task)
    failed = payments.failures(session, claim)
    if failed == MOST_FAILURES:
        event_escalations.start(session, claim.complaint, "payment_failed_3")
    return {"failed_count": failed}


def post(session: Session, task: ServiceTask) -> Values:
    """The customer has the money: book the cost, stop the clock, say so."""
    claim = _claim(session, task)
    payment = payments.current(session, claim)
    if payment is None or payment.state != "confirmed":
        raise HandlerFailed(topic=task.topic, reason="the bank has not confirmed the payment")
    parts = payments.cost_by_department(session, claim, payment.amount)
    booked = {name: Decimal(str(value)) for name, value in claim.cost_by_department.items()}
    claim.cost_by_department = {name: f"{booked.get(name, Decimal(0)) + parts.get(name, Decimal(0)):.2f}" for name in {**booked, **parts}}
    claim.state = "paid" if payments.due(session, claim) <= 0 else "partly_paid"
    sla.stop(session, claim.complaint, "C-PAY", at=payment.confirmed_at)
    contacts.send(
        session, claim.complaint, "T-PAID", key=task.key, amount=payment.amount, method=payment.method, voucher_no=payment.voucher_no
    )
    cases.log(session, claim.complaint, "paid", amount=f"{payment.amount:.2f}", attempt=payment.attempt)
    return {}


def _claim(session: Session, task: ServiceTask) -> Compensation:
    claim_id = task.variables.get("compensation_id")
    if claim_id is None:
        raise HandlerFailed(topic=task.topic, reason="the variable 'compensation_id' has no value; who calls this process has to set it")
    return compensations.get(session, str(claim_id))
