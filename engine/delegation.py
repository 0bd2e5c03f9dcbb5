"""Giving a task to somebody for a piece of work, and getting it back.

The owner stays responsible: while the task is lent, its assignee works on it and keeps drafts but cannot complete it; given back
with a note, it is the owner's again, who completes it. (CMMN and WS-HumanTask call it delegation; the words here are theirs.)
"""

from sqlalchemy.orm import Session

from engine import form_drafts, task_rights, user_tasks
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import UserTask

LONGEST_NOTE = 2000


def delegate(session: Session, task_id: str, *, to: Actor, actor: Actor, note: str | None = None) -> UserTask:
    """Lend a task of one's own. Invalid when it is lent to oneself; refused like an assignment otherwise."""
    task = user_tasks.locked(session, task_id)
    task_rights.demand(session, task, "delegate", actor=actor)
    if to.id == actor.id:
        raise _invalid("delegate", "The task is yours already: choose somebody else.")
    user_tasks.must_be_able(session, task, to)
    user_tasks.give(session, task, to.id, actor=actor, kind="delegate", reason=note, owner=actor.id)
    return task


def give_back(session: Session, task_id: str, *, actor: Actor, note: str | None = None) -> UserTask:
    """The delegate gives it back, saying what was done; or the owner takes it back. What the delegate typed into the form is
    the owner's draft now, unless the owner has one."""
    task = user_tasks.locked(session, task_id)
    task_rights.demand(session, task, "return", actor=actor)
    owner, delegate_ = task.owner, task.assignee
    if actor.id == delegate_ and not (note or "").strip():
        raise _invalid("note", "Say in a sentence what you did, so that the task can go on.")
    _hand_over_draft(session, task)
    user_tasks.give(session, task, owner, actor=actor, kind="return" if actor.id == delegate_ else "recall", reason=note)
    return task


def _hand_over_draft(session: Session, task: UserTask) -> None:
    owner, delegate_ = Actor(id=task.owner or ""), Actor(id=task.assignee or "")
    typed = form_drafts.get(session, task.id, actor=delegate_)
    if typed is not None and form_drafts.get(session, task.id, actor=owner) is None:
        form_drafts.keep(session, task.id, values=typed.values, actor=owner)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(problems=[Problem(code="INVALID", message=message, pointer=f"/{field}")])
