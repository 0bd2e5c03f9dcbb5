"""The audit trail: who did what by hand, and why. Rows are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from engine.rows import insert_rows
from engine.tables import Operation, UserTask

LISTING = Listing(
    fields={
        "kind": Operation.kind,
        "by": Operation.by,
        "subject_kind": Operation.subject_kind,
        "subject_id": Operation.subject_id,
        "root_id": Operation.root_id,
        "at": Operation.at,
    },
    sorts={"at": Operation.at},
    id=Operation.id,
    default_sort="-at",
)
_OPERATIONS = select(Operation)


def record(
    session: Session, kind: str, *, actor: Actor, subject: Any, root_id: str | None = None, reason: str | None = None, **details: Any
) -> None:
    """Write down what `actor` did to `subject` (a row of a table)."""
    row = {
        "id": new_id(),
        "at": clock.now(),
        "kind": kind,
        "by": actor.id,
        "subject_kind": subject.__tablename__,
        "subject_id": str(subject.id),
        "root_id": root_id,
        "reason": reason,
        "details": details,
    }
    insert_rows(session, Operation, [row])


def search(session: Session, query: Query) -> Page[Operation]:
    """The trail, newest first."""
    return page(session, _OPERATIONS, query, listing=LISTING)


def on_tasks(session: Session, root_ids: Collection[str]) -> Sequence[Operation]:
    """What was done by hand to the user tasks of these cases, in order."""
    mine = _OPERATIONS.where(Operation.root_id.in_(root_ids), Operation.subject_kind == UserTask.__tablename__)
    return session.scalars(mine.order_by(Operation.at, Operation.id)).all()


def tasks_of(session: Session, rows: Collection[Operation]) -> Mapping[str, UserTask]:
    """The user tasks among what these operations were about, by id: of whatever process, in one statement."""
    ids = {row.subject_id for row in rows if row.subject_kind == UserTask.__tablename__}
    return {task.id: task for task in session.scalars(select(UserTask).where(UserTask.id.in_(ids)))} if ids else {}
