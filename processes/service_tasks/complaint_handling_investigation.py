"""Complaint handling, third part: investigation and responsibility (processes.md 2.5)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import cases, decision_records, investigations, responsibilities, sla
from processes.service_tasks import given

UNFOUNDED = "unfounded"  # nobody answers for what did not happen


def handlers() -> Sequence[Handler]:
    """The topics of investigation."""
    return (
        Handler(topic="complaint.begin_investigation", kind="record", record=begin_investigation),
        Handler(topic="complaint.share_to_owner", kind="record", record=share_to_owner),
        Handler(topic="complaint.begin_determination", kind="record", record=begin_determination),
    )


def begin_investigation(session: Session, task: ServiceTask) -> Values:
    """Open the investigation with its checklist; a rework takes up what came in since."""
    complaint = given.complaint(session, task)
    checklist = given.variable(task, "evidence_checklist")
    decision_records.note(session, complaint, task, "evidence_checklist", inputs={"category": complaint.category}, result=checklist)
    sla.resume(session, complaint, "WAITING_CUSTOMER_DECISION")
    sla.start(session, complaint, "C-INVEST")
    complaint.evidence_pending = False
    cases.set_status(session, complaint, investigations.status(session, complaint))
    given.listed(session, task, complaint)
    return {"evidence_pending": False}


def share_to_owner(session: Session, task: ServiceTask) -> Values:
    """Nobody else was asked and nobody else is named: the department of the case answers for all of it."""
    complaint = given.complaint(session, task)
    if complaint.owner_department is not None and complaint.founded != UNFOUNDED:
        responsibilities.decide(session, complaint, {complaint.owner_department: 100}, source="auto")
    return {}


def begin_determination(session: Session, task: ServiceTask) -> Values:
    """Somebody has to say who answers for what."""
    complaint = given.complaint(session, task)
    cases.set_status(session, complaint, "DETERMINING")
    given.listed(session, task, complaint)
    return {}
