"""What a step costs against the size of what is run or waits: flat, or there is something to mend."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from api import migrations
from engine import deployments, due_jobs, instances, jobs, user_tasks
from engine.database import Database, open_database, reading, unit_of_work
from engine.extensions import Actor
from engine.tables import ProcessInstance, UserTask
from tests.engine import large

SOMEBODY = Actor(id="bench", name="Bench", groups=frozenset({"team_lead"}))
COMPLETIONS = 20
AT_MOST_ON_POSTGRESQL = 1_000  # and only completions: the database's share shows there
ROW = "{:<42} {:<12} {:>8} {:>16} {:>16}"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that comes in sizes. `people`: what is measured is a completion, `turns` of it before."""

    name: str
    key: str
    drawing: Callable[[int], bytes]
    variables: Callable[[int], Mapping[str, Any]]
    sizes: tuple[int, ...] = (10, 100, 1_000, 10_000)
    people: bool = False
    turns: bool = False


def _items(size: int) -> Mapping[str, Any]:
    return {"items": list(range(size))}


KINDS = (
    Kind(name="nodes in a row", key="chain", drawing=large.chain, variables=lambda size: {"n": 0}, sizes=(10, 100, 1_000, 5_000)),
    Kind(name="turns of a loop", key="loop", drawing=lambda size: large.loop(), variables=lambda size: {"n": 0, "turns": size}),
    Kind(name="instances, all at once", key="instances", drawing=lambda size: large.instances(), variables=_items),
    Kind(
        name="instances, one after the other",
        key="instances",
        drawing=lambda size: large.instances(sequential=True),
        variables=_items,
    ),
    Kind(name="branches", key="branches", drawing=large.branches, variables=lambda size: {}, sizes=(10, 100, 1_000)),
    Kind(
        name="a completion, of so many that wait",
        key="instances",
        drawing=lambda size: large.instances(people=True),
        variables=_items,
        people=True,
    ),
    Kind(
        name="a completion, after so many turns",
        key="loop",
        drawing=lambda size: large.loop(people=True),
        variables=lambda size: {"n": 0, "turns": 10**6},
        sizes=(10, 100, 1_000),
        people=True,
        turns=True,
    ),
)


def table(places: Mapping[str, Callable[[], str]]) -> Iterator[str]:
    """Lines to print; `places` give the address of a fresh database each time they are asked."""
    yield ROW.format("cost against size", "", "size", "CPU ms / step", "bytes of state")
    for kind in KINDS:
        for place, address in places.items():
            for size in kind.sizes:
                if place == "SQLite" or (kind.people and size <= AT_MOST_ON_POSTGRESQL):
                    cost, kept = _measured(address(), kind, size)
                    yield ROW.format(kind.name, place, f"{size:,}", f"{cost:.2f}", f"{kept:,}" if kept else "-")


def _measured(address: str, kind: Kind, size: int) -> tuple[float, int]:
    """Milliseconds of this process for each step, and the largest state that was kept between two."""
    database = open_database(address)
    try:
        migrations.upgrade(database)
        _deploy(database, kind.drawing(size))
        return _completions(database, kind, size) if kind.people else _way(database, kind, size)
    finally:
        database.close()


def _deploy(database: Database, drawing: bytes) -> None:
    with reading(database) as session:
        prepared = deployments.prepare({"large.bpmn": drawing}, extensions=session.info["extensions"])
    with unit_of_work(database) as session:
        deployments.deploy(session, prepared, SOMEBODY)


def _begin(database: Database, kind: Kind, size: int) -> str:
    with unit_of_work(database) as session:
        return instances.start(session, kind.key, variables=kind.variables(size), actor=SOMEBODY).id


def _way(database: Database, kind: Kind, size: int) -> tuple[float, int]:
    """From the start to the end, job after job; the first time loads the specification."""
    began = time.process_time()
    id_ = _begin(database, kind, size)
    kept = _kept(database, id_)
    while due := _due(database):
        for job_id in due:
            jobs.run(database, job_id)
        kept = max(kept, _kept(database, id_))
    with reading(database) as session:
        if instances.get(session, id_).state != "completed":
            raise SystemExit(f"{size:,} {kind.name} did not come to their end")
    return (time.process_time() - began) * 1000 / size, kept


def _due(database: Database) -> list[str]:
    with reading(database) as session:
        return [id_ for id_, _root in due_jobs.due(session)]


def _completions(database: Database, kind: Kind, size: int) -> tuple[float, int]:
    id_ = _begin(database, kind, size)
    before = size if kind.turns else 1  # the first one fills the caches
    measured = min(COMPLETIONS, size - 2)
    for _ in range(before):
        _complete_one(database)
    began = time.process_time()
    for _ in range(measured):
        _complete_one(database)
    return (time.process_time() - began) * 1000 / measured, _kept(database, id_)


def _complete_one(database: Database) -> None:
    with reading(database) as session:
        found = session.scalars(select(UserTask.id).where(UserTask.state == "open").limit(1)).one()
    with unit_of_work(database) as session:
        user_tasks.complete(session, found, values={"double": 1}, actor=SOMEBODY)


def _kept(database: Database, instance_id: str) -> int:
    with reading(database) as session:
        return session.scalar(select(func.length(ProcessInstance.execution)).where(ProcessInstance.id == instance_id)) or 0
