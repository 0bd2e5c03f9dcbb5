"""What happened with a task and its case: who did what, when, newest first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from api.pages import complaint_story, door, inbox
from api.pages.facts import Teller
from api.pages.task_case import may_see
from engine.tables import UserTask
from processes import case_access, case_contact_data, task_story
from processes.case_story import Moment
from processes.tables.cases import Complaint

TASK_ALONE = "task"


def parts(session: Session, found: UserTask, complaint: Complaint | None, teller: Teller) -> dict[str, Any]:
    """The story of the case for those who may see the case, else (or when asked for) of this task alone."""
    case = complaint if complaint is not None and may_see(session, complaint) else None
    alone = case is None or request.args.get("of") == TASK_ALONE
    moments = task_story.of_task(session, found) if alone or case is None else _of_case(session, case)
    teller.names.learn(complaint_story.people(moments))
    return {
        "days": complaint_story.days(moments, teller),
        "alone": alone,
        "whole_url": _url(found) if case is not None else None,
        "alone_url": _url(found, TASK_ALONE),
    }


def _of_case(session: Session, case: Complaint) -> Sequence[Moment]:
    """Notes masked as the case page masks them."""
    moments = task_story.of_case(session, case)
    if case_access.works_on(door.actor(), case):
        return moments
    read = case_contact_data.in_text(session, case)
    return [replace(one, note=read(one.note) if one.note else None) for one in moments]


def _url(found: UserTask, of: str | None = None) -> str:
    return url_for("pages.task", task_id=found.id, tab="timeline", of=of, **inbox.scope_args())
