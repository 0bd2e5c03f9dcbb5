"""The four forms of compensation_approval (processes.md P4): votes, opinions, the finance check, a changed claim."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import instances
from engine.errors import NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import approvals, money, sla
from processes.candidates import APPROVE, FINANCE, LEGAL, REVISE, claim_of, role_of
from processes.tables.cases import Compensation


def _claim(session: Session, task: UserTask) -> Compensation:
    claim = claim_of(session, task.instance_id)
    if claim is None:
        raise NotFound(kind="compensation for the process instance", id=task.instance_id)
    return claim


def _needs_reason(values: Values) -> Sequence[Problem]:
    if str(values.get("reason") or "").strip():
        return ()
    return (Problem(code="REQUIRED", pointer="/reason", message="Say why: the others act on your reason."),)


def _amount(values: Values, name: str) -> Decimal | Problem:
    value = values.get(name)
    if value in (None, ""):
        return Problem(code="REQUIRED", pointer=f"/{name}", message="Give the amount.")
    amount = money.read(value, pointer=f"/{name}")
    if amount == 0:
        return Problem(code="RANGE", pointer=f"/{name}", message="The amount is more than 0.")
    return amount


def _above_floor(claim: Compensation, amount: Decimal, *, pointer: str) -> Sequence[Problem]:
    if not claim.statutory or claim.standard_amount is None or amount >= claim.standard_amount:
        return ()
    message = f"The law ({claim.legal_basis}) gives the customer {money.shown(claim.standard_amount)}; no less can be agreed."
    return (Problem(code="STATUTORY_FLOOR", pointer=pointer, message=message),)


def check_approve(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """An approval names an amount between the statutory standard and the claim; anything else a reason."""
    if values.get("vote") != "approve":
        return _needs_reason(values)
    claim = _claim(session, task)
    amount = _amount(values, "approved_amount")
    if isinstance(amount, Problem):
        return (amount,)
    if amount > claim.requested_amount:
        message = f"Approve at most the {money.shown(claim.requested_amount)} that were requested."
        return (Problem(code="ABOVE_REQUESTED", pointer="/approved_amount", message=message),)
    return _above_floor(claim, amount, pointer="/approved_amount")


def record_approve(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The vote, for the role the chain asked."""
    vote = str(values["vote"])
    amount = money.read(values["approved_amount"], pointer="/approved_amount") if vote == "approve" else None
    approved = amount if isinstance(amount, Decimal) else None
    claim = _claim(session, task)
    sla.stop(session, claim.complaint, "C-APPROVE", key=role_of(task) or "")
    approvals.record(
        session,
        claim,
        step=APPROVE,
        task=task,
        role=role_of(task),
        account=actor.id,
        vote=vote,
        approved_amount=approved,
        reason=values.get("reason") or values.get("comment"),
    )
    return {"vote": vote, "approved_amount": approved}


def record_legal_opinion(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The opinion of legal on this version of the claim."""
    opinion = str(values["opinion"])
    approvals.record(
        session, _claim(session, task), step=LEGAL, task=task, role="legal", account=actor.id, vote=opinion, reason=values.get("text")
    )
    return {"opinion": opinion, "legal_reviewed": True}


def check_finance(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Nothing passes finance unless somebody looked for a second payment of the same thing."""
    if values.get("result") != "ok":
        return _needs_reason(values)
    problems = []
    if not values.get("duplicate_checked"):
        message = "Check first that the same thing was not paid before, then say so here."
        problems.append(Problem(code="REQUIRED", pointer="/duplicate_checked", message=message))
    if not str(values.get("cost_center") or "").strip():
        problems.append(
            Problem(code="REQUIRED", pointer="/cost_center", message="Name the cost centre; SUSPENSE while shares are disputed.")
        )
    return problems


def record_finance(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The finance check and the cost centre it names."""
    claim, result = _claim(session, task), str(values["result"])
    sla.stop(session, claim.complaint, "C-FINCHK")
    if result == "ok":
        claim.cost_center = str(values["cost_center"]).strip()
    approvals.record(
        session, claim, step=FINANCE, task=task, role="finance_clerk", account=actor.id, vote=result, reason=values.get("reason")
    )
    return {"result": result, "cost_center": claim.cost_center}


def check_revise(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A changed claim asks for something, and for no less than the law gives. How often it may come back the diagram says."""
    amount = _amount(values, "requested_amount")
    if isinstance(amount, Problem):
        return (amount, *_needs_reason(values))
    return (*_above_floor(_claim(session, task), amount, pointer="/requested_amount"), *_needs_reason(values))


def record_revise(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The changed claim. Legal has not seen this version yet."""
    claim = _claim(session, task)
    amount = money.read(values["requested_amount"], pointer="/requested_amount")
    assert isinstance(amount, Decimal)  # checked above
    changed = f"{money.shown(claim.requested_amount)} -> {money.shown(amount)}: {values.get('reason')}"
    approvals.record(session, claim, step=REVISE, task=task, role="case_owner", account=actor.id, vote="revise", reason=changed)
    claim.requested_amount = amount
    claim.revisions += 1
    if task.instance_id == task.root_id:  # called, it is found by the attributes of its case
        instances.set_attributes(session, instances.get(session, task.root_id), requested_amount=amount)
    return {"requested_amount": amount, "revisions": claim.revisions, "legal_reviewed": False}


FORMS: Mapping[str, FormRules] = {
    APPROVE: FormRules(check=check_approve, record=record_approve),
    LEGAL: FormRules(record=record_legal_opinion),
    FINANCE: FormRules(check=check_finance, record=record_finance),
    REVISE: FormRules(check=check_revise, record=record_revise),
}
