"""Who watches a case. What happens in it leaves one job; `watcher_notices.py` tells them, when it is committed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, job_rows
from processes.tables.cases import Complaint
from processes.tables.conversation import Watcher

TOPIC = "case.watched"
# Lines of the timeline that those who watch are told of; of messages, those of the customer.
TOLD = frozenset({"status", "escalated", "message"})


def of_case(session: Session, complaint: Complaint) -> Sequence[Watcher]:
    """Those who watch it, the first one first."""
    mine = select(Watcher).where(Watcher.complaint_id == complaint.id)
    return session.scalars(mine.order_by(Watcher.since, Watcher.account_id)).all()


def watch(session: Session, complaint: Complaint, account_id: str) -> None:
    """From now on this account is told what happens; once is enough."""
    if session.get(Watcher, (complaint.id, account_id)) is None:
        session.add(Watcher(complaint_id=complaint.id, account_id=account_id, since=clock.now()))


def unwatch(session: Session, complaint: Complaint, account_id: str) -> None:
    """It is told no more."""
    session.execute(delete(Watcher).where(Watcher.complaint_id == complaint.id, Watcher.account_id == account_id))


def happened(session: Session, complaint: Complaint, kind: str, *, by: str, **details: Any) -> None:
    """Something they are told of, if anybody watches. `by` is not told what he or she did."""
    if kind == "message" and not by.startswith("customer:"):
        return
    with session.no_autoflush:  # nothing that is pending changes who watches
        watched = session.scalar(select(Watcher.account_id).where(Watcher.complaint_id == complaint.id).limit(1)) is not None
    if watched:
        job_rows.add_effect(session, TOPIC, {"complaint_id": complaint.id, "kind": kind, "by": by, "details": details})
