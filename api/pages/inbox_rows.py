"""The rows of the list of tasks, for the page and for its CSV: three more statements however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from api.pages import door, inbox_words, task_badges, wording
from api.pages.complaint_words import status_name
from api.pages.due import Due
from api.pages.inbox_asked import Asked
from api.pages.people_names import Names
from engine import attribute_order, definitions, instances
from engine.tables import UserTask
from processes import case_contact_data, cases


@dataclass(frozen=True, kw_only=True)
class Row:
    """One task in the list."""

    id: str
    url: str
    reference: str
    customer: str
    level: int | None
    amount: str
    sorted_by: str
    name: str
    process: str
    stage: str
    assignee: str
    owner: str
    due: Due
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    pressing: str
    created_at: datetime
    pending: bool
    current: bool


def of_tasks(session: Session, tasks: Sequence[UserTask], asked: Asked, names: Names, *, current: str | None = None) -> Sequence[Row]:
    """In their order."""
    names.learn(one for task in tasks for one in (task.assignee, task.owner))
    due, known = task_badges.of_tasks(session, tasks), cases.by_references(session, [task.business_key for task in tasks])
    about = instances.attributes(session, [task.root_id for task in tasks])
    return [
        Row(
            id=task.id,
            url=url_for("pages.task", task_id=task.id, **asked.args),
            reference=task.business_key or "–",
            customer=case_contact_data.customer_name(case, actor=door.actor()) if (case := known.get(task.business_key or "")) else "",
            level=case.level if case else None,
            amount=wording.money(amount) if (amount := about[task.root_id].get("requested_amount")) is not None else "",
            sorted_by=inbox_words.sorted_by(attribute_order.name(asked.sort), about[task.root_id]),
            name=wording.name_of(task),
            process=wording.name_of(definitions.diagram(session, task.definition_id)),
            stage=status_name(case.status) if case else "",
            assignee=names(task.assignee),
            owner=names(task.owner),
            due=due[task.id],
            due_at=task.due_at,
            follow_up_at=task.follow_up_at,
            priority=task.priority,
            pressing=inbox_words.priority(task.priority) if task.priority != inbox_words.USUAL_PRIORITY else "",
            created_at=task.created_at,
            pending=task.pending_job_id is not None,
            current=task.id == current,
        )
        for task in tasks
    ]
