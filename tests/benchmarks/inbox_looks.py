"""What a look at the inbox costs while very many tasks are open: lists, filters and counts, for whom it differs."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.app import close
from engine import clock, instances, offers
from engine.database import Database, new_id, reading, unit_of_work
from engine.extensions import Actor, Candidates
from engine.rows import insert_rows
from engine.tables import ProcessInstance, UserTask, UserTaskCandidate
from processes import people
from tests.benchmarks import page_looks
from tests.live_app import WORKERS, build

OPEN_TASKS = 100_000
AT_ONCE = 2_500
LOOKS = 30
GROUPS = [f"group_{number}" for number in range(25)]
PEOPLE = 100
READERS = {"a worker with groups": ("group_3", "group_7"), "a worker with few tasks": ("rare",), "a manager": ("complaint_manager",)}
ADDRESSES = {"a manager": "/tasks?scope=open"}
LIMIT_MS = 100


def seconds(database_url: str, *, diagrams: Path, key: str) -> dict[str, list[float]]:
    """How long each of the looks took, by who looked."""
    app = build(database_url, diagrams)
    app.extensions["redress"].scheduler.stop()
    app.extensions["redress"].scheduler = None
    database: Database = app.extensions["redress"].database
    fill(database, key)
    taken = {}
    for name, groups in READERS.items():
        account_id = name.replace(" ", "_")
        with unit_of_work(database) as session:
            people.add_account(session, account_id, name=name, groups=groups)
        client = page_looks.browser(app, account_id)
        taken[name] = [page_looks.look(client, ADDRESSES.get(name, "/tasks")) for _ in range(LOOKS)]
    close(app)
    return taken


def fill(database: Database, key: str) -> None:
    """One instance is started, the others are copies of its rows: of many groups and people, due from weeks ago to weeks to come."""
    with unit_of_work(database) as session:
        instances.start(session, key, variables={"amount": 10, "level": 2}, actor=Actor(id=WORKERS[0]))
    with reading(database) as session:
        task, instance = (_values(session.scalars(select(table)).one()) for table in (UserTask, ProcessInstance))
    chance = random.Random(7)
    for _ in range(OPEN_TASKS // AT_ONCE):
        ids = [new_id() for _ in range(AT_ONCE)]
        offered = {id_: offers.candidate_rows(id_, _candidates(chance)) for id_ in ids}
        with unit_of_work(database) as session:
            insert_rows(session, ProcessInstance, [instance | {"id": id_, "root_id": id_} for id_ in ids])
            tasks = [task | {"id": id_, "root_id": id_, "instance_id": id_, "audience": offers.keep(session, offered[id_])} for id_ in ids]
            insert_rows(session, UserTask, [one | dict(_about(chance)) for one in tasks])
            insert_rows(session, UserTaskCandidate, [row for rows in offered.values() for row in rows])
    page_looks.let_the_planner_look(database)


def _candidates(chance: random.Random) -> Candidates:
    groups = [chance.choice(GROUPS) if chance.random() > 0.0005 else "rare"]
    return Candidates(groups=groups, users=[f"person_{chance.randrange(PEOPLE)}"] if chance.random() < 0.3 else [])


def _about(chance: random.Random) -> Iterator[tuple[str, Any]]:
    due = clock.now() + timedelta(minutes=chance.randrange(-20 * 1440, 30 * 1440)) if chance.random() < 0.95 else None
    yield "due_at", due
    yield "warn_at", due - timedelta(hours=5) if due is not None else None
    yield "assignee", f"person_{chance.randrange(PEOPLE)}" if chance.random() < 0.4 else None


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "execution"}
