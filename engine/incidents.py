"""Incidents: what needs a person. Opened and resolved with the job they belong to, never by hand."""

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import NotFound, RedressError
from engine.extensions import SYSTEM, Actor, of
from engine.paging import Listing, Page, Query, page
from engine.tables import Incident, Job

LISTING = Listing(
    fields={
        "state": Incident.state,
        "code": Incident.code,
        "instance_id": Incident.instance_id,
        "root_id": Incident.root_id,
        "element_id": Incident.element_id,
        "job_id": Incident.job_id,
        "opened_at": Incident.opened_at,
    },
    sorts={"opened_at": Incident.opened_at},
    id=Incident.id,
    default_sort="-opened_at",
    attributes_of=Incident.root_id,
)
_INCIDENTS = select(Incident)


def open_(session: Session, job: Job, error: BaseException | None) -> Incident:
    """A job used up its retries. An incident that is open already gets the new message."""
    incident = session.scalar(select(Incident).where(Incident.job_id == job.id, Incident.state == "open"))
    fresh = incident is None
    if incident is None:
        incident = Incident(
            id=new_id(),
            job_id=job.id,
            root_id=job.root_id,
            instance_id=job.instance_id,
            state="open",
            opened_at=clock.now(),
            code="",
            message="",
        )
        session.add(incident)
    incident.element_id = failed_element(error) or job.element_id
    incident.code = getattr(error, "code", None) or "HANDLER_FAILED"
    incident.message = job.error or ""
    incident.line = error.details.get("line") if isinstance(error, RedressError) else None
    if fresh:
        of(session).incident_opened(session, incident)
    return incident


def describe(error: BaseException) -> str:
    """A failure as one sentence, at most 1,000 characters."""
    text = str(error).strip() or type(error).__name__
    return text[:1000]


def failed_element(error: BaseException | None) -> str | None:
    """Where in the diagram an execution failed, if it says so."""
    return error.details.get("element") if isinstance(error, RedressError) else None


def resolve_of_job(session: Session, job_id: str, *, actor: Actor = SYSTEM) -> None:
    """The job goes on or is done: nothing needs a person any more."""
    resolve_of_jobs(session, [job_id], actor=actor)


def resolve_of_jobs(session: Session, job_ids: list[str] | Select[str], *, actor: Actor) -> None:
    """As `resolve_of_job`, for several in one statement."""
    ended: dict[str, Any] = {"state": "resolved", "resolved_at": clock.now(), "resolved_by": actor.id}
    session.execute(update(Incident).where(Incident.job_id.in_(job_ids), Incident.state == "open").values(**ended))


def get(session: Session, incident_id: str) -> Incident:
    """One incident."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(kind="incident", id=incident_id)
    return incident


def search(session: Session, query: Query) -> Page[Incident]:
    """Incidents, newest first."""
    return page(session, _INCIDENTS, query, listing=LISTING)
