"""What decision tables said about a case, kept with their inputs and rows: explainable to customer and auditor."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, decisions
from engine.errors import ExecutionFailed, NotFound
from engine.extensions import Actor, ServiceTask
from engine.tables import ProcessInstance
from processes.tables.cases import Complaint
from processes.tables.correspondence import DecisionRecord


def note(
    session: Session,
    complaint: Complaint,
    task: ServiceTask,
    decision: str,
    *,
    inputs: Mapping[str, Any],
    result: Mapping[str, Any],
    added_to: Collection[str] = (),
) -> DecisionRecord:
    """Keep what a business rule task said, and what scripts made of it (`added_to`: outputs they changed).

    The rows are asked for again: the process carries results only.
    """
    instance = session.get(ProcessInstance, task.instance_id)
    record = DecisionRecord(
        complaint_id=complaint.id,
        decision=decision,
        definition_id=instance.definition_id if instance is not None else None,
        instance_id=task.instance_id,
        at=clock.now(),
        inputs=dict(inputs),
        rows=_rows(session, decision, inputs, {name: value for name, value in result.items() if name not in added_to}),
        result=dict(result),
    )
    session.add(record)
    return record


def _rows(session: Session, decision: str, inputs: Mapping[str, Any], result: Mapping[str, Any]) -> list[int]:
    """The rows of the live table, when it says the same: an instance may still run with an older one."""
    try:
        answer = decisions.evaluate(session, decision, inputs)
    except (NotFound, ExecutionFailed):
        return []
    same = all(answer.result.get(name) == value for name, value in result.items() if name in answer.result)
    return list(answer.rows) if same else []


def latest(session: Session, complaint: Complaint, decision: str) -> DecisionRecord | None:
    """What this table said last."""
    mine = select(DecisionRecord).where(DecisionRecord.complaint_id == complaint.id, DecisionRecord.decision == decision)
    return session.scalar(mine.order_by(DecisionRecord.at.desc(), DecisionRecord.id.desc()).limit(1))


def of_case(session: Session, complaint: Complaint) -> Sequence[DecisionRecord]:
    """Everything tables said about a case, in order."""
    mine = select(DecisionRecord).where(DecisionRecord.complaint_id == complaint.id)
    return session.scalars(mine.order_by(DecisionRecord.at, DecisionRecord.id)).all()


def overrule(session: Session, complaint: Complaint, table: str, *, by: Actor, reason: str | None, **instead: Any) -> None:
    """A person decided otherwise; what the table said stays beside it."""
    record = latest(session, complaint, table)
    if record is not None:
        record.overruled = {**instead, "by": by.id, "reason": reason, "at": clock.now()}
