"""Telling those who watch a case what happened in it, and those who are mentioned that they are."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from engine.extensions import Actor, Handler, ServiceTask, Values
from processes import case_viewers, cases, masks, notices, watchers
from processes.notification_rules import Kind
from processes.tables.cases import Complaint


def tell_mentioned(session: Session, complaint: Complaint, account_ids: Collection[str], *, key: str, by: Actor) -> None:
    """`by` named them in a comment. What it says they read here, as masked as the case is for them."""
    _tell_of(session, complaint, account_ids, kind="mention", key=key, by=by)


def handlers() -> Sequence[Handler]:
    """What runs after something happened in a case that is watched."""
    return (Handler(topic=watchers.TOPIC, kind="note", record=_tell_watching),)


def _tell_watching(session: Session, task: ServiceTask) -> Values:
    """Whoever may not see the case any more is told nothing of it; who is its cause knows."""
    given = task.variables
    complaint = cases.get(session, given["complaint_id"])
    but_not = {given["by"], *given["details"].get("but_not", ())}
    watching = {one.account_id for one in watchers.of_case(session, complaint)} - but_not
    seen = case_viewers.among(session, complaint, watching)
    event = "closed" if given["details"].get("after") == cases.CLOSED else given["kind"]
    _tell_of(session, complaint, sorted(seen), kind="watched", key=task.key, event=event)
    return {}


def _tell_of(
    session: Session,
    complaint: Complaint,
    account_ids: Collection[str],
    *,
    kind: Kind,
    key: str,
    by: Actor | None = None,
    event: str | None = None,
) -> None:
    shown = masks.name(complaint.customer_name)  # among them are those who read the name so
    notices.tell(session, account_ids, kind=kind, key=key, complaint=complaint, by=by, customer=shown, event=event)
