"""The same act on many tasks: each in a unit of work of its own, so that one refusal costs the others nothing, and what became of
each. Nobody waits behind a hundred of them: between two the write lock is free."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import user_tasks
from engine.database import Database, unit_of_work
from engine.errors import Conflict, RedressError
from engine.extensions import Actor

AT_ONCE = 100


class NeedsItsForm(Conflict):
    """This task has a form: open it and fill it in."""

    code = "NEEDS_ITS_FORM"


class StepFailed(Conflict):
    """Your answer is kept, but the step after it failed; operations have been told."""

    code = "STEP_FAILED"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one task; without an error it was done."""

    task_id: str
    error: RedressError | None = None


def claim(database: Database, ids: Iterable[str], *, actor: Actor) -> list[Outcome]:
    """Take them."""

    def act(session: Session, task_id: str) -> None:
        user_tasks.claim(session, task_id, actor=actor)

    return _each(database, ids, act)


def assign(database: Database, ids: Iterable[str], *, assignee: Actor, actor: Actor, reason: str | None = None) -> list[Outcome]:
    """Give them to somebody. That `actor` may assign at all is checked by the caller's permissions."""

    def act(session: Session, task_id: str) -> None:
        user_tasks.assign(session, task_id, assignee=assignee, actor=actor, reason=reason)

    return _each(database, ids, act)


def complete(database: Database, ids: Iterable[str], *, actor: Actor) -> list[Outcome]:
    """Finish those that have no form: what a form asks is answered task by task."""
    return _each(database, ids, lambda session, task_id: _complete(session, task_id, actor))


def _complete(session: Session, task_id: str, actor: Actor) -> RedressError | None:
    if user_tasks.get(session, task_id, actor=actor).form_key:
        raise NeedsItsForm()
    done = user_tasks.complete(session, task_id, values={}, actor=actor)
    return StepFailed() if done.job is not None else None  # told, not raised: what was sent is kept


def _each(database: Database, ids: Iterable[str], act: Callable[[Session, str], RedressError | None]) -> list[Outcome]:
    return [_one(database, task_id, act) for task_id in dict.fromkeys(ids)]


def _one(database: Database, task_id: str, act: Callable[[Session, str], RedressError | None]) -> Outcome:
    try:
        with unit_of_work(database) as session:
            return Outcome(task_id=task_id, error=act(session, task_id))
    except RedressError as error:
        return Outcome(task_id=task_id, error=error)
