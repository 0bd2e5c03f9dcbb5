"""Complaint handling, fourth part: the solution, its review, its money (processes.md 2.5, DMN-08, 09, 17)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, compensations, decision_records, event_escalations, notifications, proposals, remedies, responsibilities, sla
from processes.service_tasks import given
from processes.tables.cases import Complaint
from processes.tables.investigation import Proposal

STANDARD = ("standard_amount", "method", "pay_within", "legal_basis", "statutory")


def handlers() -> Sequence[Handler]:
    """The topics of the solution."""
    return (
        Handler(topic="complaint.resolve_on_contact", kind="record", record=resolve_on_contact),
        Handler(topic="complaint.begin_proposal", kind="record", record=begin_proposal),
        Handler(topic="complaint.record_proposal", kind="record", record=record_proposal),
        Handler(topic="complaint.request_review", kind="record", record=request_review),
        Handler(topic="complaint.open_claim", kind="record", record=open_claim),
        Handler(topic="complaint.take_approval", kind="record", record=take_approval),
    )


def _proposal(session: Session, task: ServiceTask, complaint: Complaint) -> Proposal:
    found = proposals.latest(session, complaint)
    if found is None:
        raise HandlerFailed(topic=task.topic, reason=f"no solution was proposed before {task.element_id}")
    return found


def resolve_on_contact(session: Session, task: ServiceTask) -> Values:
    """The first contact has settled it: nothing is left to investigate, and the customer has agreed."""
    complaint = given.complaint(session, task)
    proposal = _proposal(session, task, complaint)
    for name in ("C-INVEST", "C-PRELIM"):
        sla.stop(session, complaint, name)
    if complaint.owner_department is not None:
        responsibilities.decide(session, complaint, {complaint.owner_department: 100}, source="auto")
    return {
        **proposals.facts_of(session, complaint, proposal),
        "needs_approval": proposal.requested_amount > 0,
        "founded": "founded",
        "decision": "accept",
        "wants_mediation": False,
    }


def begin_proposal(session: Session, task: ServiceTask) -> Values:
    """A solution is worked out; sent back too often, somebody higher looks at it."""
    complaint = given.complaint(session, task)
    complaint.negotiation_round = max(1, int(task.variables.get("negotiation_round") or 0))
    if proposals.returns(session, complaint) == proposals.MOST_RETURNS:
        event_escalations.start_once(session, complaint, "handler_request")
    cases.set_status(session, complaint, "PROPOSING")
    given.listed(session, task, complaint)
    return {"negotiation_round": complaint.negotiation_round, "resolved_on_contact": False}


def record_proposal(session: Session, task: ServiceTask) -> Values:
    """Keep with this version what the tables say about it; money that is approved already is not approved twice."""
    complaint, known = given.complaint(session, task), task.variables
    proposal = _proposal(session, task, complaint)
    proposal.standard_amount = Decimal(given.variable(task, "standard_amount"))
    proposal.over_standard = proposal.requested_amount > proposal.standard_amount
    proposal.statutory = bool(known.get("statutory"))
    proposal.reviewers = [str(role) for role in known.get("reviewers") or []]
    _note(session, complaint, task)
    approved = proposals.approved_claim(session, complaint, proposal.requested_amount, proposal.remedy_case)
    if approved is not None:
        proposal.compensation_id, proposal.approved_amount = approved.id, approved.approved_amount
    return {"needs_approval": proposal.requested_amount > 0 and approved is None}


def _note(session: Session, complaint: Complaint, task: ServiceTask) -> None:
    known = task.variables
    of_remedy = {name: known.get(name) for name in ("remedy_case", "level", *remedies.AMOUNTS, *remedies.COUNTS)}
    standard = {name: known.get(name) for name in STANDARD} | {"legal_opinion": known.get("standard_legal_opinion")}
    of_band = {"base_band": known.get("base_band"), "band": known.get("band")}
    chain = {name: known.get(name) for name in ("label", "approver_chain", "finance_check", "post_audit_pct")}
    review = {"reviewers": known.get("reviewers"), "post_check_pct": known.get("post_check_pct")}
    asked: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = (
        ("compensation_standard", of_remedy, standard),
        ("compensation_band", {"requested_amount": known.get("requested_amount")}, of_band),
        ("compensation_chain", {"band": known.get("band")}, chain),
        ("solution_review_route", {"level": known.get("level"), "simple": known.get("simple")}, review),
    )
    for decision, facts, result in asked:
        decision_records.note(session, complaint, task, decision, inputs=facts, result=result, added_to=("reviewers",))


def request_review(session: Session, task: ServiceTask) -> Values:
    """The next reviewer is asked; each has a deadline of his or her own."""
    complaint, reviewer = given.complaint(session, task), str(given.variable(task, "reviewer"))
    cases.set_status(session, complaint, "IN_REVIEW")
    sla.start(session, complaint, "C-REVIEW", key=reviewer)
    notifications.notify(session, complaint, template="N-CASE", key=task.key, roles=[reviewer], event="review")
    given.listed(session, task, complaint)
    return {}


def open_claim(session: Session, task: ServiceTask) -> Values:
    """Claim the money of this version; compensation_approval decides."""
    complaint = given.complaint(session, task)
    proposal = _proposal(session, task, complaint)
    claim = compensations.open_claim(
        session,
        complaint,
        remedy_case=proposal.remedy_case or "OTHER",
        requested_amount=proposal.requested_amount,
        inputs=proposal.inputs,
        requester=proposal.created_by,
        proposal_id=proposal.id,
    )
    proposal.compensation_id = claim.id
    return compensations.variables(session, claim, legal_reviewed=proposal.legal_reviewed)


def take_approval(session: Session, task: ServiceTask) -> Values:
    """What became of the claim, from its record. Votes may have changed the amount."""
    complaint = given.complaint(session, task)
    proposal = _proposal(session, task, complaint)
    claim = compensations.get(session, str(given.variable(task, "compensation_id")))
    approved = claim.state in proposals.PAID
    if approved:
        proposal.approved_amount = claim.approved_amount
        proposal.requested_amount = claim.requested_amount
    return {"claim_approved": approved, "approved_amount": (claim.approved_amount if approved else None) or Decimal(0)}
