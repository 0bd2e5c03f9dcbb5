"""Where instances stand, in drawn elements: open tasks, jobs, awaited messages and signals, called processes, incidents."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.signal_tables import SignalSubscription
from engine.tables import TASK_IS_OPEN, Incident, Job, MessageSubscription, ProcessInstance, UserTask

Kind = Literal["user_task", "timer", "service_task", "message", "signal", "called", "continue", "incident"]
_OF_JOBS: Mapping[str, Kind] = {"timer": "timer", "service_task": "service_task", "continue": "continue"}


@dataclass(frozen=True, kw_only=True)
class Token:
    """One place: the element, what is waited for there, and a word about it (assignee, topic, message, signal, called process).

    `due_at` of a job is its next try; without one its tries are used up, and it waits for somebody to repair it.
    """

    element_id: str
    kind: Kind
    label: str
    due_at: datetime | None = None
    id: str = ""


def of_instance(session: Session, instance_id: str) -> list[Token]:
    """Where one instance stands."""
    return of_instances(session, [instance_id])[instance_id]


def of_instances(session: Session, instance_ids: Collection[str]) -> dict[str, list[Token]]:
    """Where each of these instances stands, in as many statements as there are kinds of waiting."""
    found: dict[str, list[Token]] = {one: [] for one in instance_ids}
    if found:
        for instance_id, token in _all(session, instance_ids):
            found[instance_id].append(token)
    return found


def _all(session: Session, ids: Collection[str]) -> Iterator[tuple[str, Token]]:
    tasks = select(UserTask).where(UserTask.instance_id.in_(ids), TASK_IS_OPEN).order_by(UserTask.created_at, UserTask.id)
    for task in session.scalars(tasks):
        label = task.assignee or ""
        yield task.instance_id, Token(element_id=task.element_id, kind="user_task", label=label, due_at=task.due_at, id=task.id)
    called = select(ProcessInstance).where(ProcessInstance.parent_id.in_(ids), ProcessInstance.state.in_(("running", "suspended")))
    for run in session.scalars(called.order_by(ProcessInstance.started_at, ProcessInstance.id)):
        element, label = run.called_from or "", run.definition_key
        yield run.parent_id or "", Token(element_id=element, kind="called", label=label, id=run.id)
    jobs = select(Job).where(Job.instance_id.in_(ids), Job.kind.in_(_OF_JOBS)).order_by(Job.run_at, Job.id)
    for job in session.scalars(jobs):
        due_at = None if job.state == "failed" else job.run_at
        yield (
            job.instance_id or "",
            Token(element_id=job.element_id or "", kind=_OF_JOBS[job.kind], label=job.topic or "", due_at=due_at, id=job.id),
        )
    waiting = select(MessageSubscription).where(MessageSubscription.instance_id.in_(ids)).order_by(MessageSubscription.id)
    for one in session.scalars(waiting):
        yield one.instance_id, Token(element_id=one.element_id, kind="message", label=one.name, id=one.id)
    signals = select(SignalSubscription).where(SignalSubscription.instance_id.in_(ids)).order_by(SignalSubscription.id)
    for signal in session.scalars(signals):
        yield signal.instance_id, Token(element_id=signal.element_id, kind="signal", label=signal.name, id=signal.id)
    incidents = select(Incident).where(Incident.instance_id.in_(ids), Incident.state == "open").order_by(Incident.id)
    for incident in session.scalars(incidents):
        yield (
            incident.instance_id or "",
            Token(element_id=incident.element_id or "", kind="incident", label=incident.message, id=incident.id),
        )
