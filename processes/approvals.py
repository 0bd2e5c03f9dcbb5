"""What was said about a claim, and whether that is enough to pay: facts from the tables, whatever a diagram says."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.extensions import SYSTEM
from engine.tables import UserTask
from processes.candidates import APPROVE, FINANCE
from processes.tables.cases import Approval, Compensation

AUTOMATIC = "st_auto_approve"
NO_MONEY, B0 = -1, 0


def record(
    session: Session,
    claim: Compensation,
    *,
    step: str,
    vote: str,
    task: UserTask | None = None,
    role: str | None = None,
    account: str = SYSTEM.id,
    approved_amount: Decimal | None = None,
    reason: str | None = None,
) -> Approval:
    """Store what somebody said about a claim, in its present round."""
    said = Approval(
        compensation_id=claim.id,
        user_task_id=task.id if task is not None else None,
        step=step,
        round=claim.revisions + 1,
        role=role,
        account=account,
        vote=vote,
        approved_amount=approved_amount,
        reason=reason,
        at=clock.now(),
    )
    session.add(said)
    return said


def of_round(session: Session, claim: Compensation) -> Sequence[Approval]:
    """What was said since the claim was last changed, in order: earlier votes were about another claim."""
    mine = select(Approval).where(Approval.compensation_id == claim.id, Approval.round == claim.revisions + 1)
    return session.scalars(mine.order_by(Approval.at, Approval.id)).all()


def approved_amount(session: Session, claim: Compensation) -> Decimal:
    """What is approved: the amount of the last approval. Raises ValueError with the control that is missing."""
    return _granted(session, claim, held={claim.requester, claim.complaint.case_owner})


def payable_amount(session: Session, claim: Compensation) -> Decimal:
    """The same for a claim that was decided: what may be paid. The case may have another owner by now."""
    return _granted(session, claim, held={claim.requester})


def _granted(session: Session, claim: Compensation, *, held: set[str | None]) -> Decimal:
    if claim.band is None or claim.standard_amount is None:
        raise ValueError("no standard amount and band are recorded for the claim")
    if claim.band == NO_MONEY:
        if claim.requested_amount != 0:
            raise ValueError(f"the band says no money, the claim says {claim.requested_amount}")
        return Decimal("0.00")
    said = of_round(session, claim)
    votes = [one for one in said if one.vote == "approve" and one.step in (APPROVE, AUTOMATIC)]
    if claim.band == B0:
        _must_be_small(claim)
    else:
        _must_be_complete(claim, votes, held=held, checks=[one for one in said if one.step == FINANCE and one.vote == "ok"])
    amount = votes[-1].approved_amount if votes else None
    return _within_limits(claim, amount)


def must_be_automatic(claim: Compensation) -> None:
    """Money without a person: only band B0, and only up to the standard. Raises ValueError."""
    if claim.state != "in_approval":
        raise ValueError(f"the claim is {claim.state}, not in approval")
    _must_be_small(claim)


def _must_be_small(claim: Compensation) -> None:
    if claim.band != B0:
        raise ValueError(f"the claim is in band {claim.label or claim.band}; only B0 is approved without a person")
    if claim.standard_amount is None or claim.requested_amount > claim.standard_amount:
        raise ValueError(f"{claim.requested_amount} is above the standard of {claim.standard_amount}; a person has to approve it")


def _must_be_complete(claim: Compensation, votes: Sequence[Approval], *, checks: Sequence[Approval], held: set[str | None]) -> None:
    """DMN-09b: the whole chain, finance, and every part in other hands."""
    if not claim.chain:
        raise ValueError("the claim needs approvers, and no chain of approvers is recorded")
    missing = [role for role in claim.chain if role not in {one.role for one in votes}]
    if missing:
        raise ValueError(f"the approval of {', '.join(missing)} is missing")
    if not checks:
        raise ValueError("the finance check is missing")
    hands = [one.account for one in (*votes, checks[-1])]
    if len(set(hands)) < len(hands) or held & set(hands):
        raise ValueError("one person holds two of: requester, case owner, approver, finance check")


def _within_limits(claim: Compensation, amount: Decimal | None) -> Decimal:
    if amount is None:
        raise ValueError("nobody approved an amount")
    if amount > claim.requested_amount:
        raise ValueError(f"{amount} was approved, only {claim.requested_amount} requested")
    if claim.statutory and claim.standard_amount is not None and amount < claim.standard_amount:
        raise ValueError(f"{amount} is below the statutory {claim.standard_amount}")
    return amount
