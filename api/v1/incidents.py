"""Incidents: what needs a person."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.jobs import JobWithActions, with_actions
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
    would,
)
from engine import incidents, jobs
from engine.errors import Conflict
from engine.extensions import Actor
from engine.paging import Page
from engine.tables import Incident

resource = Resource("incidents", "/incidents", "Incidents: jobs that used up their retries, and faults that need a person.")
STATES = ("open", "resolved")


class IncidentShape(Output):
    """Something that needs a person."""

    id = shown()
    job_id = maybe()
    root_id = maybe()
    instance_id = maybe()
    element_id = maybe()
    code = shown(example="HANDLER_FAILED")
    message = shown("What went wrong, as a sentence.")
    line = fields.Integer(required=True, allow_none=True, metadata={"description": "Line of the script."})
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    opened_at = moment()
    resolved_at = moment(null=True)
    resolved_by = maybe()


class IncidentWithActions(IncidentShape):
    """An incident and what would help."""

    actions = many(Action)


class IncidentQuery(ListQuery):
    """Which incidents."""

    state = fields.String(validate=validate.OneOf(STATES))
    code = text()
    root_id = text()
    instance_id = text()
    element_id = text()
    job_id = text()
    sort = sorts("opened_at")


IncidentFilter = filter_of(
    "IncidentFilter",
    **{name: compared_text() for name in ("state", "code", "root_id", "instance_id", "element_id", "job_id")},
    opened_at=compared_instant(),
)
IncidentSearch = search_of("IncidentSearch", IncidentFilter, "opened_at")


def incident_json(row: Incident) -> dict[str, Any]:
    """An incident as it is answered."""
    names = (
        "id",
        "job_id",
        "root_id",
        "instance_id",
        "element_id",
        "code",
        "message",
        "line",
        "state",
        "opened_at",
        "resolved_at",
        "resolved_by",
    )
    return {name: getattr(row, name) for name in names}


def _not_open(row: Incident) -> Conflict | None:
    if row.state != "open":
        return Conflict(reason="the incident is resolved already")
    return None if row.job_id else Conflict(reason="there is no job to try again")


def _seen(session: Session, actor: Actor, incident_id: str, *, permission: str = "incident:read") -> Incident:
    row = incidents.get(session, incident_id)
    if row.root_id is not None:
        permissions.require_case(session, actor, root_id=row.root_id, permission=permission)
    return row


def _page(session: Session, call: Call, page: Page[Incident]) -> Answer:
    barred = permissions.without_conflicts(session, call.actor, (row.root_id for row in page.items))
    return Answer(body=page_json(page, [incident_json(row) for row in page.items if row.root_id not in barred]))


@resource.get("")
@reads("incident:read", query=IncidentQuery, answers={200: list_of(IncidentShape)})
def list_incidents(session: Session, call: Call) -> Answer:
    """Incidents, newest first."""
    return _page(session, call, incidents.search(session, call.page()))


@resource.post("/search")
@reads("incident:read", body=IncidentSearch, answers={200: list_of(IncidentShape)}, example={"filter": {"state": "open"}})
def search(session: Session, call: Call) -> Answer:
    """Incidents by a filter."""
    return _page(session, call, incidents.search(session, call.search()))


@resource.get("/<string:incident_id>")
@reads("incident:read", answers={200: IncidentWithActions})
def get(session: Session, call: Call, incident_id: str) -> Answer:
    """One incident with what would help."""
    row = _seen(session, call.actor, incident_id)
    actions = [permissions.action("retry", call.actor, "job:retry", blocked=_not_open(row))]
    return Answer(body=incident_json(row) | {"actions": actions})


def _retryable(session: Session, call: Call, incident_id: str) -> str:
    row = _seen(session, call.actor, incident_id, permission="job:retry")
    if (refusal := _not_open(row)) is not None:
        raise refusal
    return row.job_id or ""


def _would_retry(session: Session, call: Call, incident_id: str) -> Answer:
    job = jobs.get(session, _retryable(session, call, incident_id))
    return Answer(
        body=would(("retry", "job", job.id, f"The {job.kind.replace('_', ' ')} at {job.element_id} would be tried again at once."))
    )


@resource.post("/<string:incident_id>/retry")
@writes("job:retry", query=DryRunQuery, body=Reason, dry_run=_would_retry, answers={200: DryRun, 202: JobWithActions})
def retry(session: Session, call: Call, incident_id: str) -> Answer:
    """Try again what failed. The incident is resolved when it works, and opened again when it does not."""
    job_id = _retryable(session, call, incident_id)
    job = jobs.retry(session, job_id, actor=call.actor, reason=call.body["reason"])
    return Answer(body=with_actions(job, call.actor), status=202, revision=job.revision, headers={"Location": f"{PREFIX}/jobs/{job.id}"})
