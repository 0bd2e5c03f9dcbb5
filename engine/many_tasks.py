"""The same act on many tasks: each in a unit of work of its own, so that one refusal costs the others nothing, and what became of
each. Nobody waits behind a hundred of them: between two the write lock is free."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import definitions, form_drafts, task_priority, user_tasks
from engine.database import Database, unit_of_work
from engine.errors import Conflict, RedressError
from engine.extensions import Actor, Values
from engine.form_schema import Form
from engine.tables import UserTask

AT_ONCE = 100
SMALL = 6  # fields of a form that is answered once for many tasks


class NeedsItsForm(Conflict):
    """This task has a form: open it and fill it in."""

    code = "NEEDS_ITS_FORM"


class AsksSomethingElse(Conflict):
    """This task has another form than the one that was filled in: open it and fill in its own."""

    code = "ASKS_SOMETHING_ELSE"


class TypedBefore(Conflict):
    """You have typed something else into the form of this task: open it, so that nothing is lost."""

    code = "TYPED_BEFORE"


class StepFailed(Conflict):
    """Your answer is kept, but the step after it failed; operations have been told."""

    code = "STEP_FAILED"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one task; without an error it was done."""

    task_id: str
    error: RedressError | None = None

    @property
    def reasons(self) -> list[str]:
        """Why it was not done: what is wrong with each field, or the one sentence of the refusal."""
        if self.error is None:
            return []
        return [one.message for one in self.error.problems] or [str(self.error)]


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


def prioritise(database: Database, ids: Iterable[str], *, priority: int, actor: Actor, reason: str | None = None) -> list[Outcome]:
    """Say how pressing they are. That `actor` may decide it at all is checked by the caller's permissions."""

    def act(session: Session, task_id: str) -> None:
        task_priority.prioritise(session, task_id, priority=priority, actor=actor, reason=reason)

    return _each(database, ids, act)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is filled in once, for each of the tasks that have this form."""

    form_key: str
    values: Values


def complete(database: Database, ids: Iterable[str], *, actor: Actor, answer: Answer | None = None) -> list[Outcome]:
    """Finish those that ask for nothing; with an `answer`, those that have its form. Each is checked as if it were sent alone."""

    def act(session: Session, task_id: str) -> RedressError | None:
        task = user_tasks.get(session, task_id, actor=actor)
        values = _values(session, task, answer)
        _demand_untouched(session, task, values, actor=actor)
        done = user_tasks.complete(session, task_id, values=values, actor=actor)
        return StepFailed() if done.job is not None else None  # told, not raised: what was sent is kept

    return _each(database, ids, act)


def common_form(session: Session, tasks: Sequence[UserTask]) -> Form | None:
    """The form that all of them have, in the same words, when it is small enough to be filled in once for all and asks for anything."""
    kinds = {(task.definition_id, task.form_key) for task in tasks}
    forms = [definitions.parsed_form(session, definition_id, key) for definition_id, key in kinds if key]
    if len({key for _, key in kinds}) != 1 or not forms or any(form != forms[0] for form in forms):
        return None
    asked = [one for one in forms[0].fields if not one.read_only]
    small = len(asked) <= SMALL and all(one.type != "dynamiclist" for one in asked)
    return forms[0] if small and not forms[0].asks_nothing else None


def _values(session: Session, task: UserTask, answer: Answer | None) -> Values:
    if answer is None:
        if task.form_key and not definitions.parsed_form(session, task.definition_id, task.form_key).asks_nothing:
            raise NeedsItsForm()
        return {}
    if task.form_key != answer.form_key:
        raise AsksSomethingElse()
    return answer.values


def _demand_untouched(session: Session, task: UserTask, values: Values, *, actor: Actor) -> None:
    """What the person typed into this one is not sent over."""
    typed = form_drafts.get(session, task.id, actor=actor)
    if typed is not None and task.pending_job_id is None and typed.values not in ({}, values):
        raise TypedBefore()


def _each(database: Database, ids: Iterable[str], act: Callable[[Session, str], RedressError | None]) -> list[Outcome]:
    return [_one(database, task_id, act) for task_id in dict.fromkeys(ids)]


def _one(database: Database, task_id: str, act: Callable[[Session, str], RedressError | None]) -> Outcome:
    try:
        with unit_of_work(database) as session:
            return Outcome(task_id=task_id, error=act(session, task_id))
    except RedressError as error:
        return Outcome(task_id=task_id, error=error)
