"""What an instance went through: one row for each passage through a node, written when the passage ends."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Passage
from engine.rows import insert_rows
from engine.tables import ActivityInstance, ProcessInstance


def write(session: Session, root: ProcessInstance, passages: Iterable[Passage]) -> None:
    """Append what a step passed through, in order, in one statement."""
    rows = [
        {
            "instance_id": passage.scope_id or root.id,
            "root_id": root.id,
            "token_id": passage.token_id,
            "element_id": passage.element_id,
            "element_type": passage.element_type,
            "state": passage.state,
            "flow_id": passage.flow_id,
            "started_at": passage.started_at,
            "ended_at": passage.ended_at,
        }
        for passage in passages
    ]
    insert_rows(session, ActivityInstance, rows)


def of_instance(session: Session, instance_id: str) -> Sequence[ActivityInstance]:
    """The passages of one instance, in the order they ended."""
    statement = select(ActivityInstance).where(ActivityInstance.instance_id == instance_id).order_by(ActivityInstance.id)
    return session.scalars(statement).all()
