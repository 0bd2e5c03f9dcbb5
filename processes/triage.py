"""What a person decided in triage, and what follows from it for the departments of the case."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes import cases, grading
from processes.tables.cases import CaseEvent, Complaint

KIND = "triage"


def note(session: Session, complaint: Complaint, *, by: str, **decided: Any) -> None:
    """Keep a triage: `category`, `sub_category`, `level_override`, `handler_group`, `involved_departments`, `reason`, `changed`."""
    cases.log(session, complaint, KIND, by=by, text=decided.get("reason"), **decided)


def latest(session: Session, complaint: Complaint) -> dict[str, Any] | None:
    """The last triage, with `by`; None before the first."""
    mine = select(CaseEvent).where(CaseEvent.complaint_id == complaint.id, CaseEvent.kind == KIND)
    event = session.scalar(mine.order_by(CaseEvent.at.desc(), CaseEvent.id.desc()).limit(1))
    return None if event is None else {**event.details, "by": event.by}


def extra_departments(session: Session, complaint: Complaint, decided: dict[str, Any] | None) -> list[str]:
    """Departments beyond those of DMN-06: named in triage, and that of a secondary category a person has set."""
    if decided is None:
        return []
    named = list(decided.get("involved_departments") or [])
    if decided.get("secondary_category"):
        named.append(grading.department_of(session, decided["secondary_category"], complaint.level))
    return list(dict.fromkeys(named))
