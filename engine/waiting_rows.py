"""The rows that say what an instance waits for, by kind and token: those there are, and those there should be."""

from collections.abc import Iterable

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, bindparam, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from engine import job_rows, prepared
from engine.bpmn.execution import Waits
from engine.database import connection_of
from engine.signal_tables import SignalSubscription
from engine.tables import TASK_IS_OPEN, Job, MessageSubscription, UserTask


def _rows(*about: ColumnElement[bool]) -> CompoundSelect[str, str | None, str]:
    """The rows of a root as kind, token and state; `about`: of which tokens, for tasks, jobs, messages and signals."""
    task, job, message, signal = about or (true(),) * 4
    root: BindParameter[str] = bindparam("root")
    return union_all(
        select(literal("user_task"), UserTask.id, UserTask.state).where(UserTask.root_id == root, TASK_IS_OPEN, task),
        select(Job.kind, Job.token_id, Job.state).where(Job.root_id == root, or_(*(Job.kind == kind for kind in job_rows.OF_TOKENS)), job),
        select(literal("message"), MessageSubscription.token_id, literal("")).where(MessageSubscription.root_id == root, message),
        select(literal("signal"), SignalSubscription.token_id, literal("")).where(SignalSubscription.root_id == root, signal),
    )


_TOKENS = (UserTask.id, Job.token_id, MessageSubscription.token_id, SignalSubscription.token_id)
_EXISTING = _rows()
_EXISTING_ABOUT = _rows(*(column.in_(bindparam("about", expanding=True)) for column in _TOKENS))


def existing(session: Session, root_id: str, about: frozenset[str] | None) -> dict[tuple[str, str], str]:
    """The rows there are, as kind and token, with their state; of ten thousand that sleep nobody asks."""
    session.flush()  # the statement below does not go through the ORM
    connection = connection_of(session)
    found: Iterable[tuple[str, str | None, str]]
    if about is None:
        found = prepared.ask(connection, _EXISTING, root=root_id)
    else:
        found = connection.execute(_EXISTING_ABOUT, {"root": root_id, "about": sorted(about)})
    return {(kind, token or ""): state for kind, token, state in found}


def wanted(waits: Waits) -> set[tuple[str, str]]:
    """The rows there should be, as kind and token."""
    return (
        {("user_task", wait.token_id) for wait in waits.user_tasks}
        | {("timer", wait.token_id) for wait in waits.timers}
        | {("service_task", wait.token_id) for wait in waits.service_tasks}
        | {("message", wait.token_id) for wait in waits.messages}
        | {("signal", wait.token_id) for wait in waits.signals}
        | {("continue", rest.token_id) for rest in waits.rest}
    )
