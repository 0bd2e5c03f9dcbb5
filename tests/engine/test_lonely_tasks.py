"""Which open tasks nobody may do, and how few rows it takes to know."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from engine import stuck
from engine.database import Database, reading, unit_of_work
from engine.extensions import Actor
from engine.rows import insert_rows
from engine.tables import UserTask, UserTaskCandidate
from tests.engine.playground import deploy, open_tasks, start

MANY = 300


def _add_tasks(database: Database, *, excluded: int) -> None:
    """Many open tasks of one instance, offered to the two of team_lead; some of those are excluded."""
    start(database, "answer")
    with reading(database) as session:
        like = session.get_one(UserTask, next(iter(open_tasks(database).values())).id)
        row = {column.key: getattr(like, column.key) for column in UserTask.__table__.columns}
    names = [("group", "team_lead", None), *(("excluded", name, "CONFLICT_OF_INTEREST") for name in ("lead", "other_lead")[:excluded])]
    tasks = [row | {"id": f"task {excluded} {number}"} for number in range(MANY)]
    offered = [{"user_task_id": task["id"], "kind": kind, "name": name, "code": code} for task in tasks for kind, name, code in names]
    with unit_of_work(database) as session:
        insert_rows(session, UserTask, tasks)
        insert_rows(session, UserTaskCandidate, offered)


@contextmanager
def _tasks_read() -> Iterator[list[str]]:
    read: list[str] = []

    def note(task: UserTask, _context: object) -> None:
        read.append(task.id)

    event.listen(UserTask, "load", note)
    yield read
    event.remove(UserTask, "load", note)


def test_tasks_that_somebody_may_do_are_not_even_read(database: Database) -> None:
    deploy(database, "answer.bpmn")
    _add_tasks(database, excluded=1)
    with reading(database) as session, _tasks_read() as read:
        assert stuck.find(session) == []
    assert read == []


def test_no_more_of_the_lonely_are_read_than_shown_and_a_few(database: Database) -> None:
    deploy(database, "answer.bpmn")
    _add_tasks(database, excluded=2)
    with reading(database) as session:
        found = stuck.search(session, limit=5).items
    assert [(one.code, one.help) for one in found] == [("STUCK-ASSIGNEE", "assign")] * 5


def test_a_task_of_somebody_who_is_gone_is_seen(database: Database) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    task = next(iter(open_tasks(database).values()))
    gone = Actor(id="gone", name="Gone")
    with unit_of_work(database) as session:
        session.get_one(UserTask, task.id).assignee = gone.id
    with reading(database) as session:
        session.info["extensions"] = session.info["extensions"].__class__(active=lambda _session, names: set(names) - {gone.id})
        assert [one.sentence for one in stuck.find(session)] == [f"{task.name} is assigned to gone, who is not active any more."]
