"""Jobs: work of the engine with a due time."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.searches import compared_instant, compared_text, filter_of, search_of
from api.v1.shapes import (
    Action,
    DryRun,
    DryRunQuery,
    ListQuery,
    Output,
    Reason,
    list_of,
    many,
    maybe,
    moment,
    page_json,
    shown,
    sorts,
    text,
    whole,
    would,
)
from engine import jobs
from engine.errors import Conflict
from engine.extensions import Actor
from engine.paging import Page
from engine.tables import Job

resource = Resource("jobs", "/jobs", "Jobs: work for the engine with a due time.")
KINDS = ("timer", "message", "signal", "start", "service_task", "effect", "retry", "continue")
STATES = ("waiting", "dispatched", "running", "failed")


class JobShape(Output):
    """Work with a due time."""

    id = shown()
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    root_id = maybe()
    instance_id = maybe()
    element_id = maybe()
    topic = maybe()
    due_at = moment("The nominal time.")
    run_at = moment("The next try.")
    retries_left = whole()
    attempts = whole()
    error = maybe("Why the last try failed, as a sentence.")
    created_at = moment()
    created_by = shown()
    revision = whole()


class JobWithActions(JobShape):
    """A job and what can be done with it."""

    actions = many(Action)


class JobQuery(ListQuery):
    """Which jobs."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    state = fields.String(validate=validate.OneOf(STATES))
    topic = text()
    root_id = text()
    instance_id = text()
    element_id = text()
    sort = sorts("run_at", "due_at")


JobFilter = filter_of(
    "JobFilter",
    **{name: compared_text() for name in ("kind", "state", "topic", "root_id", "instance_id", "element_id")},
    due_at=compared_instant(),
)
JobSearch = search_of("JobSearch", JobFilter, "run_at", "due_at")


def job_json(row: Job) -> dict[str, Any]:
    """A job as it is answered; what it carries is case data and stays inside."""
    names = (
        "id",
        "kind",
        "state",
        "root_id",
        "instance_id",
        "element_id",
        "topic",
        "due_at",
        "run_at",
        "retries_left",
        "attempts",
        "error",
    )
    return {name: getattr(row, name) for name in (*names, "created_at", "created_by", "revision")}


def with_actions(row: Job, actor: Actor) -> dict[str, Any]:
    """A job with what can be done to it."""
    actions = [permissions.action("retry", actor, "job:retry", blocked=_not_repeatable(row))]
    if row.kind in ("timer", "start"):
        actions += [permissions.action(name, actor, "job:reschedule") for name in ("reschedule", "fire")]
    return job_json(row) | {"actions": actions}


def _not_repeatable(row: Job) -> Conflict | None:
    if row.state == "failed" or (row.error is not None and row.state == "waiting"):
        return None
    return Conflict(reason=f"the job is {row.state} and has not failed")


def seen(session: Session, actor: Actor, job_id: str, *, permission: str = "job:read") -> Job:
    """One job, if this person may do this with it."""
    row = jobs.get(session, job_id)
    permissions.require(actor, permission)
    if row.root_id is not None:
        permissions.require_case(session, actor, root_id=row.root_id, permission=permission)
    return row


def page_answer(session: Session, call: Call, page: Page[Job]) -> Answer:
    """A page of jobs without those of cases that concern the person."""
    barred = permissions.without_conflicts(session, call.actor, (row.root_id for row in page.items))
    return Answer(body=page_json(page, [job_json(row) for row in page.items if row.root_id not in barred]))


@resource.get("")
@reads("job:read", query=JobQuery, answers={200: list_of(JobShape)})
def list_jobs(session: Session, call: Call) -> Answer:
    """Jobs, the next due first."""
    return page_answer(session, call, jobs.search(session, call.page()))


@resource.post("/search")
@reads("job:read", body=JobSearch, answers={200: list_of(JobShape)}, example={"filter": {"state": "failed"}})
def search(session: Session, call: Call) -> Answer:
    """Jobs by a filter."""
    return page_answer(session, call, jobs.search(session, call.search()))


@resource.get("/<string:job_id>")
@reads("job:read", answers={200: JobWithActions})
def get(session: Session, call: Call, job_id: str) -> Answer:
    """One job with what can be done with it."""
    row = seen(session, call.actor, job_id)
    return Answer(body=with_actions(row, call.actor), revision=row.revision)


def _would_retry(session: Session, call: Call, job_id: str) -> Answer:
    row = seen(session, call.actor, job_id, permission="job:retry")
    if (refusal := _not_repeatable(row)) is not None:
        raise refusal
    return Answer(body=would(("retry", "job", row.id, f"The {row.kind.replace('_', ' ')} would be tried again at once.")))


@resource.post("/<string:job_id>/retry")
@writes("job:retry", query=DryRunQuery, body=Reason, dry_run=_would_retry, answers={200: DryRun, 202: JobWithActions})
def retry(session: Session, call: Call, job_id: str) -> Answer:
    """Try a failed job once more, at once. What came of it is told by the job and its incident."""
    if (refusal := _not_repeatable(seen(session, call.actor, job_id, permission="job:retry"))) is not None:
        raise refusal
    row = jobs.retry(session, job_id, actor=call.actor, reason=call.body["reason"])
    headers = {"Location": f"{PREFIX}/jobs/{row.id}"}
    return Answer(body=with_actions(row, call.actor), status=202, revision=row.revision, headers=headers)
