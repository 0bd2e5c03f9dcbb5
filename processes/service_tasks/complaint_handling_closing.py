"""Complaint handling, last part: closing, withdrawal, a court that takes over (processes.md 2.5, DMN-14)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, closing, contacts, decision_records, notifications, sla
from processes.service_tasks import given


def handlers() -> Sequence[Handler]:
    """The topics of the end."""
    return (
        Handler(topic="complaint.begin_closing", kind="record", record=begin_closing),
        Handler(topic="complaint.retention_inputs", kind="record", record=retention_inputs),
        Handler(topic="complaint.archive", kind="record", record=archive),
        Handler(topic="complaint.withdraw", kind="record", record=withdraw),
        Handler(topic="complaint.close_withdrawn", kind="letter", record=close_withdrawn),
        Handler(topic="complaint.stop_for_proceeding", kind="record", record=stop_for_proceeding),
        Handler(topic="complaint.close_referred", kind="record", record=close_referred),
    )


def begin_closing(session: Session, task: ServiceTask) -> Values:
    """Nothing is open with the customer any more."""
    complaint = given.complaint(session, task)
    cases.set_status(session, complaint, "CLOSING")
    sla.start(session, complaint, "C-CLOSE")
    given.listed(session, task, complaint)
    return {}


def retention_inputs(session: Session, task: ServiceTask) -> Values:
    """What DMN-14 asks."""
    return closing.retention_inputs(given.complaint(session, task))


def archive(session: Session, task: ServiceTask) -> Values:
    """The case is a file now."""
    complaint, retention = given.complaint(session, task), given.variable(task, "retention")
    inputs = {name: task.variables.get(name) for name in ("level", "legal_file", "injury")}
    decision_records.note(session, complaint, task, closing.TABLE, inputs=inputs, result=retention)
    closing.archive(session, complaint, retention)
    given.listed(session, task, complaint)
    return {}


def withdraw(session: Session, task: ServiceTask) -> Values:
    """The customer withdraws: the procedure ended when the message came; a team lead makes sure that it was a free decision."""
    complaint = given.complaint(session, task)
    sla.cancel_all(session, complaint)
    complaint.procedure_ended_at = complaint.procedure_ended_at or clock.now()
    notifications.notify(session, complaint, template="N-CASE", key=task.key, roles=["team_lead"], event="withdrawn")
    return {}


def close_withdrawn(session: Session, task: ServiceTask) -> Values:
    """T-WITHDRAWN, and the end."""
    complaint = given.complaint(session, task)
    contacts.send(session, complaint, "T-WITHDRAWN", key=task.key)
    complaint.close_code = "CLOSED_WITHDRAWN"
    closing.archive(session, complaint)
    given.listed(session, task, complaint)
    return {}


def stop_for_proceeding(session: Session, task: ServiceTask) -> Values:
    """A court or an arbitration decides now: nothing of the case may be lost until it has."""
    complaint = given.complaint(session, task)
    sla.cancel_all(session, complaint)
    complaint.procedure_ended_at = complaint.procedure_ended_at or clock.now()
    complaint.in_legal_proceeding = complaint.legal_hold = True
    return {}


def close_referred(session: Session, task: ServiceTask) -> Values:
    """The matter is with the court."""
    complaint = given.complaint(session, task)
    complaint.close_code = "CLOSED_REFERRED_EXTERNAL"
    closing.archive(session, complaint)
    given.listed(session, task, complaint)
    return {}
