"""How pressing a task is beside its due time: what the diagram said, until somebody decides otherwise by hand."""

from sqlalchemy.orm import Session

from engine import operations, task_rights, user_tasks
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import UserTask

HIGHEST = 100


def prioritise(session: Session, task_id: str, *, priority: int, actor: Actor, reason: str | None = None) -> UserTask:
    """Give an open task this priority, 0 to 100. That `actor` may decide it at all is checked by the caller's permissions."""
    task = user_tasks.locked(session, task_id)
    refusal = task_rights.exclusion(task, actor=actor) or task_rights.state_refusal(task, "assign", actor=actor)
    if refusal is not None:
        raise refusal
    if not 0 <= priority <= HIGHEST:
        message = f"A priority is a whole number from 0 to {HIGHEST}."
        raise Invalid(problems=[Problem(code="INVALID", message=message, pointer="/priority")])
    if priority != task.priority:
        told = {"before": task.priority, "after": priority, "element": task.element_id}
        task.priority = priority
        task.revision += 1
        operations.record(session, "prioritise", actor=actor, subject=task, root_id=task.root_id, reason=reason, **told)
    return task
