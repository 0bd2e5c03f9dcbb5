"""Asking departments: the question, the row of each answer, and whether anything is still awaited."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, messages
from engine.database import new_id
from engine.extensions import Actor
from processes import cases, grading
from processes.tables.cases import CaseEvent, Complaint
from processes.tables.investigation import DepartmentInput

MESSAGE = "case.request_input"
EVENT = "question"


def request(session: Session, complaint: Complaint, departments: Sequence[str], *, questions: Mapping[str, str], actor: Actor) -> None:
    """Ask these departments: the listener of the case opens a task for each."""
    payload = asked(session, complaint, departments, questions=questions, actor=actor)
    messages.receive(session, id=new_id(), name=MESSAGE, correlation_key=complaint.reference, payload=payload, actor=actor)


def asked(
    session: Session, complaint: Complaint, departments: Sequence[str], *, questions: Mapping[str, str], actor: Actor
) -> dict[str, Any]:
    """Keep the question; gives what the listener is told."""
    event = cases.log(session, complaint, EVENT, by=actor.id, departments=list(departments), questions=dict(questions))
    session.flush()  # the listener is told its id
    return {"complaint_id": complaint.id, "departments": list(departments), "question_id": event.id}


def open_rows(session: Session, complaint: Complaint, *, instance_id: str, departments: Sequence[str], question_id: str | None) -> None:
    """One row for each department that was asked; it takes part in the case from now on."""
    grading.involve(session, complaint, departments)
    event = session.get(CaseEvent, question_id) if question_id else None
    questions = event.details.get("questions", {}) if event is not None else {}
    session.add_all(
        DepartmentInput(
            complaint_id=complaint.id,
            instance_id=instance_id,
            department=department,
            question=questions.get(department) or (event.text if event is not None else None),
            requested_by=event.by if event is not None else "system",
            requested_at=clock.now(),
        )
        for department in departments
    )


def row_of(session: Session, instance_id: str, department: str) -> DepartmentInput | None:
    """The answer this task is to give."""
    mine = select(DepartmentInput).where(DepartmentInput.instance_id == instance_id, DepartmentInput.department == department)
    return session.scalar(mine.order_by(DepartmentInput.id).limit(1))


def was_asked(session: Session, complaint: Complaint) -> bool:
    """Was any department asked in this handling of the case?"""
    mine = select(DepartmentInput.id).where(DepartmentInput.complaint_id == complaint.id)
    if complaint.reopened_at is not None:
        mine = mine.where(DepartmentInput.requested_at >= complaint.reopened_at)
    return session.scalar(mine.limit(1)) is not None
