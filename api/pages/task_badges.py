"""The badge of a task: the deadline it has to meet, in the units that is counted in; else the due date of its diagram."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from api.pages import badges, wording
from api.pages.due import Due, due
from engine.extensions import of
from engine.tables import UserTask
from processes import task_deadlines


def of_tasks(session: Session, tasks: Collection[UserTask]) -> Mapping[str, Due]:
    """The badges of these tasks, by task; one statement for all."""
    calendar, standings = of(session).calendar, task_deadlines.standings(session, tasks)
    return {
        task.id: badges.of(standings[task.id])
        if task.id in standings
        else due(calendar, due_at=task.due_at, warn_at=task.warn_at, paused=task.paused)
        for task in tasks
    }


def of_one(session: Session, task: UserTask) -> Due:
    """The badge of one task; what is over has a tick and nothing left to count."""
    if task.state != "open":
        return Due(state="done", icon="check", text=wording.state_name(task.state))
    return of_tasks(session, [task])[task.id]
