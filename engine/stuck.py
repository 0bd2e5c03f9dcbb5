"""Why an instance does not move: one function for each reason, each with the action that would help.

Codes are those of processes.md 2.10, in order of urgency; the thresholds come from the product (`Extensions.thresholds`).
A look is a few reads of an index, however much is open. The sentences are templates with `{names}`: message ids for the
translations.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from engine import clock, lonely_look
from engine.errors import Invalid, Problem
from engine.extensions import of
from engine.paging import DEFAULT_LIMIT, MAX_LIMIT, Listing, Page, Query, page
from engine.tables import TASK_IS_OPEN, Incident, Job, ProcessDefinition, ProcessInstance, UserTask
from engine.task_rights import group_names

Help = Literal["retry", "assign", "fire"]
COUNTED = 1000  # more than this of one reason are "more than 1,000": nobody needs the exact number every second


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """Something that does not move. `reason.format(**details)` is the sentence; `help` names the action that helps.

    What was to start an instance and could not has no instance: then `process` and `reference` say what it was about.
    """

    instance: ProcessInstance | None
    process: str | None
    reference: str | None
    code: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    since: datetime
    element_id: str | None = None
    job_id: str | None = None
    incident_id: str | None = None
    user_task_id: str | None = None
    help: Help | None = None

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return self.reason.format(**self.details)

    @property
    def root_id(self) -> str | None:
        """The root instance, if there is one."""
        return self.instance.root_id if self.instance is not None else None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """The rows one reason is seen in, by `since`; `tell` makes a few of them into sentences."""

    rows: Select[Any]
    since: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[str]
    tell: Callable[[Session, Sequence[Any]], list[Stuck]]


def find(session: Session) -> Sequence[Stuck]:
    """What does not move, the first of it: for those who expect little."""
    return search(session, limit=MAX_LIMIT).items


def search(
    session: Session, *, codes: Collection[str] = (), process: str | None = None, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Stuck]:
    """What does not move (for one of `codes`; in instances of `process`): by reason, within one the longest first."""
    wanted = [code for code in REASONS if not codes or code in codes]
    at, inner = _read_cursor(cursor, wanted)
    found: list[Stuck] = []
    for code in wanted[at:]:
        reason = REASONS[code](session, process)
        part = page(session, reason.rows, Query(cursor=inner, limit=max(limit - len(found), 1)), listing=_listing(reason))
        if part.items and len(found) == limit:
            return Page(items=found, next=f"{code}.", limit=limit)
        found.extend(reason.tell(session, part.items))
        if part.next is not None:
            return Page(items=found, next=f"{code}.{part.next}", limit=limit)
        inner = None
    return Page(items=found, next=None, limit=limit)


def counts(session: Session, *, process: str | None = None) -> dict[str, int]:
    """How many there are of each reason, at most one more than COUNTED."""
    reasons = {code: reason_of(session, process) for code, reason_of in REASONS.items()}
    some = {code: one.rows.options().with_only_columns(one.id).limit(COUNTED + 1).subquery() for code, one in reasons.items()}
    counted = select(*(select(func.count()).select_from(one).scalar_subquery().label(code) for code, one in some.items()))
    return dict(session.execute(counted).mappings().one())


def _listing(reason: Reason) -> Listing:
    return Listing(fields={}, sorts={"since": reason.since}, id=reason.id, default_sort="since")


def _read_cursor(cursor: str | None, codes: Sequence[str]) -> tuple[int, str | None]:
    """A cursor is the reason the next page begins with, and where in it."""
    if not cursor:
        return 0, None
    code, _, inner = cursor.partition(".")
    if code not in codes:
        raise Invalid(problems=[Problem(code="QUERY", message="This cursor was not made by this list.", pointer="/cursor")])
    return codes.index(code), inner or None


def incidents(session: Session, process: str | None) -> Reason:
    """STUCK-INCIDENT: a job used up its retries."""
    rows = select(Incident).where(Incident.state == "open", *_in_process(process, Incident.instance_id, Incident.root_id))
    return Reason(rows=rows, since=Incident.opened_at, id=Incident.id, tell=_tell_incidents)


def _tell_incidents(session: Session, rows: Sequence[Incident]) -> list[Stuck]:
    found = _instances(session, (row.instance_id or row.root_id for row in rows))
    without = [row.job_id for row in rows if row.root_id is None]
    jobs = {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(without)))} if without else {}
    return [
        Stuck(
            **_about(found.get(row.instance_id or row.root_id or ""), jobs.get(row.job_id or "")),
            code="STUCK-INCIDENT",
            reason="{message}",
            details={"message": row.message, "code": row.code},
            since=row.opened_at,
            element_id=row.element_id,
            job_id=row.job_id,
            incident_id=row.id,
            help="retry" if row.job_id else None,
        )
        for row in rows
    ]


def overdue_jobs(session: Session, process: str | None) -> Reason:
    """STUCK-TIMER: a timer or job is due and nobody runs it."""
    late = Job.run_at < clock.now() - of(session).thresholds.overdue
    rows = select(Job).where(Job.state.in_(("waiting", "dispatched")), late, *_in_process(process, Job.instance_id, Job.root_id))
    return Reason(rows=rows, since=Job.run_at, id=Job.id, tell=_tell_overdue)


def _tell_overdue(session: Session, rows: Sequence[Job]) -> list[Stuck]:
    found = _instances(session, (row.instance_id or row.root_id for row in rows))
    return [
        Stuck(
            **_about(found.get(row.instance_id or row.root_id or ""), row),
            code="STUCK-TIMER",
            reason="The {kind} was due and has not run: is the scheduler or a worker down?",
            details={"kind": row.kind.replace("_", " ")},
            since=row.run_at,
            element_id=row.element_id,
            job_id=row.id,
            help="fire",
        )
        for row in rows
    ]


def no_token(session: Session, process: str | None) -> Reason:
    """STUCK-NO-TOKEN: running, and nothing is waited for (a dead join); the mirror says since when."""
    rows = select(ProcessInstance).where(ProcessInstance.stalled_at.is_not(None))
    if process is not None:
        rows = rows.where(ProcessInstance.definition_key == process)
    return Reason(rows=rows, since=ProcessInstance.stalled_at, id=ProcessInstance.id, tell=_tell_stalled)


def _tell_stalled(session: Session, rows: Sequence[ProcessInstance]) -> list[Stuck]:
    return [
        Stuck(
            **_about(row, None),
            code="STUCK-NO-TOKEN",
            reason="Nothing is waited for and it has not ended: two branches never meet.",
            since=row.stalled_at or row.started_at,
        )
        for row in rows
    ]


def nobody_may_do_it(session: Session, process: str | None) -> Reason:
    """STUCK-ASSIGNEE: everybody the task is offered or assigned to is gone or excluded."""
    look = lonely_look.latest(session)
    still = or_(UserTask.assignee.is_(None), UserTask.assignee.in_(look.gone))  # repaired since the look
    rows = _open_tasks(process).where(UserTask.id.in_(look.task_ids), still) if look.task_ids else select(UserTask).where(false())
    return Reason(rows=rows, since=UserTask.created_at, id=UserTask.id, tell=_tell_lonely)


def _tell_lonely(session: Session, rows: Sequence[UserTask]) -> list[Stuck]:
    found = _instances(session, (row.instance_id for row in rows))
    return [_task(found, row, "STUCK-ASSIGNEE", since=row.created_at, **_why_lonely(row)) for row in rows]


def _why_lonely(task: UserTask) -> dict[str, Any]:
    groups = group_names(task)
    if task.assignee is not None:
        reason, details = "{task} is assigned to {who}, who is not active any more.", {"who": task.assignee}
    elif groups:
        reason, details = "Nobody may do {task}: nobody active and free of conflicts is in {groups}.", {"groups": ", ".join(groups)}
    else:
        reason, details = "Nobody may do {task}: it is offered to nobody.", {}
    return {"reason": reason, "details": {"task": task.name} | details}


def unclaimed(session: Session, process: str | None) -> Reason:
    """STUCK-UNCLAIMED: nobody has taken the task, and too much of its time is used up (`claiming.claim_by`)."""
    nobody_can = lonely_look.latest(session).task_ids  # told above, with the better reason
    late = and_(UserTask.assignee.is_(None), UserTask.claim_by < clock.now(), UserTask.paused.is_(False))
    rows = _open_tasks(process).where(late, UserTask.id.not_in(nobody_can))
    return Reason(rows=rows, since=UserTask.claim_by, id=UserTask.id, tell=_tell_unclaimed)


def _tell_unclaimed(session: Session, rows: Sequence[UserTask]) -> list[Stuck]:
    found, thresholds = _instances(session, (row.instance_id for row in rows)), of(session).thresholds
    hours, percent = f"{thresholds.unclaimed.total_seconds() / 3600:g}", f"{thresholds.unclaimed_share * 100:g}"
    by_clock = "Nobody has taken “{task}”: more than {percent} percent of its time until {when} is used up."
    by_hours = "Nobody has taken “{task}” for more than {hours} working hours."
    return [
        _task(
            found,
            row,
            "STUCK-UNCLAIMED",
            since=row.claim_by or row.created_at,
            reason=by_hours if row.due_at is None else by_clock,
            details={"task": row.name, "hours": hours, "percent": percent, "when": row.due_at.isoformat() if row.due_at else ""},
        )
        for row in rows
    ]


def _open_tasks(process: str | None) -> Select[UserTask]:
    rows = select(UserTask).where(TASK_IS_OPEN).options(selectinload(UserTask.candidates))
    if process is None:
        return rows
    return rows.where(UserTask.definition_id.in_(select(ProcessDefinition.id).where(ProcessDefinition.key == process)))


def _task(found: Mapping[str, ProcessInstance], task: UserTask, code: str, **said: Any) -> Stuck:
    about = _about(found[task.instance_id], None)
    return Stuck(**about, code=code, element_id=task.element_id, user_task_id=task.id, help="assign", **said)


def _instances(session: Session, ids: Iterable[str | None]) -> dict[str, ProcessInstance]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(wanted)))}


def _about(instance: ProcessInstance | None, job: Job | None) -> dict[str, Any]:
    """Which case: of the instance, else of what the job was to start."""
    if instance is not None:
        return {"instance": instance, "process": instance.definition_key, "reference": instance.business_key}
    payload = job.payload if job is not None and job.kind == "start" else {}
    return {"instance": None, "process": payload.get("key"), "reference": payload.get("business_key")}


def _in_process(process: str | None, instance_id: Any, root_id: Any) -> list[ColumnElement[bool]]:
    if process is None:
        return []
    of_process = select(ProcessInstance.id).where(ProcessInstance.definition_key == process)
    return [func.coalesce(instance_id, root_id).in_(of_process)]


REASONS: Mapping[str, Callable[[Session, str | None], Reason]] = {
    "STUCK-INCIDENT": incidents,
    "STUCK-TIMER": overdue_jobs,
    "STUCK-NO-TOKEN": no_token,
    "STUCK-ASSIGNEE": nobody_may_do_it,
    "STUCK-UNCLAIMED": unclaimed,
}
