"""One step of one root instance: lock, load, act, mirror, save. Every writer of an instance comes through here."""

from collections.abc import Callable
from typing import Any, TypeVarTuple

from sqlalchemy import Select, bindparam, inspect, select, update
from sqlalchemy.orm import Session, undefer

from engine import clock, decision_instances, definitions, expression_functions, history, job_rows, prepared, wait_states
from engine.bpmn import execution as executions
from engine.bpmn.compiler import Specification
from engine.bpmn.execution import CalledRef, Context, Execution
from engine.database import connection_of
from engine.errors import Conflict, NotFound
from engine.extensions import SYSTEM, Actor, calendar_of
from engine.rows import insert_row, update_row
from engine.tables import ProcessDefinition, ProcessInstance, SearchAttribute

Rows = TypeVarTuple("Rows")
ENDED = ("completed", "terminated", "cancelled")


def lock(session: Session, root_id: str) -> ProcessInstance:
    """The root row, locked until the transaction ends (SQLite: the transaction is the only writer already)."""
    root: ProcessInstance | None = session.scalar(_ROOT, {"root": root_id})
    if root is None:
        raise NotFound(kind="process instance", id=root_id)
    return root


def locking(statement: Select[*Rows]) -> Select[*Rows]:
    """Read root rows for a step: locked, with their state, whatever this session read before."""
    return (
        statement.with_for_update(of=ProcessInstance).options(undefer(ProcessInstance.execution)).execution_options(populate_existing=True)
    )


_WITH_IT_END = update(SearchAttribute).where(SearchAttribute.instance_id == bindparam("root")).values(ended=True)
_ROOT = locking(select(ProcessInstance).where(ProcessInstance.id == bindparam("root")))


def begin(session: Session, root: ProcessInstance, variables: dict[str, object], *, actor: Actor = SYSTEM, at: str | None = None) -> None:
    """The first step, of a root that may not be stored yet. Raises ExecutionFailed; nothing was written then."""
    execution = executions.start(root.definition_id, variables, context(session), at=at)
    changes = _outcome(execution)
    if inspect(root).persistent:
        update_row(session, root, **changes)
    else:
        for name, value in changes.items():
            setattr(root, name, value)
        insert_row(session, root)
    _write(session, root, execution, actor=actor, fresh=True)


def take(
    session: Session,
    root: ProcessInstance,
    act: Callable[[Execution], object],
    *,
    actor: Actor = SYSTEM,
    execution: Execution | None = None,
) -> None:
    """Let `act` push the locked instance on. Raises ExecutionFailed; the caller rolls back and keeps what was submitted.

    `execution`: what `load` gave for this very revision of the root, when somebody looked into it before.
    """
    if root.state == "suspended":
        raise Conflict(reason="the instance is suspended")
    execution = execution or load(session, root)
    act(execution)
    update_row(session, root, **_outcome(execution), revision=root.revision + 1)
    _write(session, root, execution, actor=actor)


def load(session: Session, root: ProcessInstance) -> Execution:
    """What a locked instance stands at."""
    if root.state in ENDED or root.execution is None:
        raise Conflict(reason="the instance has ended")
    return executions.load(root.execution, context(session))


def data_of(session: Session, root_id: str, token_id: str) -> dict[str, object]:
    """The variables a waiting token sees: those of its own scope and of its own called process. Nothing is locked."""
    stored = select(ProcessInstance.execution).where(ProcessInstance.id == root_id)
    blob = session.scalar(stored)
    return {} if blob is None else executions.load(blob, context(session)).data(token_id)


def context(session: Session) -> Context:
    """What an execution asks of the outside: functions for expressions, and specifications of called processes."""

    def resolve(called: CalledRef) -> tuple[str, Specification]:
        definition = _called(session, called)
        return definition.id, definitions.specification(session, definition.id)

    return Context(
        functions=expression_functions.build(calendar_of(session)),
        resolve=resolve,
        specification=lambda definition_id: definitions.specification(session, definition_id),
    )


def _called(session: Session, called: CalledRef) -> ProcessDefinition:
    """Design 4a: the newest live version, the one deployed together with the caller, or a number."""
    if called.binding == "version":
        return definitions.version(session, called.key, int(called.version or 0))
    if called.binding == "deployment":
        caller = definitions.get(session, called.caller_definition_id)
        together = select(ProcessDefinition).where(
            ProcessDefinition.key == called.key, ProcessDefinition.deployment_id == caller.deployment_id
        )
        found = session.scalar(together)
        if found is not None:
            return found
    return definitions.live(session, called.key)


def _write(session: Session, root: ProcessInstance, execution: Execution, *, actor: Actor, fresh: bool = False) -> None:
    history.write(session, root, execution.passages())
    decision_instances.write(session, root, execution.decided())
    wait_states.mirror(session, root, execution, fresh=fresh)
    for sent in execution.sent():
        payload = {"name": sent.name, "correlation_key": sent.correlation_key or root.business_key, "payload": sent.payload}
        job_rows.add(session, "message", root=root, due_at=clock.now(), actor=actor, payload=payload, instance_id=root.id)
    if execution.state != "running":
        end_attributes(session, root)
    for name in execution.signals():
        job_rows.add(session, "signal", root=root, due_at=clock.now(), actor=actor, payload={"name": name}, instance_id=root.id)


def end_attributes(session: Session, root: ProcessInstance) -> None:
    """Lists of open tasks pass by those of an instance that has ended; also what a handler of this very step has set."""
    session.flush()  # what waits to be written is among them
    prepared.send(connection_of(session), _WITH_IT_END, {"root": root.id})


def _outcome(execution: Execution) -> dict[str, Any]:
    """What a step changes in the root row."""
    if execution.state == "running":
        return {"variables": execution.variables(), "execution": execution.dump()}
    ended = {"state": execution.state, "ended_at": clock.now(), "end_element_id": execution.end_element_id}
    return {"variables": execution.variables(), "execution": None, **ended}
