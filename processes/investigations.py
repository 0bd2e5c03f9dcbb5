"""What was found out: investigations of a case, each a version, and the evidence they rest on."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.tables.cases import Complaint
from processes.tables.investigation import Investigation

INVESTIGATING, REOPENED = "INVESTIGATING", "REOPENED"


def latest(session: Session, complaint: Complaint, *, finished: bool = True) -> Investigation | None:
    """The last one with a finding; with `finished=False` the last one that asked the customer for something."""
    mine = select(Investigation).where(Investigation.complaint_id == complaint.id, Investigation.need_customer_info.is_not(finished))
    return session.scalar(mine.order_by(Investigation.version.desc()).limit(1))


def next_version(session: Session, complaint: Complaint) -> int:
    """The number of the next one."""
    highest = session.scalar(select(func.max(Investigation.version)).where(Investigation.complaint_id == complaint.id))
    return (highest or 0) + 1


def status(session: Session, complaint: Complaint) -> str:
    """A reopened case stays so until it is investigated again (2.2a)."""
    if complaint.reopened_at is None:
        return INVESTIGATING
    found = latest(session, complaint)
    return INVESTIGATING if found is not None and found.at > complaint.reopened_at else REOPENED
