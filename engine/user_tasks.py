"""User tasks: find, claim, assign, draft, complete."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, joinedload, selectinload

from engine import clock, definitions, form_drafts, forms, incidents, job_rows, operations, prepared, steps, task_lists, task_rights
from engine.database import connection_of, savepoint
from engine.errors import AssigneeAway, ExecutionFailed, Invalid, NotFound, Overtaken, RedressError, Refused, TaskClosed
from engine.extensions import Actor, Values, of
from engine.paging import Page, Query
from engine.rows import update_row
from engine.tables import Incident, Job, ProcessInstance, UserTask
from engine.task_lists import Scope, Wanted
from engine.task_tables import FormDraft

# Only what was sent: what others had typed stays theirs, and the page of the closed task shows it to them.
_DELETE_DRAFT = delete(FormDraft).where(FormDraft.user_task_id == bindparam("task"), FormDraft.account_id == bindparam("account"))
_TASK = select(UserTask).where(UserTask.id == bindparam("task")).options(joinedload(UserTask.candidates))
# PostgreSQL reads the rows it locks anew after waiting, and only those: unlocked, the task would be seen as it was before
# somebody else completed it. The root is locked first, as in every step.
_TASK_WITH_ROOT = (
    steps.locking(
        select(ProcessInstance, UserTask).join(UserTask, UserTask.root_id == ProcessInstance.id).where(UserTask.id == bindparam("task"))
    )
    .with_for_update(of=(ProcessInstance, UserTask))
    .options(joinedload(UserTask.candidates))
)


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What became of a completion. With a `job`, the step behind it failed: the values are kept there."""

    task: UserTask
    job: Job | None = None
    incident: Incident | None = None


def get(session: Session, task_id: str, *, actor: Actor) -> UserTask:
    """One task with its candidates; somebody it must not be shown to is refused."""
    task = session.scalars(_TASK, {"task": task_id}).unique().one_or_none()
    if task is None:
        raise NotFound(kind="user task", id=task_id)
    _must_not_be_excluded(task, actor)
    return task


def _must_not_be_excluded(task: UserTask, actor: Actor) -> None:
    refusal = task_rights.exclusion(task, actor=actor)
    if refusal is not None and refusal.code == "CONFLICT_OF_INTEREST":
        raise refusal


def search(session: Session, actor: Actor, query: Query, *, scope: Scope = "groups") -> Page[UserTask]:
    """Tasks by due time; see `task_lists.Scope`. What else lists can be asked for is in `task_lists`."""
    return task_lists.search(session, actor, query, wanted=Wanted(scope=scope))


def actions(session: Session, task: UserTask, *, actor: Actor) -> list[task_rights.Action]:
    """What this person may do with the task now."""
    return task_rights.actions(session, task, actor=actor)


def claim(session: Session, task_id: str, *, actor: Actor) -> UserTask:
    """Take an open task; who comes second reads who has it and since when."""
    task = locked(session, task_id)
    task_rights.demand(session, task, "claim", actor=actor)
    if task.assignee != actor.id:
        give(session, task, actor.id, actor=actor, kind="claim")
    return task


def unclaim(session: Session, task_id: str, *, actor: Actor) -> UserTask:
    """Put a task back for the others; the form draft stays."""
    task = locked(session, task_id)
    task_rights.demand(session, task, "unclaim", actor=actor)
    give(session, task, None, actor=actor, kind="unclaim")
    return task


def assign(session: Session, task_id: str, *, assignee: Actor, actor: Actor, reason: str | None = None) -> UserTask:
    """Give a task to somebody who may do it. That `actor` may assign at all is checked by the caller's permissions."""
    task = locked(session, task_id)
    _must_not_be_excluded(task, actor)
    refusal = task_rights.state_refusal(task, "assign", actor=actor)
    if refusal is not None:
        raise refusal
    must_be_able(session, task, assignee)
    give(session, task, assignee.id, actor=actor, kind="assign", reason=reason)
    return task


def must_be_able(session: Session, task: UserTask, assignee: Actor) -> None:
    """Refuse to give a task to whom it excludes, who did its other part, who is not known, or away."""
    refusal = task_rights.exclusion(task, actor=assignee)
    if refusal is not None:
        raise refusal
    if not assignee.groups and not assignee.name:
        raise NotFound(kind="account", id=assignee.id)
    if assignee.id not in of(session).active(session, [assignee.id]):
        raise AssigneeAway(who=assignee.id)
    four_eyes = task_rights.person_refusal(session, task, actor=assignee)
    if four_eyes is not None and four_eyes.code == "FOUR_EYES":
        raise four_eyes


def give(
    session: Session, task: UserTask, assignee: str | None, *, actor: Actor, kind: str, reason: str | None = None, owner: str | None = None
) -> None:
    """The task is this person's (nobody's) from now on. What was before is recorded, so that it can be undone (undoing.py)."""
    before = {"before": task.assignee, "owner_before": task.owner}
    since = task.claimed_at.isoformat() if task.claimed_at else None
    task.assignee, task.owner = assignee, owner
    task.claimed_at = clock.now() if assignee else None
    task.revision += 1
    after = {"after": assignee, "since": since, "revision": task.revision, "element": task.element_id}
    operations.record(session, kind, actor=actor, subject=task, root_id=task.root_id, reason=reason, **before, **after)
    if assignee is not None and assignee != actor.id:
        of(session).task_given(session, task, actor, kind, reason)


def locked(session: Session, task_id: str) -> UserTask:
    """The task with its candidates, as it is now and until this transaction ends."""
    mine = select(UserTask).where(UserTask.id == task_id).with_for_update(of=UserTask).options(selectinload(UserTask.candidates))
    task = session.scalar(mine.execution_options(populate_existing=True))
    if task is None:
        raise NotFound(kind="user task", id=task_id)
    return task


def draft(session: Session, task_id: str, *, actor: Actor) -> FormDraft | None:
    """What this person typed and has not sent, or has sent without success."""
    get(session, task_id, actor=actor)
    return form_drafts.get(session, task_id, actor=actor)


def save_draft(session: Session, task_id: str, *, values: Values, actor: Actor, revision: int | None = None) -> FormDraft:
    """Keep what this person typed; with `revision`, only over the draft that was read.

    What is typed into a task that somebody else has closed meanwhile is refused, and kept all the same.
    """
    task = get(session, task_id, actor=actor)
    try:
        task_rights.demand(session, task, "save_draft", actor=actor)
    except TaskClosed as refusal:
        if values and type(refusal) is TaskClosed:
            refusal.keep = partial(form_drafts.keep_late, task_id=task_id, values=values, actor=actor, revision=revision)
        raise
    return form_drafts.save(session, task, values=values, actor=actor, revision=revision)


def complete(session: Session, task_id: str, *, values: Values, actor: Actor) -> Completion:
    """Finish a task with what the person typed: one step of its root instance.

    Refused input is kept as the person's form draft. A step that fails behind valid input is not the person's error:
    the values stay with a `retry` job, and the task waits for the repair.
    """
    task, root = _locked_with_root(session, task_id)
    try:
        task_rights.demand(session, task, "complete", actor=actor)
        clean = checked(session, task, values, actor=actor, variables=seen(session, task, root.variables))
    except RedressError as error:
        refusal = Overtaken(**error.details) if values and type(error) is TaskClosed else error
        refusal.keep = partial(_keep_refused, task_id=task_id, refusal=refusal, values=values, actor=actor)
        raise refusal from error.__cause__
    try:
        with savepoint(session):
            advance(session, task, root, clean, actor=actor)
    except ExecutionFailed as error:
        session.expire_all()
        return _kept_for_repair(session, task, root, error, values=clean, actor=actor)
    return Completion(task=task)


def _keep_refused(session: Session, *, task_id: str, refusal: RedressError, values: Values, actor: Actor) -> None:
    if isinstance(refusal, Refused):  # a person who may not do the task leaves a trace, and no draft
        task = session.get_one(UserTask, task_id)
        operations.record(session, "refused", actor=actor, subject=task, root_id=task.root_id, act="complete", code=refusal.code)
    elif values:  # nothing typed leaves no draft: the form goes on opening with what the case knows
        form_drafts.keep(session, task_id, values=values, actor=actor)


def _locked_with_root(session: Session, task_id: str) -> tuple[UserTask, ProcessInstance]:
    found = session.execute(_TASK_WITH_ROOT, {"task": task_id}).unique().one_or_none()
    if found is None:
        raise NotFound(kind="user task", id=task_id)
    root, task = found
    return task, root


def seen(session: Session, task: UserTask, variables: Values) -> Values:
    """The variables of its instance as an open task sees them: with its inputs, where the process has any."""
    if task.state != "open" or not definitions.diagram(session, task.definition_id).has_inputs:
        return variables
    return steps.data_of(session, task.root_id, task.id)


def checked(session: Session, task: UserTask, values: Values, *, actor: Actor, variables: Values) -> Values:
    """The values as the form and the product's rules accept them; Invalid names every field that is wrong."""
    clean: Values = dict(values)
    problems: list[Any] = []
    if task.form_key:
        form = definitions.parsed_form(session, task.definition_id, task.form_key)
        clean, problems = forms.check(form, values, variables=variables)
        rules = of(session).forms.get(task.form_key)
        if rules is not None and rules.check is not None and not problems:
            problems = list(rules.check(session, task, clean, actor))
    if problems:
        raise Invalid(problems=problems)
    return clean


def advance(session: Session, task: UserTask, root: ProcessInstance, values: Values, *, actor: Actor) -> None:
    """Record the answer, close the task and take the step. Raises ExecutionFailed."""
    rules = of(session).forms.get(task.form_key) if task.form_key else None
    variables = rules.record(session, task, values, actor) if rules is not None and rules.record is not None else values
    update_row(
        session,
        task,
        state="completed",
        ended_at=clock.now(),
        completed_by=actor.id,
        assignee=task.assignee or actor.id,
        owner=None,
        **dict.fromkeys(("pending_job_id", "pending_by", "pending_at")),
        revision=task.revision + 1,
    )
    steps.take(session, root, lambda execution: execution.complete(task.id, variables), actor=actor)
    prepared.send(connection_of(session), _DELETE_DRAFT, {"task": task.id, "account": actor.id})
    operations.record(session, "complete", actor=actor, subject=task, root_id=root.id, element=task.element_id)


def _kept_for_repair(
    session: Session, task: UserTask, root: ProcessInstance, error: ExecutionFailed, *, values: Values, actor: Actor
) -> Completion:
    payload = {"action": "complete", "values": values, "by": actor.id}
    job = job_rows.add_failed_step(
        session, root, error, actor=actor, payload=payload, instance_id=task.instance_id, token_id=task.id, element_id=task.element_id
    )
    form_drafts.keep(session, task.id, values=values, actor=actor)
    task.pending_job_id, task.pending_by, task.pending_at = job.id, actor.id, clock.now()
    task.revision += 1
    operations.record(session, "complete_failed", actor=actor, subject=task, root_id=root.id, job=job.id, error=job.error)
    incident = session.scalar(select(Incident).where(Incident.job_id == job.id, Incident.state == "open"))
    return Completion(task=task, job=job, incident=incident)


def withdraw(session: Session, task_id: str, *, actor: Actor) -> UserTask:
    """Take back a submission whose step failed; its values stay as the person's form draft."""
    task, _root = _locked_with_root(session, task_id)
    task_rights.demand(session, task, "withdraw", actor=actor)
    job = session.get_one(Job, task.pending_job_id)
    incidents.resolve_of_job(session, job.id, actor=actor)
    session.delete(job)
    task.pending_job_id = task.pending_by = task.pending_at = None
    task.revision += 1
    operations.record(session, "withdraw", actor=actor, subject=task, root_id=task.root_id, element=task.element_id)
    return task
