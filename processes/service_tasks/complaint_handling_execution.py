"""Complaint handling, sixth part: carrying out what was agreed, the result, the visit, a second handling (processes.md 2.5)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import cases, compensations, contacts, event_escalations, notifications, outcomes, proposals, reopening, sla, visits
from processes.service_tasks import given
from processes.tables.cases import Compensation, Complaint
from processes.tables.investigation import Action

AUTHORITY_KEEPS = frozenset({"CN-12315"})  # its window ends with the authority's notice, not with our resolution
PAYABLE = frozenset({"approved", "partly_paid"})


def handlers() -> Sequence[Handler]:
    """The topics of execution."""
    return (
        Handler(topic="complaint.begin_execution", kind="record", record=begin_execution),
        Handler(topic="complaint.action_overdue", kind="record", record=action_overdue),
        Handler(topic="complaint.resolved", kind="record", record=resolved),
        Handler(topic="complaint.take_visit", kind="record", record=take_visit),
        Handler(topic="complaint.reopen", kind="record", record=reopen),
    )


def begin_execution(session: Session, task: ServiceTask) -> Values:
    """Everybody who has something to do gets a task; money goes out when some was approved."""
    complaint = given.complaint(session, task)
    actions = proposals.open_actions(session, complaint)
    notifications.notify(session, complaint, template="N-CASE", key=task.key, accounts=[one.owner for one in actions], event="action")
    claim = _claim(session, complaint)
    cases.set_status(session, complaint, "EXECUTING")
    given.listed(session, task, complaint)
    return {
        "actions": [_item(one) for one in actions],
        "pay": claim is not None,
        "compensation_id": claim.id if claim is not None else None,
    }


def _item(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "type": action.type,
        "owner": action.owner,
        "department": action.department,
        "due": action.due.isoformat(),
    }


def _claim(session: Session, complaint: Complaint) -> Compensation | None:
    """The approved money of this handling that is still to be paid."""
    claim = compensations.latest_approved(session, complaint.id)
    if claim is None or claim.state not in PAYABLE or claim.method not in outcomes.MONEY:
        return None
    return claim if complaint.reopened_at is None or claim.created_at >= complaint.reopened_at else None


def action_overdue(session: Session, task: ServiceTask) -> Values:
    """An action was not done in time."""
    complaint = given.complaint(session, task)
    action = session.get(Action, given.variable(task, "action")["id"])
    if action is not None and action.state == "open":
        action.overdue = True
        event_escalations.start(session, complaint, "department_refusal", note=f"{action.type}: {action.owner}")
    return {}


def resolved(session: Session, task: ServiceTask) -> Values:
    """The promise of the resolution is kept; the customer hears of the result within a day."""
    complaint = given.complaint(session, task)
    complaint.outcome_code = outcomes.code(session, complaint)
    sla.stop(session, complaint, sla.RESOLVE)
    if complaint.profile not in AUTHORITY_KEEPS:
        sla.stop(session, complaint, "C-REG")
    sla.start(session, complaint, "C-FEEDBACK")
    cases.resolve(session, complaint)
    given.listed(session, task, complaint)
    return {"visit_type": "complaint", "visit_no": 1}


def take_visit(session: Session, task: ServiceTask) -> Values:
    """What the customer said afterwards, from the record of the visit."""
    complaint = given.complaint(session, task)
    visit = visits.latest(session, complaint, visit_type="complaint")
    pending = visits.settlement_pending(session, complaint)
    if pending:
        cases.set_status(session, complaint, "RETURN_VISIT")
    return {
        "visit_objection": visit is not None and reopening.wanted(session, complaint, visit),
        "reopen_count": complaint.reopen_count,
        "settlement_visit_pending": pending,
    }


def reopen(session: Session, task: ServiceTask) -> Values:
    """Handle the case a second time: higher, by somebody else, with new deadlines."""
    complaint = given.complaint(session, task)
    reopening.reopen(session, complaint)
    contacts.send(session, complaint, "T-REOPEN", key=task.key)
    if complaint.case_owner is not None:
        notifications.notify(session, complaint, template="N-CASE", key=task.key, accounts=[complaint.case_owner], event="reopened")
    given.listed(session, task, complaint)
    return {"level": complaint.level, "reopen_count": complaint.reopen_count, "negotiation_round": 0, "resolved_on_contact": False}
