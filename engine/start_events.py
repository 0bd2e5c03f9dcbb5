"""What starts the live version of a process by itself: messages, signals and timers at its start events.

The timers are `start` jobs of the definition, armed when it is deployed. A new version takes over those it still has, with
their due times, and ends the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, expression_functions, incidents, job_rows
from engine.bpmn.spec_starts import Start, first_due
from engine.bpmn.timers import Timer
from engine.errors import InvalidDeployment, Problem
from engine.extensions import SYSTEM, calendar_of
from engine.tables import Job, ProcessDefinition

Plain = dict[str, Any]


def plain(starts: Sequence[Start]) -> list[Plain]:
    """As the definition keeps them."""
    return [asdict(one) for one in starts]


def waiting_for(session: Session, event: str, name: str) -> Iterator[tuple[ProcessDefinition, str]]:
    """(definition, start event) of every live process that a message or signal of this name starts, by key."""
    live = select(ProcessDefinition).where(ProcessDefinition.live).order_by(ProcessDefinition.key)
    for definition in session.scalars(live):
        for start in definition.starts:
            if start["event"] == event and start["text"] == name:
                yield definition, start["node"]
                break  # one instance, however many start events of it listen


def start_by_signal(session: Session, name: str) -> None:
    """Let every process that waits for a signal be started."""
    for definition, node in waiting_for(session, "signal", name):
        payload = {"key": definition.key, "version": definition.version, "at": node, "variables": {}}
        job_rows.add(session, "start", root=None, due_at=clock.now(), definition_id=definition.id, payload=payload)


def arm(session: Session, definition: ProcessDefinition, before: ProcessDefinition | None) -> None:
    """Make the timers of a new live version wait, and those of the one before it end."""
    same_process = select(ProcessDefinition.id).where(ProcessDefinition.key == definition.key)
    timers = select(Job).where(Job.kind == "start", Job.definition_id.in_(same_process), Job.element_id.is_not(None))
    session.scalars(timers.with_for_update()).all()  # one that is firing leaves the next one of its cycle: that is there afterwards
    found = session.scalars(timers.with_for_update().execution_options(populate_existing=True))
    waiting = {(job.element_id, job.payload["text"]): job for job in found}
    known = {(start["element_id"], start["text"]) for start in before.starts} if before is not None else set()
    for start in definition.starts:
        if start["event"] == "timer":
            place = (start["element_id"], start["text"])
            _arm(session, definition, start, taken_over=waiting.pop(place, None), known=place in known)
    incidents.resolve_of_jobs(session, select(Job.id).where(Job.id.in_([job.id for job in waiting.values()])), actor=SYSTEM)
    for job in waiting.values():
        session.delete(job)


def _arm(session: Session, definition: ProcessDefinition, start: Plain, *, taken_over: Job | None, known: bool) -> None:
    timer = _timer(session, definition, start)
    if taken_over is not None and not start["text"].startswith("P"):  # a duration counts from the deployment
        taken_over.definition_id = definition.id
        taken_over.payload = {**taken_over.payload, "version": definition.version, "at": start["node"]}
        taken_over.revision += 1
        return
    if taken_over is not None:
        session.delete(taken_over)
    if taken_over is not None or not known or timer.due > clock.now():  # what has fired for the version before does not again
        _wait(session, definition.id, start["element_id"], timer, _payload(definition, start, timer))


def _timer(session: Session, definition: ProcessDefinition, start: Plain) -> Timer:
    functions = expression_functions.build(calendar_of(session))
    try:
        return first_due(start["text"], functions)
    except ValueError as error:
        message = f"The timer that starts the process gives no time: {error}"
        where = {"file": definition.resource_name, "element": start["element_id"], "rule": "process_starts"}
        raise InvalidDeployment(problems=[Problem(code="INVALID_DIAGRAM", message=message, **where)]) from error


def _payload(definition: ProcessDefinition, start: Plain, timer: Timer) -> Plain:
    return {
        "key": definition.key,
        "version": definition.version,
        "at": start["node"],
        "text": start["text"],
        "missed": start.get("missed"),
        "variables": {},
        "left": timer.left,
        "period": timer.period,
    }


def _wait(session: Session, definition_id: str | None, element_id: str | None, timer: Timer, payload: Plain) -> None:
    retries = job_rows.DEFAULT_RETRIES[:1]
    job_rows.add(
        session,
        "start",
        root=None,
        due_at=timer.due,
        definition_id=definition_id,
        element_id=element_id,
        payload={**payload, "left": timer.left},
        retries=retries,
    )


def wait_again(session: Session, job: Job) -> None:
    """After a timer has started an instance: the next time of a cycle. Times that were missed are made up for by one start, or
    each by one of its own (`redress:missed`)."""
    if job.payload.get("period") is None:
        return
    payload = dict(job.payload)
    nominal = payload.pop("nominal", None)  # of a time that was moved
    fired = Timer(due=datetime.fromisoformat(nominal) if nominal else job.due_at, left=job.payload["left"], period=job.payload["period"])
    following = fired.next() if job.payload.get("missed") == "all" else fired.next_after(clock.now())
    if following is not None:
        _wait(session, job.definition_id, job.element_id, following, payload)
