"""The forms of compensation_payment (processes.md P5): agreement, payee, and the two people of finance."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import FourEyes, NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import cases, money, payments, supervision
from processes.candidates import PREPARE, RELEASE, claim_of
from processes.tables.cases import Compensation
from processes.tables.payments import Payment


def _claim(session: Session, task: UserTask) -> Compensation:
    claim = claim_of(session, task.instance_id)
    if claim is None:
        raise NotFound(kind="compensation for the process instance", id=task.instance_id)
    return claim


def _payment(session: Session, claim: Compensation) -> Payment:
    payment = payments.current(session, claim)
    if payment is None:
        raise NotFound(kind="payment of the compensation", id=claim.id)
    return payment


def record_agreement(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Both signed."""
    claim = _claim(session, task)
    claim.agreement_no, claim.agreement_signed = str(values["agreement_no"]).strip(), True
    cases.log(session, claim.complaint, "agreement", by=actor.id, number=claim.agreement_no)
    return {"agreement_needed": False}


def check_payee(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """The complainant or an agent, and a way to pay."""
    given = {name: values.get(name) for name in ("payee_name", "method", "account")}
    return payments.payee_problems(_claim(session, task).complaint, **given)


def record_payee(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Whom and how to pay, with the claim."""
    claim = _claim(session, task)
    payments.set_payee(session, claim, payee_name=values["payee_name"], method=values["method"], account=values.get("account"))
    return {"payee_complete": True}


def _payee(claim: Compensation, values: Values) -> Values:
    """What was typed, and for what was left empty what is recorded."""
    method = values.get("method") or claim.payee_method
    return {
        "payee_name": values.get("payee_name") or claim.payee_name,
        "method": method,
        "account": values.get("account") or (claim.payee_account if method == claim.payee_method else None),
    }


def check_prepare(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """The whole of what is still to be paid, to somebody who may have it."""
    claim = _claim(session, task)
    amount, due = money.read(values.get("amount"), pointer="/amount"), payments.due(session, claim)
    problems = [amount] if isinstance(amount, Problem) else []
    if isinstance(amount, Decimal) and amount != due:
        problems.append(
            Problem(code="AMOUNT", pointer="/amount", message=f"{money.shown(due)} is to be paid: what was approved, no other sum.")
        )
    return [*problems, *payments.payee_problems(claim.complaint, **_payee(claim, values))]


def record_prepare(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The order; one that was returned is prepared again, after a failure there is a new one."""
    claim = _claim(session, task)
    amount = money.read(values["amount"], pointer="/amount")
    assert isinstance(amount, Decimal)  # checked above
    payments.set_payee(session, claim, **_payee(claim, values))
    payment = payments.current(session, claim)
    if payment is None or payment.state != "prepared":
        payment = payments.new_attempt(session, claim, instance_id=task.instance_id, amount=amount)
    payment.amount, payment.payee_name, payment.method, payment.account = amount, claim.payee_name, claim.payee_method, claim.payee_account
    payment.id_checked, payment.prepared_by, payment.prepared_at = bool(values.get("id_checked")), actor.id, clock.now()
    payment.released_by = payment.released_at = None
    return {}


def check_release(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Another person than the one who prepared it, and no supervisor who holds it back."""
    claim = _claim(session, task)
    cases.lock(session, claim.complaint)
    if _payment(session, claim).prepared_by == actor.id:
        raise FourEyes(other="the preparation of this payment")
    if values.get("release") is False:
        return ()
    if supervision.payment_held(session, claim.complaint):
        return (Problem(code="PAYMENT_HELD", pointer="/release", message="A supervisor has stopped the payments of this case."),)
    return ()


def record_release(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Released, or back to the preparer with the reason."""
    claim = _claim(session, task)
    payment, released = _payment(session, claim), values["release"] is True
    if released:
        payment.state, payment.released_by, payment.released_at = "released", actor.id, clock.now()
    else:
        cases.log(session, claim.complaint, "payment_returned", by=actor.id, text=values.get("reason"), attempt=payment.attempt)
    return {"released": released}


def record_query(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What the bank says when asked; what it said by itself meanwhile stands."""
    claim = _claim(session, task)
    payment, state = _payment(session, claim), str(values["state"])
    if payment.state in ("confirmed", "failed"):
        return {"payment_state": payment.state}
    if state == "confirmed":
        payments.confirm(session, payment, voucher_no=values.get("reference"))
    elif state == "failed":
        payments.fail(session, payment, code=values.get("reference") or "QUERY")
    else:
        payment.state = "unknown"
    return {"payment_state": state}


FORMS: Mapping[str, FormRules] = {
    "ut_sign_agreement": FormRules(record=record_agreement),
    "ut_collect_payee": FormRules(check=check_payee, record=record_payee),
    "ut_fix_payment": FormRules(check=check_payee, record=record_payee),
    PREPARE: FormRules(check=check_prepare, record=record_prepare),
    RELEASE: FormRules(check=check_release, record=record_release),
    payments.QUERY: FormRules(record=record_query),
}
