"""Take next: the most urgent task that the person may do and nobody has.

Most urgent is the least slack: the working time that is left until the task is due (negative when it is over), less the effort
it is expected to need. No process says yet how much work its tasks are, so the effort counts as nothing. Two tasks due over one
weekend have the same slack: then the higher priority is first, then the earlier instant, then the older task. What has no due
time comes last; what is paused waits for somebody else and is not given to anybody.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import clock, task_lists, task_rights, user_tasks
from engine.errors import Conflict, NothingToTake, Refused
from engine.extensions import Actor, Calendar, calendar_of
from engine.paging import Query
from engine.tables import UserTask
from engine.task_lists import Wanted

LOOKED_AT = 50  # by due time, which is the order of slack but for ties; somebody else may take as many meanwhile
_NEVER = timedelta.max


def take(session: Session, *, actor: Actor) -> UserTask:
    """Claim it. If somebody else was faster, or a rule of the case is against it, the one after it; NothingToTake at the end."""
    query = Query(sort="slack", limit=LOOKED_AT)
    while True:
        found = task_lists.search(session, actor, query, wanted=Wanted(scope="unassigned"))
        taken = _first(session, [one for one in found.items if not one.paused and one.pending_job_id is None], actor)
        if taken is not None:
            return taken
        if found.next is None:
            raise NothingToTake()
        query = Query(sort="slack", limit=LOOKED_AT, cursor=found.next)


def _first(session: Session, tasks: list[UserTask], actor: Actor) -> UserTask | None:
    calendar, now = calendar_of(session), clock.now()
    for one in sorted(tasks, key=lambda task: (slack(calendar, task, now), -task.priority, task.due_at or now, task.created_at, task.id)):
        try:
            task_rights.demand(session, one, "claim", actor=actor)  # before it is locked: who waits for a lock should hold no other
            return user_tasks.claim(session, one.id, actor=actor)
        except (Conflict, Refused):  # a lost race, or four eyes: the next one
            continue
    return None


def slack(calendar: Calendar | None, task: UserTask, now: datetime) -> timedelta:
    """What is left until it is due, in working time."""
    if task.due_at is None:
        return _NEVER
    return calendar.between(now, task.due_at) if calendar is not None else task.due_at - now
