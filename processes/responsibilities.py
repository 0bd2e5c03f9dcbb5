"""Which department answers for how much: versions of shares, each adding up to 100."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.extensions import SYSTEM
from processes import sla_rows
from processes.tables.cases import Complaint
from processes.tables.investigation import ResponsibilityShare

OBJECTION_WITHIN = timedelta(hours=16)  # two working days


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What a decision about shares rests on."""

    persons: Sequence[Any] = field(default_factory=list)
    rules: Sequence[Any] = field(default_factory=list)
    evidence: Sequence[Any] = field(default_factory=list)
    accountability: str = "none"


def decide(
    session: Session, complaint: Complaint, shares: Mapping[str, int], *, source: str, by: str = SYSTEM.id, grounds: Grounds | None = None
) -> int:
    """A new version; gives its number. Shares that people determined may be disputed for two working days."""
    version, now, grounds = next_version(session, complaint), clock.now(), grounds or Grounds()
    until = sla_rows.calendar(session).after(now, OBJECTION_WITHIN) if source == "determined" else None
    session.add_all(
        ResponsibilityShare(
            complaint_id=complaint.id,
            version=version,
            department=department,
            share=share,
            persons=list(grounds.persons),
            basis=list(grounds.rules),
            evidence=list(grounds.evidence),
            accountability=grounds.accountability,
            decided_by=by,
            decided_at=now,
            source=source,
            objection_until=until,
        )
        for department, share in shares.items()
    )
    return version


def next_version(session: Session, complaint: Complaint) -> int:
    """The number of the next version."""
    highest = session.scalar(select(func.max(ResponsibilityShare.version)).where(ResponsibilityShare.complaint_id == complaint.id))
    return (highest or 0) + 1


def current(session: Session, complaint: Complaint) -> Sequence[ResponsibilityShare]:
    """The shares that hold now, the largest first."""
    version = next_version(session, complaint) - 1
    mine = select(ResponsibilityShare).where(ResponsibilityShare.complaint_id == complaint.id, ResponsibilityShare.version == version)
    return session.scalars(mine.order_by(ResponsibilityShare.share.desc(), ResponsibilityShare.department)).all()
