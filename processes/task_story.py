"""What happened with a task, and with the case it belongs to: the story of the case, and who took, gave and did its tasks."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from engine import operations
from engine.tables import Operation, UserTask
from processes import case_file, case_story
from processes.case_story import Moment
from processes.tables.cases import Complaint

# `complete` is told by the task itself; who was refused is for the audit trail, not for colleagues.
_TOLD_ELSEWHERE = frozenset({"complete", "refused"})


def of_case(session: Session, complaint: Complaint) -> Sequence[Moment]:
    """The whole case, in order; at the same instant what was done to tasks comes first, in the order it was written down."""
    case = case_file.read(session, complaint)
    told = case_story.of(case)
    tasks = {task.id: task for task in case.tasks}
    done = {one.details["task"].id: one for one in told if one.kind == "task_done"}
    rows = operations.on_tasks(session, {one.root_id for one in case.instances})
    by_hand = [*_by_hand(rows, tasks, done)]
    written = {id(one) for one in by_hand}
    return sorted([*by_hand, *(one for one in told if id(one) not in written)], key=lambda one: one.at)


def of_task(session: Session, task: UserTask) -> Sequence[Moment]:
    """This task alone, in order."""
    done = [Moment(at=task.ended_at, kind="task_done", by=task.completed_by or "system", details={"task": task})] if task.ended_at else []
    opened = Moment(at=task.created_at, kind="task_opened", by="system", details={"task": task})
    by_hand = _by_hand(operations.on_tasks(session, [task.root_id]), {task.id: task}, {})
    return [opened, *by_hand, *(done if task.state == "completed" else [])]


def _by_hand(rows: Sequence[Operation], tasks: Mapping[str, UserTask], done: Mapping[str, Moment]) -> Iterator[Moment]:
    """What was done to these tasks; a task of `done` is told as that where its completion was written down."""
    for row in rows:
        if row.kind == "complete" and row.subject_id in done:
            yield done[row.subject_id]
        elif row.subject_id in tasks and row.kind not in _TOLD_ELSEWHERE:
            about = {"task": tasks[row.subject_id], "operation": row.kind, **row.details}
            yield Moment(at=row.at, kind=f"task_{row.kind}", by=row.by, note=row.reason, details=about)
