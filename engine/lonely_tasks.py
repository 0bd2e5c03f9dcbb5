"""Open tasks that nobody may do, found without reading the others: of 100,000 open tasks only the doubtful few are loaded."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from engine import definitions
from engine.extensions import of
from engine.tables import TASK_IS_OPEN, UserTask, UserTaskCandidate
from engine.task_rights import group_names

AT_ONCE = 500


def find(session: Session, *, limit: int) -> list[UserTask]:
    """At most `limit` of them, the longest open first."""
    lonely = [*_of_people_gone(session, limit), *islice(_offered_to_nobody(session), limit)]
    return sorted(lonely, key=lambda task: (task.created_at, task.id))[:limit]


def _open() -> Select[UserTask]:
    return select(UserTask).where(TASK_IS_OPEN).options(selectinload(UserTask.candidates)).order_by(UserTask.created_at)


def _of_people_gone(session: Session, limit: int) -> Sequence[UserTask]:
    named = _distinct(session, UserTask.assignee)
    gone = set(named) - set(of(session).active(session, named))
    return session.scalars(_open().where(UserTask.assignee.in_(gone)).limit(limit)).all() if gone else []


def _offered_to_nobody(session: Session) -> Iterator[UserTask]:
    names = _distinct(session, UserTaskCandidate.name)
    people = {name: set(accounts) for name, accounts in of(session).members(session, names).items()}
    doubtful = _open().where(UserTask.assignee.is_(None), ~_surely_somebody({name: len(who) for name, who in people.items() if who}))
    for tasks in session.scalars(doubtful.execution_options(yield_per=AT_ONCE)).partitions():
        offered_to = sorted({row.name for task in tasks for row in task.candidates if row.kind == "user"})
        active = set(of(session).active(session, offered_to))
        done = _done_by(session, tasks)
        yield from (task for task in tasks if not _somebody(task, people, active, done[task.id]))


def _surely_somebody(sizes: Mapping[str, int]) -> ColumnElement[bool]:
    """Is one of the groups larger than all who are excluded and all who did something in the case before together?"""
    if not sizes:
        return false()
    excluded, before = aliased(UserTaskCandidate), aliased(UserTask)
    out = (
        select(func.count()).where(excluded.user_task_id == UserTask.id, excluded.kind == "excluded").correlate(UserTask).scalar_subquery()
    )
    done = (
        select(func.count(before.completed_by.distinct()))
        .where(before.root_id == UserTask.root_id, before.state == "completed")
        .correlate(UserTask)
        .scalar_subquery()
    )
    size = case(dict(sizes), value=UserTaskCandidate.name, else_=0)
    here = (UserTaskCandidate.user_task_id == UserTask.id, UserTaskCandidate.kind == "group", UserTaskCandidate.name.in_(sizes))
    return exists().where(*here, size > out + done)


def _distinct(session: Session, column: Any) -> list[str]:
    """The values of an indexed column, one look into the index for each instead of one for each row."""
    first = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    found = first.union_all(select(following).where(first.c.value.is_not(None)))
    return [value for value in session.scalars(select(found.c.value)) if value is not None]


def _done_by(session: Session, tasks: Sequence[UserTask]) -> dict[str, set[str]]:
    """By task: who may not do it because of what he did before in the same case (redress:fourEyes)."""
    ruled_by = {task.id: set(definitions.diagram(session, task.definition_id).elements[task.element_id].four_eyes) for task in tasks}
    roots = {task.root_id for task in tasks if ruled_by[task.id]}
    before: dict[str, set[tuple[str, str]]] = {}
    completed = select(UserTask.root_id, UserTask.element_id, UserTask.completed_by).where(
        UserTask.root_id.in_(roots), UserTask.state == "completed", UserTask.completed_by.is_not(None)
    )
    for root_id, element_id, account in session.execute(completed):
        before.setdefault(root_id, set()).add((element_id, account or ""))
    return {task.id: {who for element, who in before.get(task.root_id, ()) if element in ruled_by[task.id]} for task in tasks}


def _somebody(task: UserTask, people: Mapping[str, set[str]], active: set[str], done: set[str]) -> bool:
    excluded = done | {row.name for row in task.candidates if row.kind == "excluded"}
    offered = {row.name for row in task.candidates if row.kind == "user"} & active
    for name in group_names(task):
        offered |= people.get(name, set())
    return bool(offered - excluded)
