"""Long ways and very many tasks, in the database: who waits is answered soon, jobs go on, and a step touches what it concerns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import deployments, history, instances, jobs, scheduler
from engine.bpmn import budget
from engine.clock import MovableClock
from engine.database import Database, reading, unit_of_work
from engine.tables import ProcessInstance, UserTask
from tests.engine import large
from tests.engine.playground import LEAD, OWNER, complete, instance, jobs_of, open_incidents, start


def _deploy(database: Database, drawing: bytes) -> None:
    with reading(database) as session:
        prepared = deployments.prepare({"large.bpmn": drawing}, extensions=session.info["extensions"])
    with unit_of_work(database) as session:
        deployments.deploy(session, prepared, OWNER)


def _passed(database: Database, instance_id: str) -> list[str]:
    with reading(database) as session:
        return [row.element_id for row in history.of_instance(session, instance_id)]


def test_a_long_way_goes_on_in_jobs_and_whoever_began_it_is_answered(database: Database) -> None:
    _deploy(database, large.loop())
    begun = start(database, "loop", n=0, turns=1_200)
    assert instance(database, begun.id).state == "running"
    assert instance(database, begun.id).variables["n"] > 400
    (rest,) = jobs_of(database, "continue")
    assert (rest.root_id, rest.element_id) == (begun.id, "count")
    assert 1 <= scheduler.tick(database) <= 3
    assert instance(database, begun.id).state == "completed"
    assert instance(database, begun.id).variables["n"] == 1_200
    assert _passed(database, begun.id) == ["begin", *(["count", "enough"] * 1_200), "done"]
    assert jobs_of(database, "continue") == []


def test_a_way_that_never_ends_is_a_job_that_fails(database: Database, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_STEPS", 2_500)
    _deploy(database, large.loop())
    begun = start(database, "loop", n=0, turns=10**6)
    scheduler.tick(database)
    time.advance(seconds=10)
    scheduler.tick(database)
    (incident,) = open_incidents(database)
    assert "more than 2,500 elements were passed" in incident.message
    assert incident.element_id in ("count", "enough")
    assert instance(database, begun.id).variables["n"] < 1_250  # what was passed before the slice that failed stands
    with unit_of_work(database) as session:
        instances.cancel(session, begun.id, actor=LEAD, reason="it never ends")
    assert jobs_of(database, "continue") == []
    assert open_incidents(database) == []


def test_running_a_slice_twice_runs_it_once(database: Database) -> None:
    _deploy(database, large.loop())
    begun = start(database, "loop", n=0, turns=1_200)
    (rest,) = jobs_of(database, "continue")
    jobs.run(database, rest.id)
    counted = instance(database, begun.id).variables["n"]
    jobs.run(database, rest.id)
    assert instance(database, begun.id).variables["n"] == counted


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    """What the driver is given meanwhile, prepared or not."""
    sent: list[str] = []
    dialect = database.engine.dialect

    def noting(send: Callable[..., None]) -> Callable[..., None]:
        def note(cursor: Any, statement: str, *rest: Any) -> None:
            sent.append(statement.split()[0])
            send(cursor, statement, *rest)

        return note

    with pytest.MonkeyPatch.context() as patch:
        for send in ("do_execute", "do_executemany"):
            patch.setattr(dialect, send, noting(getattr(dialect, send)))
        yield sent


def _statements_to_complete_one_of(count: int, database: Database) -> list[str]:
    begun = start(database, "instances", business_key=f"K-{count}", items=list(range(count)))
    waiting = select(UserTask.id).where(UserTask.root_id == begun.id, UserTask.state == "open").order_by(UserTask.id)
    with reading(database) as session:
        somebody, other = session.scalars(waiting.limit(2)).all()
    complete(database, somebody, double=0)
    with _statements(database) as sent:
        complete(database, other, double=2)
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(waiting.subquery())) == count - 2
        touched = select(func.count()).where(UserTask.root_id == begun.id, UserTask.revision > 1)
        assert session.scalar(touched) == 2
    return sent


@pytest.mark.long
def test_to_complete_one_of_five_thousand_tasks_costs_as_many_statements_as_one_of_ten(database: Database) -> None:
    _deploy(database, large.instances(people=True))
    few = _statements_to_complete_one_of(10, database)
    assert _statements_to_complete_one_of(5_000, database) == few


def test_what_is_kept_of_an_instance_does_not_grow_with_its_turns(database: Database) -> None:
    _deploy(database, large.loop(people=True))
    begun = start(database, "loop", n=0, turns=10**6)
    kept = _kept(database, begun)
    sizes = [kept(10), kept(110)]
    assert sizes[1] <= sizes[0] + 24  # longer numbers


def _kept(database: Database, begun: ProcessInstance) -> Callable[[int], int]:
    def after(turns: int) -> int:
        for _ in range(turns):
            with reading(database) as session:
                task = session.scalars(select(UserTask.id).where(UserTask.root_id == begun.id, UserTask.state == "open")).one()
            complete(database, task)
        with reading(database) as session:
            size = select(func.length(ProcessInstance.execution)).where(ProcessInstance.id == begun.id)
            return session.scalar(size) or 0

    return after


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize(
    ("drawing", "variables"),
    [
        (large.chain(5_000), {"n": 0}),
        (large.loop(), {"n": 0, "turns": 20_000}),
        (large.instances(), {"items": list(range(10_000))}),
        (large.instances(sequential=True), {"items": list(range(10_000))}),
        (large.branches(1_000), {}),
    ],
    ids=["5,000 nodes", "20,000 turns", "10,000 instances", "10,000 instances, one after the other", "1,000 branches"],
)
def test_what_is_as_large_as_promised_runs_to_its_end(drawing: bytes, variables: dict[str, Any], database: Database) -> None:
    _deploy(database, drawing)
    key = next(name for name in ("chain", "loop", "instances", "branches") if f'id="{name}"'.encode() in drawing)
    begun = start(database, key, **variables)
    scheduler.tick(database)
    assert open_incidents(database) == []
    assert instance(database, begun.id).state == "completed"
