"""Lists of tasks, whether a person has a few or more: two ways to the same list."""

from datetime import timedelta

import pytest

from engine import clock, task_lists
from engine.database import Database, reading, unit_of_work
from engine.extensions import Actor
from engine.paging import Query
from engine.rows import insert_rows
from engine.tables import UserTask, UserTaskCandidate
from engine.task_lists import FEW, Scope, Wanted
from tests.engine.playground import CLERK, LEAD, OTHER_LEAD, deploy, open_tasks, start

PAGE = 150


def _add_tasks(database: Database, number: int) -> list[str]:
    """So many more tasks for team_lead, the last one due first; every third is the lead's, of one more he is excluded."""
    deploy(database, "approve.bpmn", "decide.form")
    start(database, "approve", amount=10)
    with reading(database) as session:
        like = session.get_one(UserTask, open_tasks(database)["decide"].id)
        row = {column.key: getattr(like, column.key) for column in UserTask.__table__.columns}
    ids = [f"task {place:03}" for place in range(number + 1)]
    rows = [
        row | {"id": id_, "due_at": clock.now() - timedelta(days=1, minutes=place), "assignee": None if place % 3 else LEAD.id}
        for place, id_ in enumerate(ids)
    ]
    excluded = {"user_task_id": ids[-1], "kind": "excluded", "name": LEAD.id, "code": "CONFLICT_OF_INTEREST"}
    with unit_of_work(database) as session:
        insert_rows(session, UserTask, rows)
        insert_rows(session, UserTaskCandidate, [excluded])
    return [*reversed(ids[:-1]), like.id]


def _listed(database: Database, actor: Actor, scope: Scope) -> list[str]:
    """Page after page."""
    found: list[str] = []
    cursor: str | None = None
    with reading(database) as session:
        while True:
            page = task_lists.search(session, actor, Query(limit=PAGE, cursor=cursor), wanted=Wanted(scope=scope))
            found += [task.id for task in page.items]
            cursor = page.next
            if cursor is None:
                return found


@pytest.mark.parametrize("number", [FEW - 2, FEW + 100], ids=["a few", "more"])
def test_a_list_is_the_same_however_many_tasks_a_person_has(database: Database, number: int) -> None:
    ids = _add_tasks(database, number)
    mine = {f"task {place:03}" for place in range(0, number + 1, 3)}
    assert _listed(database, LEAD, "groups") == ids
    assert _listed(database, LEAD, "unassigned") == [one for one in ids if one not in mine]
    assert [one for one in _listed(database, OTHER_LEAD, "groups") if one in ids] == [one for one in ids if one not in mine]
    assert _listed(database, CLERK, "groups") == []


def test_a_list_holds_what_was_changed_a_moment_ago_and_not_yet_written(database: Database) -> None:
    ids = _add_tasks(database, 3)
    with unit_of_work(database) as session:
        session.get_one(UserTask, ids[0]).assignee = CLERK.id
        found = task_lists.search(session, CLERK, Query(), wanted=Wanted(scope="groups"))
        assert [task.id for task in found.items] == [ids[0]]
