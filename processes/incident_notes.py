"""Those who repair are told when something needs them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import Incident, Job, ProcessInstance
from processes import notifications
from processes.tables.cases import Complaint

OPS = "ops"
EFFECT = "effect"


def tell(session: Session, incident: Incident) -> None:
    """Tell operations about an incident of a case. One about a letter is shown only: another letter would fail like the first."""
    instance = session.get(ProcessInstance, incident.root_id) if incident.root_id else None
    if instance is None or instance.business_key is None:
        return
    complaint = session.scalar(select(Complaint).where(Complaint.reference == instance.business_key))
    if complaint is None:
        return
    job = session.get(Job, incident.job_id) if incident.job_id else None
    notifications.notify(
        session,
        complaint,
        template="N-INCIDENT",
        key=f"incident-{incident.id}",
        roles=[OPS],
        mail=job is None or job.kind != EFFECT,
        element=incident.element_id or "",
        why=incident.message,
    )
