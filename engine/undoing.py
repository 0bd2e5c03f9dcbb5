"""Taking back what was just done to a task by hand: claimed, given back, assigned, lent, returned.

Honest only while nothing came after it: the task still has the revision that the operation left behind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import operations, task_rights, user_tasks
from engine.errors import HolderRuledOut, NotReversible, Refused
from engine.extensions import Actor
from engine.tables import Operation, UserTask

REVERSIBLE = ("claim", "unclaim", "assign", "delegate", "return", "recall")


def undo(session: Session, task_id: str, *, actor: Actor, revision: int) -> UserTask:
    """Reverse the operation that led to this revision. NotReversible unless it was the person's own, and the last."""
    task = user_tasks.locked(session, task_id)
    latest = last(session, task_id)
    if (
        latest is None
        or latest.by != actor.id
        or task.revision != revision
        or latest.details.get("revision") != revision
        or task.state != "open"
    ):
        raise NotReversible()
    refusal = task_rights.exclusion(task, actor=actor)
    if refusal is not None:
        raise refusal
    _restore(session, task, latest.details)
    operations.record(session, "undo", actor=actor, subject=task, root_id=task.root_id, undone=latest.kind, operation=latest.id)
    return task


def was_last(session: Session, task_id: str, *, actor: Actor) -> bool:
    """Whether this person did the last thing that was done to it by hand."""
    latest = last(session, task_id)
    return latest is not None and latest.by == actor.id


def _restore(session: Session, task: UserTask, before: Mapping[str, Any]) -> None:
    holder, owner, since = before["before"], before["owner_before"], before["since"]
    if holder is not None:
        _must_still_be_able(session, task, holder)
    if owner in task_rights.ruled_out(session, task):  # lent, it would come back to somebody who may not do it any more
        raise HolderRuledOut(who=owner)
    task.assignee, task.owner = holder, owner
    task.claimed_at = datetime.fromisoformat(since) if since else None
    task.revision += 1


def _must_still_be_able(session: Session, task: UserTask, holder: str) -> None:
    """Meanwhile the case may concern the former holder, who may have done the other part, or have gone away."""
    try:
        user_tasks.must_be_able(session, task, Actor(id=holder, name=holder))
    except Refused as error:  # its sentence speaks to the person it is about
        raise HolderRuledOut(who=holder) from error


def last(session: Session, task_id: str) -> Operation | None:
    """The last thing that was done to it by hand."""
    mine = select(Operation).where(Operation.subject_id == task_id, Operation.kind.in_(REVERSIBLE))
    return session.scalar(mine.order_by(Operation.at.desc(), Operation.id.desc()).limit(1))
