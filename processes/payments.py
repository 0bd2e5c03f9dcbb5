"""Payments of approved claims: what is still due, whether it may leave, and what the bank said (processes.md P5).

The facts are in the tables, and money leaves only when they allow it, whatever a diagram says: an approved claim with
its chain complete, a second person who released, and never more in total than was approved.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.extensions import Actor, Values
from engine.tables import UserTask
from processes import approvals, compensations, money, supervision
from processes.tables.cases import Compensation, Complaint
from processes.tables.investigation import ResponsibilityShare
from processes.tables.mediation import Mediation, Settlement
from processes.tables.payments import Payment

AGREEMENT_ABOVE = Decimal(10_000)
ORIGINAL_ROUTE = "original payment route"
METHODS = ("bank", "alipay", "wechat", ORIGINAL_ROUTE, "voucher")
ON_ITS_WAY = ("sent", "unknown")
ANSWERED = ("confirmed", "failed", "unknown")
SUSPENSE = "SUSPENSE"
QUERY = "ut_query_payment"
LONGEST = 200  # characters of an account, a name, or a word of the bank


def of_claim(session: Session, claim: Compensation) -> Sequence[Payment]:
    """Every attempt to pay a claim, in order."""
    return session.scalars(select(Payment).where(Payment.compensation_id == claim.id).order_by(Payment.attempt)).all()


def current(session: Session, claim: Compensation) -> Payment | None:
    """The last attempt."""
    attempts = of_claim(session, claim)
    return attempts[-1] if attempts else None


def failures(session: Session, claim: Compensation) -> int:
    """How often it failed."""
    failed = select(func.count(Payment.id)).where(Payment.compensation_id == claim.id, Payment.state == "failed")
    return session.scalar(failed) or 0


def due(session: Session, claim: Compensation, *, but: Payment | None = None) -> Decimal:
    """What is still to be paid: the approved total less what left (or may have left) for this claim and those it replaces."""
    counted = select(Payment).where(Payment.compensation_id.in_(_replaced_by(session, claim)), Payment.state != "failed")
    left = [one.amount for one in session.scalars(counted) if one is not but and one.state != "prepared"]
    return (claim.approved_amount or Decimal(0)) - sum(left, Decimal(0))


def _replaced_by(session: Session, claim: Compensation) -> list[str]:
    found: list[str] = []
    at: Compensation | None = claim
    while at is not None and at.id not in found:
        found.append(at.id)
        at = session.get(Compensation, at.supplement_of) if at.supplement_of else None
    return found


def new_attempt(session: Session, claim: Compensation, *, instance_id: str, amount: Decimal) -> Payment:
    """The next order, with the key by which the bank knows it again."""
    before = current(session, claim)
    attempt = before.attempt + 1 if before is not None else 1
    payment = Payment(
        compensation_id=claim.id,
        complaint_id=claim.complaint_id,
        instance_id=instance_id,
        attempt=attempt,
        idempotency_key=f"comp-{claim.id}/{attempt}",
        amount=amount,
        payee_name=claim.payee_name,
        method=claim.payee_method,
        account=claim.payee_account,
        state="prepared",
    )
    session.add(payment)
    return payment


def must_be_payable(session: Session, claim: Compensation, payment: Payment) -> None:
    """Every control of 2.2 on money, from the tables. Raises ValueError with the one that is missing."""
    if claim.state not in ("approved", "partly_paid"):
        raise ValueError(f"the claim is {claim.state}, not approved")
    granted = approvals.payable_amount(session, claim)
    if claim.approved_amount != granted:
        raise ValueError(f"{claim.approved_amount} stands on the claim, {granted} was approved")
    replacing = select(Compensation.id).where(Compensation.supplement_of == claim.id, Compensation.state.in_(compensations.APPROVED))
    if session.scalar(replacing.limit(1)) is not None:
        raise ValueError("a later claim with a new total was approved instead of this one")
    if not 0 < payment.amount <= due(session, claim, but=payment):
        raise ValueError(f"{payment.amount} is not within the {due(session, claim, but=payment)} that are still to be paid")
    _must_not_be_stopped(session, claim)
    _must_be_released(claim, payment)
    _must_have_payee(claim, payment)


def _must_not_be_stopped(session: Session, claim: Compensation) -> None:
    if claim.complaint.procedure_ended_at is not None:
        raise ValueError("the complaint was withdrawn, or a court has it now")
    if supervision.payment_held(session, claim.complaint):
        raise ValueError("a supervisor has stopped the payments of this case")
    if agreement_needed(session, claim):
        raise ValueError("the agreement is not signed")


def _must_be_released(claim: Compensation, payment: Payment) -> None:
    if claim.band == approvals.B0 and payment.attempt == 1 and payment.prepared_by is None:
        return  # paid by rule, as it was approved
    if payment.prepared_by is None or payment.released_by is None:
        raise ValueError("the payment was not prepared and released")
    if payment.released_by == payment.prepared_by:
        raise ValueError(f"{payment.released_by} prepared and released the payment")


def _must_have_payee(claim: Compensation, payment: Payment) -> None:
    if payment.payee_name not in payees(claim.complaint):
        raise ValueError("the payee is neither the complainant nor an authorised agent")
    if payment.method not in METHODS or (payment.method == "bank" and not payment.account):
        raise ValueError("there is no account to pay to")


def payees(complaint: Complaint) -> set[str]:
    """Who may be paid: the complainant; an agent or a representative once the authorisation was seen."""
    if not complaint.authorised:
        return {complaint.customer_name}
    named = {str(one.get("name")) if isinstance(one, dict) else str(one) for one in complaint.representatives}
    return {complaint.customer_name, *named, *([complaint.agent_name] if complaint.agent_name else [])}


def payee_problems(complaint: Complaint, *, payee_name: Any, method: Any, account: Any) -> list[Problem]:
    """What is wrong with a payee, by field."""
    problems = []
    if not payee_name:
        problems.append(Problem(code="REQUIRED", pointer="/payee_name", message="Say who is to be paid."))
    elif payee_name not in payees(complaint):
        message = f"Only the complainant ({complaint.customer_name}) or an authorised agent can be paid."
        problems.append(Problem(code="PAYEE", pointer="/payee_name", message=message))
    if method not in METHODS:
        problems.append(Problem(code="REQUIRED", pointer="/method", message=f"Say how it is paid: {', '.join(METHODS)}."))
    elif method == "bank" and not account:
        problems.append(Problem(code="REQUIRED", pointer="/account", message="A bank transfer needs the account."))
    return problems


def set_payee(session: Session, claim: Compensation, *, payee_name: str, method: str, account: str | None = None) -> None:
    """Keep whom and how to pay with the claim."""
    claim.payee_name, claim.payee_method, claim.payee_account = payee_name, method, account


def payee_complete(session: Session, claim: Compensation) -> bool:
    """Is it known whom and how to pay? A settlement that both signed says so: the customer, the way it names or the way the
    customer paid."""
    agreement = settlement_of(session, claim)
    if agreement is not None:
        claim.payee_name = claim.payee_name or claim.complaint.customer_name
        claim.payee_method = claim.payee_method or agreement.method or ORIGINAL_ROUTE
        return True
    wanted = {"payee_name": claim.payee_name, "method": claim.payee_method, "account": claim.payee_account}
    return not payee_problems(claim.complaint, **wanted)


def settlement_of(session: Session, claim: Compensation) -> Settlement | None:
    """The signed settlement of the case, if its last mediation led to one."""
    signed = select(Settlement).join(Mediation, Mediation.id == Settlement.mediation_id)
    signed = signed.where(Settlement.complaint_id == claim.complaint_id, Mediation.result == "settled")
    return session.scalar(signed.order_by(Settlement.drafted_at.desc(), Settlement.id.desc()).limit(1))


def agreement_needed(session: Session, claim: Compensation) -> bool:
    """Above 10,000 nothing is paid without an agreement that both signed."""
    total = claim.approved_amount or Decimal(0)
    return total > AGREEMENT_ABOVE and not claim.agreement_signed and settlement_of(session, claim) is None


def confirm(session: Session, payment: Payment, *, voucher_no: str | None) -> None:
    """The bank has paid."""
    payment.state, payment.confirmed_at, payment.voucher_no = "confirmed", clock.now(), voucher_no


def fail(session: Session, payment: Payment, *, code: str) -> None:
    """The bank could not pay; the next attempt has a key of its own."""
    payment.state, payment.failed_at, payment.failure_code = "failed", clock.now(), code


def cost_by_department(session: Session, claim: Compensation, amount: Decimal) -> dict[str, Decimal]:
    """The amount by the current shares of responsibility; cents that are left over go to the largest share."""
    if claim.cost_center == SUSPENSE:
        return {SUSPENSE: amount}
    shares = _shares(session, claim.complaint_id)
    if not shares:
        return {claim.cost_center or claim.complaint.owner_department or SUSPENSE: amount}
    parts = {one.department: money.rounded(amount * one.share / 100) for one in shares}
    largest = max(shares, key=lambda one: one.share).department
    parts[largest] += amount - sum(parts.values(), Decimal(0))
    return parts


def _shares(session: Session, complaint_id: str) -> Sequence[ResponsibilityShare]:
    mine = select(ResponsibilityShare).where(ResponsibilityShare.complaint_id == complaint_id)
    latest = session.scalar(select(func.max(ResponsibilityShare.version)).where(ResponsibilityShare.complaint_id == complaint_id))
    return session.scalars(mine.where(ResponsibilityShare.version == latest).order_by(ResponsibilityShare.id)).all()


# What the messages of 2.2 leave behind; each gives the variables of the process that waits, None when it need not be told.


def take_confirmation(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """payment.confirmed: voucher_no, and the key of the order where several are on their way."""
    payment = _on_its_way(session, complaint, payload)
    confirm(session, payment, voucher_no=_text(payload, "voucher_no"))
    return None if _is_asked_for(session, payment) else {}


def take_failure(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """payment.failed: the code of the bank."""
    payment = _on_its_way(session, complaint, payload)
    fail(session, payment, code=_text(payload, "code") or "UNKNOWN")
    return None if _is_asked_for(session, payment) else {}


def take_payee(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """customer.payee_provided: name, method, account."""
    claim = compensations.latest_approved(session, complaint.id)
    if claim is None or claim.state == "paid":
        raise Conflict(reason="nothing is to be paid in this case")
    given = {"payee_name": _text(payload, "payee_name"), "method": _text(payload, "method"), "account": _text(payload, "account")}
    problems = payee_problems(complaint, **given)
    if problems:
        raise Invalid(problems=problems)
    set_payee(session, claim, payee_name=str(given["payee_name"]), method=str(given["method"]), account=given["account"])
    waiting = _open_task(session, complaint, ("ut_collect_payee",))
    return {"payee_complete": True} if waiting else None


def take_receipt(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """customer.payment_received: the money has arrived. Nothing waits for it."""
    complaint.payment_received_at = clock.now()
    confirmed = select(Payment).where(Payment.complaint_id == complaint.id, Payment.state == "confirmed", Payment.received_at.is_(None))
    for payment in session.scalars(confirmed):
        payment.received_at = clock.now()
    return None


def _on_its_way(session: Session, complaint: Complaint, payload: Mapping[str, Any]) -> Payment:
    waiting = select(Payment).where(Payment.complaint_id == complaint.id, Payment.state.in_(ON_ITS_WAY))
    key = _text(payload, "idempotency_key")
    found = session.scalars(waiting.where(Payment.idempotency_key == key) if key else waiting).all()
    if not found:
        raise Conflict(reason="no payment of this case is on its way")
    if len(found) > 1:
        message = "Several payments of this case are on their way; give the idempotency_key of the order."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/idempotency_key", message=message)])
    return found[0]


def _is_asked_for(session: Session, payment: Payment) -> bool:
    """Somebody is asking the bank already: the answer stands in the table when the task is done."""
    asking = select(UserTask.id).where(UserTask.instance_id == payment.instance_id, UserTask.state == "open")
    return session.scalar(asking.where(UserTask.element_id == QUERY).limit(1)) is not None


def _open_task(session: Session, complaint: Complaint, elements: Sequence[str]) -> bool:
    mine = select(UserTask.id).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
    return session.scalar(mine.where(UserTask.element_id.in_(elements)).limit(1)) is not None


def _text(payload: Mapping[str, Any], name: str) -> str | None:
    value = payload.get(name)
    text = str(value).strip() if value is not None else ""
    if len(text) > LONGEST:
        raise Invalid(problems=[Problem(code="INVALID", pointer=f"/{name}", message=f"Write at most {LONGEST} characters here.")])
    return text or None
