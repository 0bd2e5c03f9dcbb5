"""Who may do a task, and if not, why: one order of refusals for lists, buttons and the act itself.

Conflict of interest, four eyes, then role; then the state of the task (409), and only then its data (422).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import definitions
from engine.database import connection_of
from engine.errors import (
    CompletionPending,
    ConflictOfInterest,
    FinishedYourself,
    FourEyes,
    Lent,
    NotCandidate,
    RedressError,
    Refused,
    Reviewer,
    TaskClaimed,
    TaskClosed,
)
from engine.extensions import Actor, of
from engine.tables import UserTask, UserTaskCandidate

_DONE_BEFORE = (
    select(UserTask.name, UserTask.name_zh)
    .where(
        UserTask.root_id == bindparam("root"),
        UserTask.element_id.in_(bindparam("elements", expanding=True)),
        UserTask.state == "completed",
        UserTask.completed_by == bindparam("account"),
        UserTask.id != bindparam("task"),
    )
    .limit(1)
)
VERBS = ("claim", "unclaim", "assign", "delegate", "return", "follow_up", "complete", "save_draft", "withdraw")


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done to a task; when it is not allowed, the code and the sentence why, and who can."""

    name: str
    allowed: bool
    code: str | None = None
    reason: str | None = None
    who_can: Sequence[str] = ()
    error: RedressError | None = None


def actions(session: Session, task: UserTask, *, actor: Actor) -> list[Action]:
    """Every action on a task with whether this person may do it now."""
    right = person_refusal(session, task, actor=actor)
    return [_action(name, right or _cannot(session, task, name, actor=actor), task) for name in VERBS]


def _action(name: str, refusal: RedressError | None, task: UserTask) -> Action:
    if refusal is None:
        return Action(name=name, allowed=True)
    return Action(name=name, allowed=False, code=refusal.code, reason=str(refusal), who_can=refusal.who_can, error=refusal)


def demand(session: Session, task: UserTask, verb: str, *, actor: Actor) -> None:
    """Raise the refusal, if there is one."""
    refusal = person_refusal(session, task, actor=actor) or _cannot(session, task, verb, actor=actor)
    if refusal is not None:
        raise refusal


def _cannot(session: Session, task: UserTask, verb: str, *, actor: Actor) -> RedressError | None:
    """The state of the task, then that of the case as the product sees it."""
    refusal = state_refusal(task, verb, actor=actor)
    if refusal is not None or verb != "complete" or not task.form_key:
        return refusal
    rules = of(session).forms.get(task.form_key)
    return rules.guard(session, task, actor) if rules is not None and rules.guard is not None else None


def person_refusal(session: Session, task: UserTask, *, actor: Actor) -> RedressError | None:
    """Why this person may not do this task, whatever its state."""
    excluded = exclusion(task, actor=actor)
    if excluded is not None:
        return excluded
    done = _done_before(session, task, actor)
    groups = group_names(task) or [row.name for row in task.candidates if row.kind == "user"]
    if done is not None:
        return FourEyes(**done, who_can=groups)
    if actor.id in (task.assignee, task.owner) or may_work(task.candidates, actor):
        return None
    return NotCandidate(groups=", ".join(groups) or "nobody", missing=groups, who_can=groups)


def exclusion(task: UserTask, *, actor: Actor) -> RedressError | None:
    """Why this person may not do this task by name."""
    for row in task.candidates:
        if row.kind == "excluded" and row.name == actor.id:
            if row.code == FourEyes.code:
                return FourEyes(other="another part of this", who_can=group_names(task))
            if row.code == Reviewer.code:
                return Reviewer(who_can=group_names(task))
            return ConflictOfInterest(who_can=group_names(task))
    return None


def ruled_out(session: Session, task: UserTask) -> set[str]:
    """The accounts that may not do it, whoever gives it to them: by name, or for what they did in this case (redress:fourEyes)."""
    return {row.name for row in task.candidates if row.kind == "excluded"} | did_the_other_part(session, task)


def did_the_other_part(session: Session, task: UserTask) -> set[str]:
    """Who completed a task of this case that rules them out of this one (redress:fourEyes)."""
    element = definitions.diagram(session, task.definition_id).elements.get(task.element_id)
    if element is None or not element.four_eyes:
        return set()
    done = select(UserTask.completed_by).where(
        UserTask.root_id == task.root_id, UserTask.element_id.in_(element.four_eyes), UserTask.state == "completed"
    )
    return {account for account in session.scalars(done) if account is not None}


def may_work(candidates: Sequence[UserTaskCandidate], actor: Actor) -> bool:
    """Is this person among those a task is offered to?"""
    return any((row.kind == "user" and row.name == actor.id) or (row.kind == "group" and row.name in actor.groups) for row in candidates)


def group_names(task: UserTask) -> list[str]:
    """The groups a task is offered to."""
    return [row.name for row in task.candidates if row.kind == "group"]


def _done_before(session: Session, task: UserTask, actor: Actor) -> dict[str, Any] | None:
    """The names of a task of this case that rules this person out (redress:fourEyes), as `FourEyes` takes them."""
    element = definitions.diagram(session, task.definition_id).elements.get(task.element_id)
    if element is None or not element.four_eyes:
        return None
    asked = {"root": task.root_id, "elements": element.four_eyes, "account": actor.id, "task": task.id}
    found = connection_of(session).execute(_DONE_BEFORE, asked).first()
    return None if found is None else {"other": found.name, "other_zh": found.name_zh or found.name}


def state_refusal(task: UserTask, verb: str, *, actor: Actor) -> RedressError | None:
    """Why this cannot be done to the task as it stands."""
    if task.state != "open":
        when = task.ended_at.isoformat(timespec="seconds") if task.ended_at else ""
        if task.completed_by == actor.id:
            return FinishedYourself(when=when)
        return TaskClosed(who=task.completed_by or "the process", when=when)
    if task.pending_job_id is not None and verb not in ("withdraw", "save_draft"):
        return CompletionPending(who=task.pending_by, when=task.pending_at.isoformat(timespec="seconds") if task.pending_at else "")
    if verb == "withdraw" and (task.pending_job_id is None or task.pending_by != actor.id):
        return Refused(reason="there is no submission of yours that waits for repair")
    if verb in ("unclaim", "delegate") and task.assignee != actor.id:
        return Refused(reason="the task is not assigned to you")
    if verb == "return" and (task.owner is None or actor.id not in (task.assignee, task.owner)):
        return Refused(reason="the task was not given to you or by you for a piece of work")
    if verb in ("unclaim", "delegate", "complete") and task.owner is not None and task.assignee == actor.id:
        return Lent(who=task.owner, who_can=[task.owner])
    if verb in ("claim", "complete") and task.assignee not in (None, actor.id):
        return TaskClaimed(
            who=task.assignee, when=task.claimed_at.isoformat(timespec="seconds") if task.claimed_at else "", who_can=[task.assignee]
        )
    return None
