"""The service tasks of improvement_action (processes.md P8)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes.service_tasks import given
from processes.tables.supervision import ImprovementAction

LOWEST_LEVEL = 1  # of a matter that has no case


def handlers() -> Sequence[Handler]:
    """A handler per topic."""
    return (
        Handler(topic="improvement.open", kind="record", record=open_),
        Handler(topic="improvement.record_cause", kind="record", record=record_cause),
    )


def open_(session: Session, task: ServiceTask) -> Values:
    """Write down where the improvement comes from and how serious the matter is."""
    complaint = given.complaint(session, task) if task.variables.get("complaint_id") else None
    level = task.variables.get("level") or (complaint.level if complaint is not None else LOWEST_LEVEL)
    row = ImprovementAction(
        id=new_id(),
        complaint_id=complaint.id if complaint is not None else None,
        complaints=[complaint.id] if complaint is not None else [],
        instance_id=task.instance_id,
        source=str(task.variables.get("source") or "case"),
        title=task.variables.get("title") or (complaint.capa_title if complaint is not None else None),
        level=int(level),
        opened_at=clock.now(),
        state="open",
    )
    session.add(row)
    return {"improvement_id": row.id, "source": row.source, "level": row.level}


def record_cause(session: Session, task: ServiceTask) -> Values:
    """The cause is known; what is changed is planned from here."""
    row = session.get(ImprovementAction, str(given.variable(task, "improvement_id")))
    if row is None or row.root_cause is None:
        raise HandlerFailed(topic=task.topic, reason="no root cause is on record; ut_root_cause asks for it")
    row.state = "analysed"
    return {}
