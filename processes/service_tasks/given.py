"""What handlers of a case are given, read with a sentence about what is missing."""

from typing import Any

from sqlalchemy.orm import Session

from engine import instances
from engine.errors import HandlerFailed
from engine.extensions import ServiceTask
from engine.tables import ProcessInstance
from processes import cases, complaints
from processes.tables.cases import Complaint


def complaint(session: Session, task: ServiceTask) -> Complaint:
    """The case of the instance."""
    return cases.get(session, str(variable(task, "complaint_id")))


def variable(task: ServiceTask, name: str) -> Any:
    """A variable the handler needs: the diagram has to set it before."""
    if task.variables.get(name) is None:
        raise HandlerFailed(
            topic=task.topic, reason=f"the variable '{name}' has no value; a decision table or form before {task.element_id} has to set it"
        )
    return task.variables[name]


def listed(session: Session, task: ServiceTask, case: Complaint) -> None:
    """Bring the search attributes of the instance up to date: lists of tasks show level, customer and status by them."""
    root = session.get(ProcessInstance, task.root_id) if task.root_id else None
    if root is not None and root.revision > 1:
        instances.set_attributes(session, root, **complaints.attributes(case))
