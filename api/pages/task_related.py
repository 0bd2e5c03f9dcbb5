"""What belongs to the same matter: other open tasks of the case, and other cases."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api.pages import complaint_links, door, task_badges, wording
from api.pages.facts import Teller
from api.pages.people_names import Names
from api.pages.task_case import may_open, may_see
from engine import task_rights, user_tasks
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import UserTask
from processes import related_cases
from processes.tables.cases import Complaint

TASKS_SHOWN = 25


def parts(session: Session, found: UserTask, complaint: Complaint | None, teller: Teller) -> dict[str, Any]:
    """For those who may see the case; a task that belongs to none has nothing beside it."""
    if complaint is None or not may_see(session, complaint):
        return {"related": [], "siblings": [], "sees_case": False}
    return {
        "related": complaint_links.related_rows(related_cases.of_case(session, complaint, actor=door.actor())),
        "siblings": _siblings(session, found, teller.names),
        "sees_case": True,
    }


def _siblings(session: Session, found: UserTask, names: Names) -> list[dict[str, Any]]:
    """The other open tasks of the case, those due first above; also those of others."""
    everything = Query(filter={"business_key": found.business_key}, limit=TASKS_SHOWN)
    tasks = [one for one in user_tasks.search(session, SYSTEM, everything, scope="open").items if one.id != found.id]
    names.learn(one.assignee for one in tasks)
    due = task_badges.of_tasks(session, tasks)
    return [
        {
            "name": wording.name_of(one),
            "who": names(one.assignee) or wording.plain(task_rights.group_names(one)),
            "due": due[one.id],
            "url": url_for("pages.task", task_id=one.id) if may_open(one) else None,
        }
        for one in tasks
    ]
