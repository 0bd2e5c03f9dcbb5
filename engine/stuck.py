"""Why an instance does not move: one function for each reason, each with the action that would help.

Codes are those of processes.md 2.10. The sentences are templates with `{names}`: message ids for the translations.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine import jobs, lonely_tasks
from engine.tables import Incident, Job, MessageSubscription, ProcessInstance, SignalSubscription, UserTask
from engine.task_rights import group_names

OVERDUE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """One instance that does not move. `reason.format(**details)` is the sentence; `help` names the action that helps."""

    instance: ProcessInstance
    code: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    since: datetime
    element_id: str | None = None
    job_id: str | None = None
    incident_id: str | None = None
    user_task_id: str | None = None
    help: Literal["retry", "assign"] | None = None

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return self.reason.format(**self.details)


def find(session: Session, *, limit: int = 200) -> list[Stuck]:
    """Every instance that does not move, longest first; at most `limit` of each reason."""
    found = [one for reason in REASONS for one in reason(session, limit)]
    return sorted(found, key=lambda one: one.since)[:limit]


def _instances(session: Session, ids: Iterable[str | None]) -> dict[str, ProcessInstance]:
    wanted = {id_ for id_ in ids if id_ is not None}
    return {row.id: row for row in session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(wanted)))}


def incidents(session: Session, limit: int) -> list[Stuck]:
    """STUCK-INCIDENT: a job used up its retries."""
    rows = session.scalars(
        select(Incident).where(Incident.state == "open", Incident.instance_id.is_not(None)).order_by(Incident.opened_at).limit(limit)
    ).all()
    found = _instances(session, (row.instance_id for row in rows))
    return [
        Stuck(
            instance=found[row.instance_id or ""],
            code="STUCK-INCIDENT",
            reason="{message}",
            details={"message": row.message, "code": row.code},
            since=row.opened_at,
            element_id=row.element_id,
            job_id=row.job_id,
            incident_id=row.id,
            help="retry",
        )
        for row in rows
    ]


def overdue_jobs(session: Session, limit: int) -> list[Stuck]:
    """STUCK-TIMER: a timer or job is due and nobody runs it."""
    rows = [row for row in jobs.overdue(session, by=OVERDUE_AFTER, limit=limit) if row.instance_id is not None]
    found = _instances(session, (row.instance_id for row in rows))
    return [
        Stuck(
            instance=found[row.instance_id or ""],
            code="STUCK-TIMER",
            reason="The {kind} was due and has not run: is the scheduler or a worker down?",
            details={"kind": row.kind.replace("_", " ")},
            since=row.run_at,
            element_id=row.element_id,
            job_id=row.id,
            help="retry",
        )
        for row in rows
    ]


def nobody_may_do_it(session: Session, limit: int) -> list[Stuck]:
    """STUCK-ASSIGNEE: everybody the task is offered or assigned to is gone or excluded."""
    lonely = lonely_tasks.find(session, limit=limit)
    found = _instances(session, (task.instance_id for task in lonely))
    return [_lonely(task, found[task.instance_id]) for task in lonely]


def _lonely(task: UserTask, instance: ProcessInstance) -> Stuck:
    groups = group_names(task)
    if task.assignee is not None:
        reason, details = "{task} is assigned to {who}, who is not active any more.", {"task": task.name, "who": task.assignee}
    elif groups:
        reason, details = (
            "Nobody may do {task}: nobody active and free of conflicts is in {groups}.",
            {"task": task.name, "groups": ", ".join(groups)},
        )
    else:
        reason, details = "Nobody may do {task}: it is offered to nobody.", {"task": task.name}
    return Stuck(
        instance=instance,
        code="STUCK-ASSIGNEE",
        reason=reason,
        details=details,
        since=task.created_at,
        element_id=task.element_id,
        user_task_id=task.id,
        help="assign",
    )


def no_token(session: Session, limit: int) -> list[Stuck]:
    """STUCK-NO-TOKEN: running, and nothing is waited for (a dead join)."""
    statement = (
        select(ProcessInstance)
        .where(
            ProcessInstance.state == "running",
            ProcessInstance.parent_id.is_(None),
            ~exists().where(UserTask.root_id == ProcessInstance.id, UserTask.state == "open"),
            ~exists().where(Job.root_id == ProcessInstance.id),
            ~exists().where(MessageSubscription.root_id == ProcessInstance.id),
            ~exists().where(SignalSubscription.root_id == ProcessInstance.id),
        )
        .order_by(ProcessInstance.started_at)
        .limit(limit)
    )
    return [
        Stuck(
            instance=row,
            code="STUCK-NO-TOKEN",
            reason="Nothing is waited for and it has not ended: two branches never meet.",
            since=row.started_at,
        )
        for row in session.scalars(statement)
    ]


REASONS: Sequence[Callable[[Session, int], list[Stuck]]] = (incidents, overdue_jobs, nobody_may_do_it, no_token)
