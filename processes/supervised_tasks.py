"""The tasks a supervisor moves: the late one of the case, and the supervision itself when a higher tier gets it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine import claiming, clock, jobs, offers, user_tasks
from engine.expression_functions import working_duration
from engine.extensions import Actor, Candidates
from engine.tables import Job, UserTask
from processes import candidates, people, sla_rows, supervision
from processes.tables.cases import Complaint
from processes.tables.supervision import Escalation

SUPERVISE = "ut_supervise"
TIMER = "be_supervise_due"


def late_task(session: Session, escalation: Escalation) -> UserTask | None:
    """The open task the escalation is about, if there is one."""
    if escalation.user_task_id is None:
        return None
    wanted = select(UserTask).where(UserTask.id == escalation.user_task_id, UserTask.state == "open")
    return session.scalar(wanted.options(selectinload(UserTask.candidates)))


def of_owner(session: Session, complaint: Complaint) -> list[UserTask]:
    """The open tasks of the case that are its owner's and that nobody has taken."""
    mine = select(UserTask).where(UserTask.business_key == complaint.reference, UserTask.state == "open", UserTask.assignee.is_(None))
    found = session.scalars(mine.options(selectinload(UserTask.candidates)).order_by(UserTask.created_at, UserTask.id))
    wanted = {("group", candidates.DUTY), ("user", complaint.case_owner)}
    return [task for task in found if wanted <= {(row.kind, row.name) for row in task.candidates}]


def give(session: Session, task: UserTask, account: str, *, by: Actor, reason: str | None) -> None:
    """The task is this person's now; four eyes and exclusions are checked again."""
    offers.offer_too(session, task, kind="user", name=account)
    user_tasks.assign(session, task.id, assignee=people.actor_of(session, account), actor=by, reason=reason)


def offer(session: Session, task: UserTask, role: str) -> None:
    """Take the task from whoever has it, and offer it to this role too."""
    task.assignee = task.claimed_at = task.owner = None
    task.revision += 1
    offers.offer_too(session, task, kind="group", name=role)


def supervise_anew(session: Session, escalation: Escalation) -> None:
    """A higher tier supervises: its people see the open supervision, with their own time to decide."""
    mine = select(UserTask).where(
        UserTask.instance_id == escalation.instance_id, UserTask.element_id == SUPERVISE, UserTask.state == "open"
    )
    task = session.scalar(mine)
    if task is None:
        return
    answer = candidates.candidates(session, task, Candidates(groups=[escalation.supervisor]))
    offers.offer_anew(session, task, answer)
    task.assignee = task.claimed_at = task.owner = None
    task.due_at = _due(session, escalation)
    task.claim_by = claiming.claim_by(session, opened_at=clock.now(), due_at=task.due_at)
    task.warn_at = claiming.warn_at(session, opened_at=clock.now(), due_at=task.due_at)
    task.revision += 1
    timer = session.scalar(select(Job.id).where(Job.instance_id == task.instance_id, Job.kind == "timer", Job.element_id == TIMER))
    if timer is not None:
        jobs.move(session, timer, due_at=task.due_at)


def _due(session: Session, escalation: Escalation) -> datetime:
    within = escalation.supervise_within or supervision.WITHIN[escalation.tier]
    return sla_rows.calendar(session).after(escalation.triggers[-1]["at"], working_duration(supervision.duration(within)))
