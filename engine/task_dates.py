"""When somebody wants to look at a task again: its follow-up. It changes nothing about when the task is due."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine import clock, operations, task_rights, user_tasks
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import UserTask


def follow_up(session: Session, task_id: str, *, at: datetime | None, actor: Actor) -> UserTask:
    """Set it to an aware instant to come, or take it away (None)."""
    task = user_tasks.locked(session, task_id)
    task_rights.demand(session, task, "follow_up", actor=actor)
    if at is not None and at <= clock.now():
        message = "A follow-up lies in the future: choose a later day."
        raise Invalid(problems=[Problem(code="INVALID", message=message, pointer="/at")])
    if at != task.follow_up_at:
        before, task.follow_up_at = task.follow_up_at, at
        task.revision += 1
        told = {name: value.isoformat() if value else None for name, value in (("before", before), ("after", at))}
        operations.record(session, "follow_up", actor=actor, subject=task, root_id=task.root_id, element=task.element_id, **told)
    return task
