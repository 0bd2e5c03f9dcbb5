"""What happened with a task, and with the case it belongs to: the story of the case, and who took, gave and did its tasks."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from engine import operations
from engine.tables import UserTask
from processes import case_file, case_story
from processes.case_story import Moment
from processes.tables.cases import Complaint

# `complete` is told by the task itself; who was refused is for the audit trail, not for colleagues.
_TOLD_ELSEWHERE = frozenset({"complete", "refused"})


def of_case(session: Session, complaint: Complaint) -> Sequence[Moment]:
    """The whole case, in order."""
    case = case_file.read(session, complaint)
    told = case_story.of(case)
    tasks = {task.id: task for task in case.tasks}
    roots = {one.root_id for one in case.instances}
    return sorted([*told, *_by_hand(session, tasks, roots)], key=lambda one: one.at)


def of_task(session: Session, task: UserTask) -> Sequence[Moment]:
    """This task alone, in order."""
    done = [Moment(at=task.ended_at, kind="task_done", by=task.completed_by or "system", details={"task": task})] if task.ended_at else []
    opened = Moment(at=task.created_at, kind="task_opened", by="system", details={"task": task})
    return [opened, *_by_hand(session, {task.id: task}, [task.root_id]), *(done if task.state == "completed" else [])]


def _by_hand(session: Session, tasks: Mapping[str, UserTask], roots: Collection[str]) -> Iterator[Moment]:
    for row in operations.on_tasks(session, roots):
        if row.subject_id in tasks and row.kind not in _TOLD_ELSEWHERE:
            about = {"task": tasks[row.subject_id], "operation": row.kind, **row.details}
            yield Moment(at=row.at, kind=f"task_{row.kind}", by=row.by, note=row.reason, details=about)
