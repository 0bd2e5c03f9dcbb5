"""The badge of a task: the deadline it has to meet, in the units that is counted in; else the due date of its diagram."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from api.pages import badges, wording
from api.pages.due import Due, due
from engine.extensions import of
from engine.tables import UserTask
from processes import task_deadlines
from processes.sla_standing import Standing
from processes.tables.supervision import SlaClock


def of_tasks(session: Session, tasks: Collection[UserTask]) -> Mapping[str, Due]:
    """The badges of these tasks, by task; one statement for all."""
    standings = task_deadlines.standings(session, tasks)
    return {task.id: _of(session, task, standings.get(task.id)) for task in tasks}


def of_one(session: Session, task: UserTask, clocks: Collection[SlaClock]) -> Due:
    """The badge of one task whose case has these deadlines running; what is over has a tick and nothing left to count."""
    if task.state != "open":
        return Due(state="done", icon="check", text=wording.state_name(task.state))
    return _of(session, task, task_deadlines.standing(session, task, clocks))


def _of(session: Session, task: UserTask, standing: Standing | None) -> Due:
    if standing is not None:
        return badges.of(standing)
    return due(of(session).calendar, due_at=task.due_at, warn_at=task.warn_at, paused=task.paused)
