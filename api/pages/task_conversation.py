"""What was said about the case of a task; what is written here is said at this task."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api.pages import conversation, inbox
from api.pages.facts import Teller
from engine.tables import UserTask
from processes.tables.cases import Complaint


def parts(session: Session, found: UserTask, complaint: Complaint | None, teller: Teller) -> dict[str, Any]:
    """The stream, for those who may see the case."""
    if complaint is None:
        return {"talk": None}
    back = url_for("pages.task", task_id=found.id, tab="conversation", **inbox.scope_args())
    return conversation.parts(session, complaint, teller, task_id=found.id, back=back)
