"""What the person who does a task must see of its case to decide (processes.md 2.6.1): read from the records, not from variables.

The records are the same wherever the task stands: in the case itself, in a process it calls, in one that runs beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, and_, bindparam, select
from sqlalchemy.orm import Session, lazyload

from engine.gathered import Gathered
from engine.tables import UserTask
from processes import (
    candidates,
    cases,
    compensations,
    contacts,
    decision_records,
    dept_inputs,
    evidence,
    investigations,
    mediations,
    proposals,
    responsibilities,
    side_tasks,
    sla_rows,
    sla_standing,
    visits,
)
from processes.sla_standing import Standing
from processes.tables.cases import Approval, Compensation, Complaint, ContentAddition, Customer
from processes.tables.correspondence import Attachment, Contact, DecisionRecord
from processes.tables.investigation import Action, DepartmentInput, Investigation, Proposal, ResponsibilityShare, ReviewVote
from processes.tables.mediation import Mediation, MediationSession, Settlement
from processes.tables.payments import Payment
from processes.tables.supervision import Escalation, SlaClock
from processes.tables.visits import ReturnVisit, VisitAttempt

# what each form needs beside the complaint itself, in the order it is shown
_PARTS: Mapping[str, Sequence[str]] = {
    "ut_register": ("customer", "duplicate"),
    "ut_confirm_duplicate": ("duplicate",),
    "ut_confirm_inadmissible": ("decisions",),
    "ut_wait_customer_info": ("requested",),
    "ut_triage": ("decisions",),
    "ut_accept_case": ("decisions",),
    "ut_manager_engage": ("decisions", "finding"),
    "ut_crossdept_kickoff": ("decisions",),
    "ut_exec_sponsor": ("decisions", "finding", "proposal"),
    "ut_first_response": ("customer",),
    "ut_prelim_reply": ("finding", "proposal"),
    "ut_dept_input": ("question", "finding"),
    "ut_investigate": ("evidence", "questions", "requested", "finding"),
    "ut_determine_responsibility": ("finding", "questions"),
    "ut_propose_solution": ("finding", "shares", "proposal"),
    "ut_review_solution": ("proposal", "finding", "shares"),
    "ut_communicate_solution": ("proposal", "finding"),
    "ut_record_decision": ("proposal", "letters"),
    "ut_final_response": ("proposal", "finding", "mediation"),
    "ut_execute_action": ("action",),
    "ut_verify_execution": ("proposal", "actions", "payment"),
    "ut_result_feedback": ("finding", "proposal", "payment"),
    "ut_regulator_reply": ("finding", "proposal", "payment"),
    "ut_close_archive": ("finding", "proposal", "payment", "visit"),
    "ut_confirm_withdrawal": ("customer",),
    "ut_assess_evidence": ("evidence", "finding"),
    "ut_legal_opinion": ("finding", "proposal"),
    "ut_approve": ("finding",),
    "ut_sign_agreement": ("proposal", "payment"),
    "ut_collect_payee": ("customer", "payment"),
    "ut_finance_prepare": ("payment",),
    "ut_finance_release": ("payment",),
    "ut_fix_payment": ("payment",),
    "ut_query_payment": ("payment",),
    "ut_supervise": ("escalation", "finding", "proposal"),
    "ut_convene_meeting": ("escalation", "finding"),
    "ut_approve_extension": ("escalation",),
    "ut_offer_mediation": ("mediation", "proposal"),
    "ut_record_consent": ("mediation",),
    "ut_appoint_mediator": ("mediation",),
    "ut_prepare_session": ("mediation", "finding", "proposal"),
    "ut_hold_session": ("mediation", "proposal"),
    "ut_draft_agreement": ("mediation",),
    "ut_legal_check": ("mediation",),
    "ut_sign": ("mediation",),
    "ut_record_result": ("mediation",),
    "ut_refer_external": ("mediation",),
    "ut_visit_attempt": ("customer", "visit", "proposal"),
    "ut_followup_need": ("visit",),
    "ut_root_cause": ("finding", "shares"),
}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """The case as the doer of one task sees it; `parts` name, in order, what of it belongs to this task."""

    complaint: Complaint
    parts: Sequence[str]
    additions: Sequence[ContentAddition]
    clocks: Sequence[SlaClock]  # those that run
    deadlines: Sequence[Standing]  # the same, as they stand
    beside: Sequence[UserTask]
    escalation: Escalation | None  # the one that is open
    claim: Compensation | None  # the one this task decides about
    approvals: Sequence[Approval]  # what was said about it
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A proposal with what was said about it."""

    proposal: Proposal
    votes: Sequence[ReviewVote]


@dataclass(frozen=True, kw_only=True)
class Talks:
    """A mediation with its sessions and what they led to."""

    mediation: Mediation
    sessions: Sequence[MediationSession]
    settlement: Settlement | None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A return visit with its attempts."""

    visit: ReturnVisit
    attempts: Sequence[VisitAttempt]


@dataclass(frozen=True, kw_only=True)
class Money:
    """An approved claim with its last payment."""

    claim: Compensation
    payment: Payment | None


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The evidence of a case, and the types that have to be there."""

    attachments: Sequence[Attachment]
    wanted: Sequence[str]


_REFERENCE, _INSTANCE = bindparam("reference", type_=String()), bindparam("instance", type_=String())
_THIS = select(Complaint.id).where(Complaint.reference == _REFERENCE).scalar_subquery()
_CLAIM = select(Compensation.id).where(Compensation.instance_id == _INSTANCE)
_CASE = Gathered(
    {
        Complaint: Complaint.reference == _REFERENCE,
        ContentAddition: ContentAddition.complaint_id == _THIS,
        SlaClock: and_(SlaClock.complaint_id == _THIS, SlaClock.result == "running"),
        Escalation: and_(Escalation.complaint_id == _THIS, Escalation.state == "open"),
        UserTask: side_tasks.is_open(_REFERENCE, side_tasks.LISTENERS),
        Compensation: Compensation.instance_id == _INSTANCE,
        Approval: Approval.compensation_id.in_(_CLAIM),
    },
    lazyload(Compensation.complaint),
)


def of_task(session: Session, task: UserTask) -> Sight | None:
    """What this task shows; None when it belongs to no case. One statement, and those of its parts."""
    if task.business_key is None:
        return None
    case = _CASE.read(session, reference=task.business_key, instance=task.instance_id)
    complaint = next(iter(case.of(Complaint)), None)
    if complaint is None:
        return None
    parts = _PARTS.get(candidates.step_of(task), ())
    calendar, running = sla_rows.calendar(session), sorted(case.of(SlaClock), key=lambda one: (one.start, one.id))
    return Sight(
        complaint=complaint,
        parts=parts,
        additions=sorted(case.of(ContentAddition), key=lambda one: (one.at, one.id)),
        clocks=running,
        deadlines=[sla_standing.of_clock(calendar, row) for row in running],
        beside=sorted((one for one in case.of(UserTask) if one.id != task.id), key=lambda one: (one.created_at, one.id)),
        escalation=max(case.of(Escalation), key=lambda one: (one.opened_at, one.id), default=None),
        claim=next(iter(case.of(Compensation)), None),
        approvals=sorted(case.of(Approval), key=lambda one: (one.at, one.id)),
        found={part: _READ[part](session, complaint, task) for part in parts},
    )


def _decisions(session: Session, complaint: Complaint, task: UserTask) -> Sequence[DecisionRecord]:
    """What tables said so far, the last of each, in the order they were asked."""
    last = {one.decision: one for one in decision_records.of_case(session, complaint)}
    return list(last.values())


def _duplicate(session: Session, complaint: Complaint, task: UserTask) -> Complaint | None:
    return session.get(Complaint, complaint.duplicate_of) if complaint.duplicate_of else None


def _requested(session: Session, complaint: Complaint, task: UserTask) -> Investigation | None:
    return investigations.latest(session, complaint, finished=False)


def _question(session: Session, complaint: Complaint, task: UserTask) -> DepartmentInput | None:
    return dept_inputs.row_of(session, task.instance_id, candidates.role_of(task) or "")


def _questions(session: Session, complaint: Complaint, task: UserTask) -> Sequence[DepartmentInput]:
    mine = select(DepartmentInput).where(DepartmentInput.complaint_id == complaint.id)
    return session.scalars(mine.order_by(DepartmentInput.requested_at, DepartmentInput.id)).all()


def _evidence(session: Session, complaint: Complaint, task: UserTask) -> Proof:
    return Proof(attachments=evidence.of_case(session, complaint), wanted=evidence.mandatory(session, complaint))


def _solution(session: Session, complaint: Complaint, task: UserTask) -> Solution | None:
    proposal, votes = proposals.latest_with_votes(session, complaint)
    return Solution(proposal=proposal, votes=votes) if proposal is not None else None


def _actions(session: Session, complaint: Complaint, task: UserTask) -> Sequence[Action]:
    mine = select(Action).where(Action.complaint_id == complaint.id, Action.improvement_id.is_(None))
    return session.scalars(mine.order_by(Action.due, Action.id)).all()


def _action(session: Session, complaint: Complaint, task: UserTask) -> Action | None:
    item = task.item.get("value") if task.item else None
    return session.get(Action, item["id"]) if isinstance(item, dict) and "id" in item else None


def _money(session: Session, complaint: Complaint, task: UserTask) -> Money | None:
    claim = candidates.claim_of(session, task.instance_id) or compensations.latest_approved(session, complaint.id)
    if claim is None:
        return None
    mine = select(Payment).where(Payment.compensation_id == claim.id).order_by(Payment.attempt.desc())
    return Money(claim=claim, payment=session.scalar(mine.limit(1)))


def _talks(session: Session, complaint: Complaint, task: UserTask) -> Talks | None:
    mediation = mediations.latest(session, complaint)
    if mediation is None:
        return None
    settlement = mediations.settlement(session, mediation)
    return Talks(mediation=mediation, sessions=mediations.sessions(session, mediation), settlement=settlement)


def _escalation(session: Session, complaint: Complaint, task: UserTask) -> Escalation | None:
    mine = select(Escalation).where(Escalation.complaint_id == complaint.id, Escalation.instance_id == task.instance_id)
    return session.scalar(mine.order_by(Escalation.id.desc()).limit(1))


def _visit(session: Session, complaint: Complaint, task: UserTask) -> Visit | None:
    mine = select(ReturnVisit).where(ReturnVisit.complaint_id == complaint.id, ReturnVisit.instance_id == task.instance_id)
    visit = session.scalar(mine.limit(1)) or visits.latest(session, complaint)
    return Visit(visit=visit, attempts=visits.attempts(session, visit)) if visit is not None else None


def _customer(session: Session, complaint: Complaint, task: UserTask) -> Customer | None:
    return cases.customer_of(session, complaint)


def _finding(session: Session, complaint: Complaint, task: UserTask) -> Investigation | None:
    return investigations.latest(session, complaint)


def _shares(session: Session, complaint: Complaint, task: UserTask) -> Sequence[ResponsibilityShare]:
    return responsibilities.current(session, complaint)


def _letters(session: Session, complaint: Complaint, task: UserTask) -> Sequence[Contact]:
    return contacts.of_case(session, complaint)


_READ: Mapping[str, Callable[[Session, Complaint, UserTask], Any]] = {
    "customer": _customer,
    "decisions": _decisions,
    "duplicate": _duplicate,
    "requested": _requested,
    "question": _question,
    "questions": _questions,
    "evidence": _evidence,
    "finding": _finding,
    "shares": _shares,
    "proposal": _solution,
    "letters": _letters,
    "actions": _actions,
    "action": _action,
    "payment": _money,
    "mediation": _talks,
    "escalation": _escalation,
    "visit": _visit,
}
