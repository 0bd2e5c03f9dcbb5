"""How a case ended: its outcome and its close code, the first that holds of the order of processes.md 2.2a."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes import compensations, proposals, visits
from processes.tables.cases import CaseEvent, Complaint
from processes.tables.mediation import Mediation
from processes.tables.visits import ReturnVisit

FINAL_RESPONSE = "final_response"  # kind of the case event
MONEY = frozenset({"cash", "refund"})  # methods of DMN-08; vouchers, replacements and repairs are carried out as actions
RELIEF = frozenset({"repair", "replacement", "return", "voucher", "extended_warranty"})


def code(session: Session, complaint: Complaint) -> str:
    """with_money, with_non_money_relief, partly, rejected or with_explanation."""
    proposal, claim = proposals.latest(session, complaint), compensations.latest_approved(session, complaint.id)
    agreed = proposal is not None and proposal.decision == "accept"
    if final_response_given(session, complaint):
        return "partly" if complaint.founded == "partly" else "rejected"
    if claim is not None and claim.method in MONEY and (claim.approved_amount or Decimal(0)) > 0:
        return "with_money" if agreed or complaint.resolved_on_contact or _settled(session, complaint) else "partly"
    if proposal is not None and RELIEF & set(proposal.measures):
        return "with_non_money_relief"
    return "with_explanation"


def close_code(session: Session, complaint: Complaint) -> str:
    """The first that holds, of the handling since the last reopening."""
    if complaint.close_code is not None:
        return complaint.close_code  # merged, inadmissible, no information, withdrawn: given when it happened
    return next(code for code, holds in _CODES.items() if holds(session, complaint))


def final_response_given(session: Session, complaint: Complaint) -> bool:
    """Did the company answer finally in this handling?"""
    mine = select(CaseEvent.id).where(CaseEvent.complaint_id == complaint.id, CaseEvent.kind == FINAL_RESPONSE)
    if complaint.reopened_at is not None:
        mine = mine.where(CaseEvent.at >= complaint.reopened_at)
    return session.scalar(mine.limit(1)) is not None


def _mediation(session: Session, complaint: Complaint) -> Mediation | None:
    mine = select(Mediation).where(Mediation.complaint_id == complaint.id)
    if complaint.reopened_at is not None:
        mine = mine.where(Mediation.created_at >= complaint.reopened_at)
    return session.scalar(mine.order_by(Mediation.created_at.desc(), Mediation.id.desc()).limit(1))


def _no_answer(session: Session, complaint: Complaint) -> bool:
    proposal = proposals.latest(session, complaint)
    return proposal is not None and proposal.decision == "no_response"


def _elsewhere(session: Session, complaint: Complaint) -> bool:
    mediation = _mediation(session, complaint)
    outside = mediation is not None and mediation.route == "external" and mediation.result != "not_consented"
    return outside or complaint.in_legal_proceeding


def _settled(session: Session, complaint: Complaint) -> bool:
    mediation = _mediation(session, complaint)
    return mediation is not None and mediation.result == "settled"


def _unreachable(session: Session, complaint: Complaint) -> bool:
    return _rated(session, complaint) is None and _visit(session, complaint) == "unreachable"


def _visit(session: Session, complaint: Complaint) -> str | None:
    visit: ReturnVisit | None = visits.latest(session, complaint, visit_type="complaint")
    return visit.state if visit is not None and _since(complaint, visit.opened_at) else None


def _rated(session: Session, complaint: Complaint) -> bool | None:
    """Satisfied or not; None when nobody has said."""
    rating = visits.latest_satisfaction(session, complaint)
    return rating.satisfied if rating is not None and _since(complaint, rating.at) else None


def _since(complaint: Complaint, at: datetime) -> bool:
    return complaint.reopened_at is None or at >= complaint.reopened_at


_CODES: Mapping[str, Callable[[Session, Complaint], bool]] = {
    "CLOSED_NO_REPLY_POSSIBLE": lambda session, complaint: complaint.anonymous,
    "CLOSED_NO_RESPONSE": _no_answer,
    "CLOSED_REFERRED_EXTERNAL": _elsewhere,
    "CLOSED_SETTLED": _settled,
    "CLOSED_FINAL_RESPONSE": final_response_given,
    "CLOSED_UNREACHABLE": _unreachable,
    "CLOSED_SATISFIED": lambda session, complaint: _rated(session, complaint) is True,
    "CLOSED_UNSATISFIED": lambda session, complaint: True,
}
