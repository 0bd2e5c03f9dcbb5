"""Service tasks and effects: calling the handler of a topic.

A `record` handler runs inside the step's transaction. An `outside` handler is called between two transactions: the
first claims the job, the second takes the step with its result. It may be called again with the same key after a crash.
"""

import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from engine import clock, instances, steps
from engine.bpmn.execution import Execution
from engine.errors import HandlerFailed
from engine.extensions import BpmnError, Handler, ServiceTask, Values, of
from engine.tables import Job, ProcessInstance

LOCK = timedelta(seconds=60)
OWNER = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A claimed job whose handler is to be called outside of any transaction."""

    job_id: str
    handler: Handler
    task: ServiceTask


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the handler gave: variables, or a BPMN error it wants thrown."""

    variables: Values
    error: BpmnError | None = None


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """The execution a handler is given its data from; the step behind it goes on with the same one."""

    execution: Execution
    revision: int


def begin(session: Session, job: Job) -> Call | None:
    """Do a `record` handler's work at once; claim the job for an `outside` one and say what to call."""
    handler = of(session).handlers.get(job.topic or "")
    if handler is None:
        raise HandlerFailed(topic=job.topic, reason="there is no handler for this topic")
    root = instances.get(session, job.root_id) if job.root_id is not None else None
    seen = _Seen(execution=steps.load(session, root), revision=root.revision) if root is not None and job.kind == "service_task" else None
    task = _given(job, root, seen)
    if handler.record is not None:
        finish(session, job, _answer(handler, session, task), seen=seen)
        return None
    if handler.prepare is not None:
        task = replace(task, variables=task.variables | handler.prepare(session, task))
    job.state, job.locked_by, job.lock_expires_at = "running", OWNER, clock.elapsed() + LOCK
    return Call(job_id=job.id, handler=handler, task=task)


def _given(job: Job, root: ProcessInstance | None, seen: _Seen | None) -> ServiceTask:
    variables: Values = seen.execution.data(job.token_id or "") if seen is not None else dict(job.payload)
    return ServiceTask(
        key=job.key,
        topic=job.topic or "",
        element_id=job.element_id or "",
        instance_id=job.instance_id or "",
        root_id=job.root_id or "",
        business_key=root.business_key if root is not None else None,
        variables=variables,
        attempt=job.attempts + 1,
    )


def _answer(handler: Handler, session: Session, task: ServiceTask) -> Answer:
    assert handler.record is not None
    try:
        return Answer(variables=handler.record(session, task))
    except BpmnError as error:
        return Answer(variables={}, error=error)


def call(claimed: Call) -> Answer:
    """Call the outside; no transaction is open."""
    assert claimed.handler.outside is not None
    try:
        return Answer(variables=claimed.handler.outside(claimed.task))
    except BpmnError as error:
        return Answer(variables={}, error=error)


def finish(session: Session, job: Job, answer: Answer, *, seen: _Seen | None = None) -> None:
    """Take the step behind the handler; an effect has none."""
    if job.kind == "effect" or job.root_id is None:
        if answer.error is not None:
            raise HandlerFailed(topic=job.topic, reason=str(answer.error)) from answer.error
        return
    token = job.token_id or ""
    error = answer.error

    def act(execution: Execution) -> None:
        if error is None:
            execution.finish_service_task(token, answer.variables)
        elif not execution.throw_error(token, error.code, str(error)):
            raise HandlerFailed(topic=job.topic, reason=f"nothing catches the error {error.code}: {error}") from error

    root = steps.lock(session, job.root_id)
    fresh = seen is not None and seen.revision == root.revision  # a handler may have taken a step of its own
    steps.take(session, root, act, execution=seen.execution if seen is not None and fresh else None)
