"""Solutions as they are proposed: versions of measures, remedy and amount, with the actions that carry them out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import clock
from processes import compensations, remedies, sla, sla_rows
from processes.sla_time import ZONE
from processes.tables.cases import Compensation, Complaint
from processes.tables.investigation import Action, Proposal, ReviewVote
from processes.tables.people import Account

MOST_RETURNS = 3  # then somebody higher looks
WORKING_DAY = 8 * 60 * 60
PAID = ("approved", "partly_paid", "paid")


def create(session: Session, complaint: Complaint, values: Mapping[str, Any], *, by: str) -> Proposal:
    """A new version; actions of an earlier one that were not begun are replaced by those of this one."""
    inputs, _ = remedies.read_inputs(values["remedy_case"], facts(session, complaint, values))
    proposal = Proposal(
        complaint_id=complaint.id,
        version=_next_version(session, complaint),
        round=max(1, complaint.negotiation_round),
        created_at=clock.now(),
        created_by=by,
        measures=list(values.get("measures") or []),
        remedy_case=values["remedy_case"],
        inputs=inputs,
        requested_amount=Decimal(values.get("requested_amount") or 0),
        rationale=values.get("rationale"),
        reasons=values.get("reasons"),
    )
    session.add(proposal)
    session.flush()  # actions point at it
    for action in open_actions(session, complaint):
        action.state = "cancelled"
    session.add_all(_action(session, complaint, proposal, given) for given in values.get("actions") or [])
    return proposal


def _action(session: Session, complaint: Complaint, proposal: Proposal, given: Mapping[str, Any]) -> Action:
    owner = session.get(Account, given["owner"])
    return Action(
        complaint_id=complaint.id,
        proposal_id=proposal.id,
        type=given["type"],
        text=given.get("text"),
        owner=given["owner"],
        department=given.get("department") or (owner.department if owner is not None else None) or complaint.owner_department,
        due=instant(given["due"]),
    )


def instant(value: Any) -> datetime:
    """Date and time as a form gives it; without a zone it is local, a date alone means its end of the working day."""
    text = str(value)
    found = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T18:00")
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def facts(session: Session, complaint: Complaint, values: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of DMN-08 that were given, and how late the case is."""
    given = {name: values[name] for name in (*remedies.AMOUNTS, *remedies.COUNTS) if values.get(name) is not None}
    return {"overdue_wd": overdue_days(session, complaint), **given}


def facts_of(session: Session, complaint: Complaint, proposal: Proposal) -> dict[str, Any]:
    """What the tables about money ask for (DMN-08, 09), of this version."""
    return {
        "remedy_case": proposal.remedy_case,
        "requested_amount": proposal.requested_amount,
        **proposal.inputs,
        "goodwill_payments": compensations.goodwill_payments(session, complaint.customer_id, before=proposal.created_at),
        "conflict_unresolved": complaint.conflict_unresolved,
    }


def overdue_days(session: Session, complaint: Complaint) -> int:
    """Whole working days the resolution is late."""
    clocks = [row for row in sla.rows(session, complaint) if row.clock == sla.RESOLVE]
    if not clocks or clock.now() <= clocks[-1].due:
        return 0
    late = sla_rows.calendar(session).between(clocks[-1].due, clock.now())
    return int(late.total_seconds() // WORKING_DAY)


def _next_version(session: Session, complaint: Complaint) -> int:
    return (session.scalar(select(func.max(Proposal.version)).where(Proposal.complaint_id == complaint.id)) or 0) + 1


def latest(session: Session, complaint: Complaint) -> Proposal | None:
    """The newest version of this handling of the case."""
    found: Proposal | None = session.scalar(_latest(Proposal, complaint))
    return found


def latest_with_votes(session: Session, complaint: Complaint) -> tuple[Proposal | None, Sequence[ReviewVote]]:
    """The same with what reviewers said about it, in one statement."""
    said = select(Proposal, ReviewVote).outerjoin(ReviewVote, ReviewVote.proposal_id == Proposal.id)
    mine = said.where(Proposal.id == _latest(Proposal.id, complaint).scalar_subquery())
    rows = session.execute(mine.order_by(ReviewVote.at, ReviewVote.id)).all()
    return next((proposal for proposal, _ in rows), None), [vote for _, vote in rows if vote is not None]


def _latest(wanted: Any, complaint: Complaint) -> Select[Any]:
    mine = select(wanted).where(Proposal.complaint_id == complaint.id)
    if complaint.reopened_at is not None:
        mine = mine.where(Proposal.created_at >= complaint.reopened_at)
    return mine.order_by(Proposal.version.desc()).limit(1)


def returns(session: Session, complaint: Complaint) -> int:
    """How often reviewers have sent a solution back in this handling of the case."""
    sent_back = select(func.count(ReviewVote.id)).join(Proposal, Proposal.id == ReviewVote.proposal_id)
    sent_back = sent_back.where(Proposal.complaint_id == complaint.id, ReviewVote.vote != "approve")
    if complaint.reopened_at is not None:
        sent_back = sent_back.where(Proposal.created_at >= complaint.reopened_at)
    return session.scalar(sent_back) or 0


def open_actions(session: Session, complaint: Complaint) -> Sequence[Action]:
    """Actions that are still to be done."""
    mine = select(Action).where(Action.complaint_id == complaint.id, Action.state == "open", Action.improvement_id.is_(None))
    return session.scalars(mine.order_by(Action.due, Action.id)).all()


def approved_claim(session: Session, complaint: Complaint, amount: Decimal, remedy_case: str | None) -> Compensation | None:
    """A claim of this handling that was approved for exactly this: it needs no second approval."""
    mine = select(Compensation).where(
        Compensation.complaint_id == complaint.id,
        Compensation.state.in_(PAID),
        Compensation.approved_amount == amount,
        Compensation.remedy_case == remedy_case,
    )
    if complaint.reopened_at is not None:
        mine = mine.where(Compensation.created_at >= complaint.reopened_at)
    return session.scalar(mine.order_by(Compensation.created_at.desc(), Compensation.id.desc()).limit(1))


def offered(proposal: Proposal | None) -> Decimal:
    """What the customer was offered."""
    if proposal is None:
        return Decimal(0)
    return proposal.approved_amount if proposal.approved_amount is not None else proposal.requested_amount
