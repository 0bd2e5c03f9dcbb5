"""Lists of tasks, whether a person has a few or more: two ways to the same list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock, instances, paging, task_lists
from engine.database import Database, reading, unit_of_work
from engine.errors import Invalid
from engine.extensions import Actor
from engine.paging import Query
from engine.rows import insert_rows
from engine.tables import SearchAttribute, UserTask, UserTaskCandidate
from engine.task_lists import FEW, Scope, Wanted
from tests.engine.playground import CLERK, LEAD, OTHER_LEAD, complete, deploy, open_tasks, start

PAGE = 150
START = datetime(2026, 3, 9, tzinfo=UTC)


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


@pytest.mark.parametrize("few", [FEW, 1], ids=["a few", "more"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("level", [2, 10, 2, 3.5, 10, None]),
        ("customer", ["b", "a", "b", "c", None, "ab"]),
        ("since", [START, None, START - timedelta(1), START, START + timedelta(1), START]),
    ],
)
def test_a_list_is_sorted_by_an_attribute_what_has_none_comes_last(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int, name: str, values: list[Any]
) -> None:
    monkeypatch.setattr(task_lists, "FEW", few)
    deploy(database, "sorted.bpmn")
    roots: dict[str, Any] = {}
    for value in values:
        with unit_of_work(database) as session:
            given = {name: value} if value is not None else {}
            root = instances.start(session, "sorted", variables={}, actor=LEAD, attributes=given)
            roots[root.id] = value
    for sort, downwards in ((f"attributes.{name}", False), (f"-attributes.{name}", True)):
        told = _sorted(database, sort, limit=4)
        assert [roots[one] for one in told if roots[one] is not None] == sorted(filter(None, values), reverse=downwards)
        assert set(told) == roots.keys() and len(told) == len(roots) and roots[told[-1]] is None
        assert told == _sorted(database, sort, limit=50) == _sorted(database, sort, limit=1) == _sorted(database, sort, limit=5)


def _sorted(database: Database, sort: str, *, limit: int, state: str = "open") -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    with reading(database) as session:
        for _ in range(20):
            query = Query(limit=limit, cursor=cursor, sort=sort, filter={} if state == "open" else {"state": state})
            page = task_lists.search(session, LEAD, query, wanted=Wanted(scope="open"))
            found += [task.root_id for task in page.items]
            cursor = page.next
            if cursor is None:
                return found
    raise AssertionError("the list has no end")


def test_what_has_ended_is_passed_by_unless_it_is_asked_for(database: Database) -> None:
    deploy(database, "sorted.bpmn")
    started = []
    for level in (1, 2):
        with unit_of_work(database) as session:
            started.append(instances.start(session, "sorted", variables={}, actor=LEAD, attributes={"level": level}).id)
    with reading(database) as session:
        done = session.scalars(select(UserTask.id).where(UserTask.root_id == started[0])).one()
    complete(database, done)
    with unit_of_work(database) as session:
        instances.set_attributes(session, instances.get(session, started[0]), customer="late")
        assert {row.ended for row in session.scalars(select(SearchAttribute).where(SearchAttribute.instance_id == started[0]))} == {True}
    assert _sorted(database, "attributes.level", limit=5) == [started[1]]
    assert _sorted(database, "attributes.level", limit=5, state="completed") == [started[0]]


def test_an_order_or_cursor_that_no_process_knows_is_refused_by_name(database: Database) -> None:
    deploy(database, "sorted.bpmn")
    made = {sort: paging.write_cursor(sort, key, "root task") for sort, key in (("attributes.level", "3"), ("created_at", 3))}
    for query, pointer in (
        (Query(sort="attributes.colour"), "/sort"),
        *((Query(sort="attributes.level", cursor=cursor), "/cursor") for cursor in made.values()),
    ):
        with reading(database) as session, pytest.raises(Invalid) as refused:
            task_lists.search(session, LEAD, query, wanted=Wanted(scope="open"))
        assert refused.value.problems[0].pointer == pointer


def test_a_list_holds_what_was_changed_a_moment_ago_and_not_yet_written(database: Database) -> None:
    ids = _add_tasks(database, 3)
    with unit_of_work(database) as session:
        session.get_one(UserTask, ids[0]).assignee = CLERK.id
        found = task_lists.search(session, CLERK, Query(), wanted=Wanted(scope="groups"))
        assert [task.id for task in found.items] == [ids[0]]
