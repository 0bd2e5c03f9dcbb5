"""Jobs: running one, repairing one, finding them. Rows are written by `job_rows.py`."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from engine import clock, incidents, instances, job_rows, messages, operations, service_tasks, signals, start_events, steps, user_tasks
from engine.bpmn.execution import Execution
from engine.database import Database, unit_of_work
from engine.errors import Conflict, ExecutionFailed, NotFound, NotUnique, RedressError
from engine.extensions import SYSTEM, Actor
from engine.paging import Listing, Page, Query, page
from engine.tables import Job, Message

log = logging.getLogger("redress.jobs")

LISTING = Listing(
    fields={
        "kind": Job.kind,
        "state": Job.state,
        "topic": Job.topic,
        "root_id": Job.root_id,
        "instance_id": Job.instance_id,
        "element_id": Job.element_id,
        "due_at": Job.due_at,
    },
    sorts={"run_at": Job.run_at, "due_at": Job.due_at},
    id=Job.id,
    default_sort="run_at",
    attributes_of=Job.root_id,
)
_JOBS = select(Job)


def run(database: Database, job_id: str) -> None:
    """Run one job, whoever asks and however often: what is done already, or not due, is left alone."""
    attempt: int | None = None
    try:
        with unit_of_work(database) as session:
            job = _locked(session, job_id)
            if job is None or not _runnable(job):
                return
            attempt = job.attempts
            call = _begin(session, job)
        if call is not None:
            answer = service_tasks.call(call)
            with unit_of_work(database) as session:
                _finish(session, job_id, answer)
    except Exception as error:  # house rule 7: whatever a handler or a diagram does, the job keeps it and others go on
        if not isinstance(error, RedressError):
            log.exception("job %s failed", job_id)
        with unit_of_work(database) as session:
            _failed(session, job_id, error, attempt)


def _begin(session: Session, job: Job) -> service_tasks.Call | None:
    if job.kind in CALLS:
        call = service_tasks.begin(session, job)
        if call is not None:
            return call
    else:
        _RUNNERS[job.kind](session, job)
    _done(session, job)
    return None


def _finish(session: Session, job_id: str, answer: service_tasks.Answer) -> None:
    job = _locked(session, job_id)
    # A lost race is normal: the passage was interrupted meanwhile, or another owner took over an expired lock.
    if job is None or job.locked_by != service_tasks.OWNER:
        return
    service_tasks.finish(session, job, answer)
    _done(session, job)


def _locked(session: Session, job_id: str) -> Job | None:
    """The job row, after its root: one order of locks for every writer."""
    root_id = session.scalar(select(Job.root_id).where(Job.id == job_id))
    if root_id is not None:
        steps.lock(session, root_id)
    return session.scalar(select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True))


def _runnable(job: Job) -> bool:
    if job.state == "running":
        return job.lock_expires_at is not None and job.lock_expires_at <= clock.elapsed()
    return job.state in ("waiting", "dispatched") and job.run_at <= clock.now()


def _done(session: Session, job: Job) -> None:
    if job.attempts or job.error:
        incidents.resolve_of_job(session, job.id)
    if job not in session.deleted and not inspect(job).deleted:  # a timer's row went before its step
        session.delete(job)


def _failed(session: Session, job_id: str, error: Exception, attempt: int | None) -> None:
    receiver = error.receiver if isinstance(error, ExecutionFailed) else None
    if receiver is not None:
        steps.lock(session, receiver[0])
    job = _locked(session, job_id)
    if job is not None and attempt not in (None, job.attempts):
        return  # somebody else ran it while we rolled back, and noted the same failure
    if job is not None and (job.state != "running" or job.locked_by == service_tasks.OWNER):
        if receiver is not None and job.root_id is None:  # seen there from now on, and repaired there
            job.root_id, job.instance_id = receiver
            job.payload = {**job.payload, "claimed": True}
        job_rows.note_failure(session, job, error)


def _fire_timer(session: Session, job: Job) -> None:
    token = job.token_id or ""
    _instead_of(session, job, lambda execution: execution.fire_timer(token))


def _go_on(session: Session, job: Job) -> None:
    _instead_of(session, job, lambda execution: execution.go_on())


def _instead_of(session: Session, job: Job, act: Callable[[Execution], None]) -> None:
    """The row goes before the step: the next due time of a cycle, and what is left of a long way, are new ones."""
    root = steps.lock(session, job.root_id or "")
    session.delete(job)
    session.flush()
    steps.take(session, root, act)


def _deliver(session: Session, job: Job) -> None:
    message = session.get(Message, job.payload["message_id"]) if "message_id" in job.payload else messages.sent_by_instance(session, job)
    if message is None or message.state == "delivered" or "message_id" not in job.payload:
        return  # thrown by an instance: stored above, delivered by a job of its own
    # A job of an instance holds its lock and takes no second one. The order is: root, then message; somebody may have been faster.
    waiting = messages.subscription(session, message, root_id=job.root_id)
    root = steps.lock(session, waiting.root_id) if waiting is not None else None
    session.refresh(message, with_for_update=True)
    if waiting is None and job.payload.get("claimed") and message.state == "waiting":
        messages.offer_again(session, message)  # who failed to take it waits no more: somebody else may
        return
    if message.state == "delivered" or (waiting is None and job.root_id is not None):
        return
    if waiting is None or root is None:
        _start_by_message(session, message)
        return
    token, payload = waiting.token_id, message.payload
    message.state, message.delivered_at, message.instance_id = "delivered", clock.now(), waiting.instance_id
    receiver = (root.id, waiting.instance_id)
    try:
        steps.take(session, root, lambda execution: execution.receive_message(token, payload))
    except ExecutionFailed as failure:
        failure.receiver = receiver
        raise


def _start_by_message(session: Session, message: Message) -> None:
    """Nobody waits for it: it starts the process that has it as start event, else it is kept until somebody waits."""
    started = next(start_events.waiting_for(session, "message", message.name), None)
    if started is None:
        return
    definition, at = started  # the first by key, if there are several: one message, one receiver
    sender, key = Actor(id=message.sent_by), message.correlation_key
    instance = instances.start(session, definition.key, variables=message.payload, actor=sender, business_key=key, at=at)
    message.state, message.delivered_at, message.instance_id = "delivered", clock.now(), instance.id


def _start(session: Session, job: Job) -> None:
    given = job.payload
    with suppress(NotUnique):  # somebody was faster: a lost race is normal, what was wanted is there
        instances.start(
            session,
            given["key"],
            variables=given["variables"],
            actor=SYSTEM,
            business_key=given.get("business_key"),
            unique=given.get("unique"),
            attributes=given.get("attributes"),
            version=given.get("version"),
            at=given.get("at"),
        )
    start_events.wait_again(session, job)


def _repeat_step(session: Session, job: Job) -> None:
    root = steps.lock(session, job.root_id or "")
    if job.payload["action"] == "start":
        steps.begin(session, root, job.payload["variables"], at=job.payload.get("at"))
        return
    by = Actor(id=job.payload["by"])
    task = user_tasks.get(session, job.token_id or "", actor=SYSTEM)
    user_tasks.advance(session, task, root, job.payload["values"], actor=by)


_RUNNERS: dict[str, Callable[[Session, Job], None]] = {
    "timer": _fire_timer,
    "continue": _go_on,
    "message": _deliver,
    "signal": signals.run,
    "start": _start,
    "retry": _repeat_step,
}
STEPS = frozenset(_RUNNERS)  # run inside one transaction of their root instance
CALLS = frozenset({"service_task", "effect"})  # may talk to the outside and take long


def prolong_locks(session: Session, job_ids: Sequence[str]) -> None:
    """The heartbeat of calls to the outside that take long."""
    mine = update(Job).where(Job.id.in_(job_ids), Job.state == "running", Job.locked_by == service_tasks.OWNER)
    session.execute(mine.values(lock_expires_at=clock.elapsed() + service_tasks.LOCK))


def get(session: Session, job_id: str) -> Job:
    """One job."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(kind="job", id=job_id)
    return job


def search(session: Session, query: Query) -> Page[Job]:
    """Jobs, the next due first."""
    return page(session, _JOBS, query, listing=LISTING)


def retry(session: Session, job_id: str, *, actor: Actor, reason: str) -> Job:
    """Give a failed job one more try, at once."""
    job = _existing(session, job_id)
    if job.state == "running":
        raise Conflict(reason="the job is being done right now")
    job_rows.set_retries(session, job, 1, actor=actor)
    job.run_at = clock.now()
    session.info["wake"] = True
    operations.record(
        session, "retry", actor=actor, subject=job, root_id=job.root_id, reason=reason, element=job.element_id, error=job.error
    )
    return job


def reschedule(session: Session, job_id: str, *, due_at: datetime, actor: Actor, reason: str) -> Job:
    """Move the due time of a timer: the row is the truth about it, the execution is not touched."""
    job = _existing(session, job_id)
    if job.kind not in ("timer", "start"):
        raise Conflict(reason=f"a {job.kind} job has no due time of its own")
    before, job.due_at, job.run_at = job.due_at, due_at, due_at
    if job.payload.get("period") is not None:  # the following times of a cycle stay where they are
        job.payload = {"nominal": before.isoformat()} | job.payload
    job.revision += 1
    session.info["wake"] = session.info.get("wake") or due_at <= clock.now()
    what = {"before": before, "after": due_at, "element": job.element_id}
    operations.record(session, "reschedule", actor=actor, subject=job, root_id=job.root_id, reason=reason, **what)
    return job


def move(session: Session, job_id: str, *, due_at: datetime) -> None:
    """Move a waiting timer because what it waits for has moved: one UPDATE without a lock and without an entry in the audit.

    Who calls says in a table of its own why. What is already being fired is left alone.
    """
    waiting = update(Job).where(Job.id == job_id, Job.kind == "timer", Job.state.in_(("waiting", "dispatched")))
    session.execute(waiting.values(due_at=due_at, run_at=due_at, revision=Job.revision + 1))
    session.info["wake"] = session.info.get("wake") or due_at <= clock.now()


def fire(session: Session, job_id: str, *, actor: Actor, reason: str) -> Job:
    """Let a timer fire now."""
    return reschedule(session, job_id, due_at=clock.now(), actor=actor, reason=reason)


def run_overdue(session: Session, job_id: str, *, actor: Actor, reason: str) -> Job:
    """Write down that somebody lets an overdue job run by hand; `run` then does it, whoever should have."""
    job = _existing(session, job_id)
    if job.state not in ("waiting", "dispatched") or job.run_at > clock.now():
        raise Conflict(reason="the job is not overdue any more")
    operations.record(session, "fire", actor=actor, subject=job, root_id=job.root_id, reason=reason, element=job.element_id, due=job.run_at)
    return job


def _existing(session: Session, job_id: str) -> Job:
    job = _locked(session, job_id)
    if job is None:
        raise NotFound(kind="job", id=job_id)
    return job
