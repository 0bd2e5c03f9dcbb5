"""Writing job rows. What a job then does is `jobs.py`; when it is due, `scheduler.py`.

A row whose due time has come wakes the scheduler after the commit: `session.info["wake"]` is only a hint, the tick
reads the table anyway.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import isodate
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from engine import clock, incidents
from engine.bpmn.diagram import NO_RETRY, Element
from engine.bpmn.execution import Rest, ServiceTaskWait, TimerWait
from engine.database import new_id
from engine.errors import ExecutionFailed, RedressError
from engine.extensions import SYSTEM, Actor, of
from engine.rows import insert_rows
from engine.tables import Job, ProcessInstance

MOST_PASSED = 1_000  # the last elements before a failure that are kept with it
OF_TOKENS = ("timer", "service_task", "continue")  # jobs that go with the token they belong to
DEFAULT_RETRIES = ("PT10S", "PT1M", "PT5M")


def add(session: Session, kind: str, *, root: ProcessInstance | None, due_at: datetime, actor: Actor = SYSTEM, **columns: Any) -> Job:
    """One waiting job. `retries` is a sequence of ISO durations to wait before each retry."""
    job = Job(**_row(kind, root.id if root else None, due_at=due_at, actor=actor, **columns))
    session.add(job)
    if due_at <= clock.now():
        session.info["wake"] = True
    return job


def add_to_each(session: Session, kind: str, root_ids: Sequence[str], *, payload: dict[str, Any], retries: Sequence[str]) -> None:
    """One job for each of these root instances, all due now."""
    unset = dict.fromkeys(column.key for column in inspect(Job).column_attrs)
    now = clock.now()
    rows = [unset | _row(kind, id_, due_at=now, instance_id=id_, payload=payload, retries=retries) for id_ in root_ids]
    insert_rows(session, Job, rows)
    if rows:
        session.info["wake"] = True


def _row(kind: str, root_id: str | None, *, due_at: datetime, actor: Actor = SYSTEM, **columns: Any) -> dict[str, Any]:
    retries: Sequence[str] = columns.pop("retries", ())
    id_ = new_id()
    return {
        "id": id_,
        "kind": kind,
        "state": "waiting",
        "root_id": root_id,
        "key": id_,
        "due_at": due_at,
        "run_at": due_at,
        "retries": ",".join(retries),
        "retries_left": len(retries) + 1,
        "attempts": 0,
        "payload": {},
        "created_at": clock.now(),
        "created_by": actor.id,
        "revision": 1,
        **columns,
    }


def add_timer(session: Session, root: ProcessInstance, wait: TimerWait) -> Job:
    """A timer that waits in an instance."""
    return add(
        session,
        "timer",
        root=root,
        due_at=wait.due,
        instance_id=wait.scope_id or root.id,
        token_id=wait.token_id,
        element_id=wait.element_id,
        retries=DEFAULT_RETRIES[:1],
    )


def add_service_task(session: Session, root: ProcessInstance, wait: ServiceTaskWait, element: Element) -> Job:
    """A service task that waits for its handler; its key is the passage's token, stable over retries."""
    return add(
        session,
        "service_task",
        root=root,
        due_at=clock.now(),
        instance_id=wait.scope_id or root.id,
        token_id=wait.token_id,
        element_id=wait.element_id,
        topic=element.topic or element.id,  # a bare one is deployed only where every topic is served
        key=wait.token_id,
        retries=() if element.retries == NO_RETRY else element.retries or DEFAULT_RETRIES,
    )


def add_rest(session: Session, root: ProcessInstance, rest: Rest) -> Job:
    """What is left of a long way, to go on in a step of its own, at once: nobody else waits for the whole of it."""
    return add(
        session,
        "continue",
        root=root,
        due_at=clock.now(),
        instance_id=rest.scope_id or root.id,
        token_id=rest.token_id,
        element_id=rest.element_id,
        retries=DEFAULT_RETRIES[:1],
    )


def add_effect(
    session: Session,
    topic: str,
    payload: dict[str, Any],
    *,
    root: ProcessInstance | None = None,
    due_at: datetime | None = None,
    **columns: Any,
) -> Job:
    """Something to be told to the outside (mail, webhook) once this transaction is committed, or at `due_at`."""
    if topic not in of(session).handlers:
        raise ValueError(f"no handler for the topic '{topic}'")
    due_at = due_at or clock.now()
    return add(session, "effect", root=root, due_at=due_at, topic=topic, payload=payload, retries=DEFAULT_RETRIES, **columns)


def add_failed_step(
    session: Session, root: ProcessInstance, error: RedressError, *, actor: Actor, payload: dict[str, Any], **columns: Any
) -> Job:
    """A step that failed: the error and what was submitted are kept. A diagram does not heal by itself: an incident at once."""
    job = add(session, "retry", root=root, due_at=clock.now(), actor=actor, payload=payload, **columns)
    session.flush()  # the incident points at the row
    note_failure(session, job, error)
    return job


def remove(session: Session, root_id: str, tokens: Sequence[str], *, failed: Sequence[str]) -> None:
    """Delete the jobs of tokens that are not there any more, and resolve the incidents of those that had `failed`."""
    gone = (Job.root_id == root_id, Job.kind.in_(OF_TOKENS))
    if failed:
        incidents.resolve_of_jobs(session, select(Job.id).where(*gone, Job.token_id.in_(failed)), actor=SYSTEM)
    session.execute(delete(Job).where(*gone, Job.token_id.in_(tokens)))


def note_failure(session: Session, job: Job, error: BaseException) -> None:
    """Use up one retry: wait for the next, or open an incident when none is left."""
    job.attempts += 1
    job.error = incidents.describe(error)
    if isinstance(error, ExecutionFailed):
        job.payload = {**job.payload, "passed": _passed(error)}
    job.locked_by = job.lock_expires_at = None
    left = max(job.retries_left - 1, 0)
    set_retries(session, job, left, error=error)
    if left:
        waits = job.retries.split(",")
        job.run_at = clock.now() + _duration(waits[len(waits) - left])
        session.info["wake"] = session.info.get("wake") or job.run_at <= clock.now()


def _passed(error: ExecutionFailed) -> list[dict[str, Any]]:
    """The way the attempt took before it failed: rolled back with it, and the first thing to look at when it is repaired."""
    return [
        {"process": one.process_key, "element": one.element_id, "state": one.state, "from": one.started_at, "to": one.ended_at}
        for one in error.passed[-MOST_PASSED:]
    ]


def set_retries(session: Session, job: Job, left: int, *, error: BaseException | None = None, actor: Actor = SYSTEM) -> None:
    """House rule 6: at zero the job has failed and opens its incident; above, it waits again and the incident is resolved."""
    job.retries_left = left
    job.revision += 1
    if left == 0:
        job.state = "failed"
        incidents.open_(session, job, error)
    else:
        job.state = "waiting"
        incidents.resolve_of_job(session, job.id, actor=actor)


def _duration(text: str) -> timedelta:
    parsed: timedelta = isodate.parse_duration(text)
    return parsed


def remove_all(session: Session, root_id: str, *, actor: Actor) -> None:
    """Delete the jobs of an instance that was stopped, with their incidents: all but what it threw before and is on its way."""
    for job in session.scalars(select(Job).where(Job.root_id == root_id, Job.kind == "message")):
        if job.payload.get("claimed"):  # it came for whoever waits for it, and may go to somebody else
            job.root_id = job.instance_id = None
    session.flush()
    sent = select(Job).where(Job.root_id == root_id, Job.kind.in_(("message", "signal")), Job.state != "failed")
    gone = (Job.root_id == root_id, Job.id.not_in([job.id for job in session.scalars(sent) if _is_thrown(job)]))
    incidents.resolve_of_jobs(session, select(Job.id).where(*gone), actor=actor)
    session.execute(delete(Job).where(*gone))


def _is_thrown(job: Job) -> bool:
    """A message or signal of this instance, and not one it is to get."""
    return "message_id" not in job.payload and not job.payload.get("heard")
