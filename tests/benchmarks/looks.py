"""What a look at the operations page costs while very many tasks are open."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.app import close
from engine import instances
from engine.database import Database, new_id, reading, unit_of_work
from engine.extensions import Actor
from engine.rows import insert_rows
from engine.tables import ProcessInstance, UserTask, UserTaskCandidate
from tests.benchmarks import page_looks
from tests.live_app import WORKERS, build

OPEN_TASKS = 100_000
LOOKS = 60
AT_ONCE = 5_000


def seconds(database_url: str, *, diagrams: Path, key: str) -> list[float]:
    """How long each of the looks took, the first after the start of the server included."""
    app = build(database_url, diagrams)
    database: Database = app.extensions["redress"].database
    fill(database, key)
    client = page_looks.browser(app, WORKERS[0])
    taken = [page_looks.look(client, "/operations/stuck") for _ in range(LOOKS)]
    close(app)
    return taken


def fill(database: Database, key: str) -> None:
    """One instance is started, the others are copies of its rows."""
    with unit_of_work(database) as session:
        instances.start(session, key, variables={"amount": 10, "level": 2}, actor=Actor(id=WORKERS[0]))
    with reading(database) as session:
        task = session.scalars(select(UserTask)).one()
        rows = {table: _values(session.scalars(select(table)).one()) for table in (ProcessInstance, UserTask)}
        groups = session.scalars(select(UserTaskCandidate.name).where(UserTaskCandidate.user_task_id == task.id)).all()
    for _ in range(OPEN_TASKS // AT_ONCE):
        ids = [new_id() for _ in range(AT_ONCE)]
        names = [{"user_task_id": id_, "kind": "group", "name": name, "code": None} for id_ in ids for name in groups]
        with unit_of_work(database) as session:
            insert_rows(session, ProcessInstance, [rows[ProcessInstance] | {"id": id_, "root_id": id_} for id_ in ids])
            insert_rows(session, UserTask, [rows[UserTask] | {"id": id_, "root_id": id_, "instance_id": id_} for id_ in ids])
            insert_rows(session, UserTaskCandidate, names)


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "execution"}
