"""Complaints: register and find."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes.tables.cases import Complaint, DayNumber

ZONE = ZoneInfo("Asia/Shanghai")


def register(
    session: Session,
    *,
    customer_id: str,
    customer_name: str,
    level: int,
    channel: str,
    content: str,
    received_at: datetime,
    case_owner: str | None = None,
    owner_department: str | None = None,
    involved_departments: Sequence[str] = (),
    excluded_users: Sequence[str] = (),
) -> Complaint:
    """A new case with its number, TS-YYYYMMDD-NNNNN of the local day it was received."""
    complaint = Complaint(
        reference=_next_reference(session, received_at),
        customer_id=customer_id,
        customer_name=customer_name,
        level=level,
        channel=channel,
        content=content,
        received_at=received_at,
        case_owner=case_owner,
        owner_department=owner_department,
        involved_departments=list(involved_departments),
        excluded_users=list(excluded_users),
    )
    session.add(complaint)
    return complaint


def get(session: Session, reference: str) -> Complaint:
    """The case with this number, or NotFound."""
    found = session.scalar(select(Complaint).where(Complaint.reference == reference))
    if found is None:
        raise NotFound(kind="complaint", id=reference)
    return found


def _next_reference(session: Session, received_at: datetime) -> str:
    day = f"{received_at.astimezone(ZONE):%Y%m%d}"
    # Count up in one statement: two intakes of the same moment wait for each other's row, not for luck.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(DayNumber).values(day=day, last=1)
    counted = counted.on_conflict_do_update(index_elements=["day"], set_={"last": DayNumber.last + 1})
    number = session.scalar(counted.returning(DayNumber.last))
    return f"TS-{day}-{number:05d}"
