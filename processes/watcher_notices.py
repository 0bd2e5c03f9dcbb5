"""Telling those who watch a case what happened in it, and those who are mentioned that they are."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import case_viewers, cases, masks, notifications, watchers
from processes.tables.cases import Complaint

# What happened -> the word of the letter N-CASE for it.
EVENTS = {"status": "moved", "escalated": "escalated", "message": "heard", "comment": "commented"}


def tell_mentioned(session: Session, complaint: Complaint, account_ids: Collection[str], *, key: str) -> None:
    """Somebody named them in a comment. What it says they read here, as masked as the case is for them."""
    _notify(session, complaint, account_ids, key=key, event="mention")


def handlers() -> Sequence[Handler]:
    """What runs after something happened in a case that is watched."""
    return (Handler(topic=watchers.TOPIC, kind="note", record=_tell),)


def _tell(session: Session, task: ServiceTask) -> Values:
    """Whoever may not see the case any more is told nothing of it; who is its cause knows."""
    given = task.variables
    complaint = cases.get(session, given["complaint_id"])
    but_not = {given["by"], *given["details"].get("but_not", ())}
    watching = {one.account_id for one in watchers.of_case(session, complaint)} - but_not
    seen = case_viewers.among(session, complaint, watching)
    event = "closed" if given["details"].get("after") == cases.CLOSED else EVENTS[given["kind"]]
    _notify(session, complaint, sorted(seen), key=task.key, event=event)
    return {}


def _notify(session: Session, complaint: Complaint, account_ids: Collection[str], *, key: str, event: str) -> None:
    shown = masks.name(complaint.customer_name)  # among them are those who read the name so
    mail = event == "mention"
    notifications.notify(session, complaint, template="N-CASE", key=key, accounts=account_ids, event=event, mail=mail, customer=shown)
