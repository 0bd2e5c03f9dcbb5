"""Where due jobs run: the pool of one process, and the fleet of workers behind PostgreSQL."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from engine import clock, due_jobs, job_rows
from engine.clock import MovableClock
from engine.database import Database, open_database, reading, unit_of_work
from engine.dispatch import Fleet, Pool
from engine.extensions import ServiceTask, Values
from engine.scheduler import Scheduler, tick
from engine.tables import ActivityInstance
from tests.engine import playground
from tests.engine.playground import deploy, instance, jobs_of, open_tasks, start
from tests.eventually import eventually

PATIENCE = 20.0


class SlowWorld(playground.World):
    """An outside that answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.called = threading.Semaphore(0)
        self.answers = threading.Event()
        self.answers.set()

    def send(self, task: ServiceTask) -> Values:
        self.called.release()
        assert self.answers.wait(PATIENCE)
        return super().send(task)


@pytest.fixture
def world() -> SlowWorld:
    return SlowWorld()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(step_threads=2, call_threads=2)
    yield made
    made.stop()


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)


def queued(database: Database) -> list[tuple[str, str | None]]:
    """What the queue holds: (job id, lock)."""
    with reading(database) as session:
        rows = session.execute(text("SELECT queueing_lock, lock FROM procrastinate_jobs ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def test_the_scheduler_of_a_process_brings_an_instance_to_its_next_task(database: Database, pool: Pool) -> None:
    scheduler = Scheduler(database, pool)
    scheduler.start()
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    eventually(lambda: list(open_tasks(database)) == ["receive"])
    scheduler.stop()


def test_what_is_under_way_is_not_begun_a_second_time(database: Database, world: SlowWorld, pool: Pool) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    world.answers.clear()
    eventually(lambda: world.called.acquire(blocking=False), meanwhile=lambda: pool.send_due(database))
    for _ in range(20):
        pool.send_due(database)
    world.answers.set()
    eventually(lambda: list(open_tasks(database)) == ["receive"])
    assert (len(world.booked), len(world.sent)) == (1, 1)
    assert not world.called.acquire(blocking=False)


def test_an_outside_that_does_not_answer_holds_no_timer_up(database: Database, world: SlowWorld, pool: Pool, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    eventually(lambda: list(open_tasks(database)) == ["receive"], meanwhile=lambda: pool.send_due(database))
    world.answers.clear()
    for number in range(4):  # twice as many as there are threads for calls
        start(database, "deliver", business_key=f"slow {number}")
    eventually(lambda: len(world.booked) == 5, meanwhile=lambda: pool.send_due(database))
    time.advance(days=2)
    eventually(lambda: instance(database, started.id).state == "completed", meanwhile=lambda: pool.send_due(database))
    assert len(world.sent) == 1
    world.answers.set()


def counted(database: Database) -> list[str]:
    """What the two timers of "receive" led to, in the order it happened."""
    with reading(database) as session:
        passages = select(ActivityInstance.element_id).where(ActivityInstance.element_id.in_(("count", "give_up")))
        return list(session.scalars(passages.order_by(ActivityInstance.id)))


def test_steps_of_one_instance_follow_the_order_they_became_due(database: Database, pool: Pool, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    eventually(lambda: list(open_tasks(database)) == ["receive"], meanwhile=lambda: pool.send_due(database))
    time.advance(days=2)
    eventually(lambda: instance(database, started.id).state == "completed", meanwhile=lambda: pool.send_due(database))
    assert counted(database) == ["count", "count", "count", "give_up"]


def test_a_repeated_timer_goes_before_a_later_one_that_was_due_at_the_same_look(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    tick(database)
    time.advance(days=2)
    with reading(database) as session:
        assert [root for _job, root in due_jobs.due(session)] == [started.id]
    tick(database)
    assert counted(database) == ["count", "count", "count", "give_up"]


@pytest.mark.postgresql
def test_workers_follow_the_order_too(database: Database, fleet: Fleet, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    for _ in range(3):
        fleet.send_due(database)
        fleet.work(until_idle=True)
    time.advance(days=2)
    for _ in range(4):
        fleet.send_due(database)
        fleet.send_due(database)  # nothing more while the first is on its way
        assert len(queued(database)) == 1
        fleet.work(until_idle=True)
    assert counted(database) == ["count", "count", "count", "give_up"]


def test_a_fleet_needs_postgresql() -> None:
    database = open_database("sqlite://")
    with pytest.raises(ValueError, match="needs PostgreSQL"):
        Fleet(database)
    database.close()


@pytest.mark.postgresql
def test_a_job_is_marked_and_queued_together_and_once(database: Database, fleet: Fleet) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    for _ in range(3):
        fleet.send_due(database)
    (job,) = jobs_of(database, "service_task")
    assert job.state == "dispatched"
    assert queued(database) == [(job.id, None)]  # a call to the outside locks no instance


@pytest.mark.postgresql
def test_a_timer_is_queued_under_the_lock_of_its_root_instance(database: Database, fleet: Fleet, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    for _ in range(2):
        fleet.send_due(database)
        fleet.work(until_idle=True)
    assert list(open_tasks(database)) == ["receive"]
    time.advance(hours=1)
    fleet.send_due(database)
    assert [lock for _, lock in queued(database)] == [started.id]


@pytest.mark.postgresql
def test_a_worker_does_what_is_queued_and_leaves_the_queue_empty(database: Database, world: SlowWorld, fleet: Fleet) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    for _ in range(2):
        fleet.send_due(database)
        fleet.work(until_idle=True)
    assert list(open_tasks(database)) == ["receive"]
    assert (len(world.booked), len(world.sent)) == (1, 1)
    assert queued(database) == []


@pytest.mark.postgresql
def test_a_lost_message_is_sent_again_and_a_late_one_is_not(database: Database) -> None:
    fleet = Fleet(database, lost_after=timedelta(0))
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    fleet.send_due(database)
    fleet.send_due(database)
    assert len(queued(database)) == 1, "late: the queue still has it"
    with unit_of_work(database) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    fleet.send_due(database)
    assert len(queued(database)) == 1, "lost"


@pytest.mark.postgresql
def test_a_message_delivered_twice_is_done_once(database: Database, world: SlowWorld, fleet: Fleet) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    fleet.send_due(database)
    with unit_of_work(database) as session:
        columns = "queue_name, task_name, priority, lock, args"
        session.execute(text(f"INSERT INTO procrastinate_jobs ({columns}) SELECT {columns} FROM procrastinate_jobs"))
    fleet.work(until_idle=True)
    assert len(world.booked) == 1


@pytest.mark.postgresql
def test_letters_that_nobody_takes_hide_no_timer_from_the_fleet(database: Database, fleet: Fleet, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    tick(database)
    with unit_of_work(database) as session:
        for _ in range(due_jobs.DUE_AT_ONCE + 1):
            job_rows.add_effect(session, "send", {})
    time.advance(days=2)
    fleet.send_due(database)
    assert started.id in [lock for _, lock in queued(database)]


@pytest.mark.postgresql
def test_a_timer_overtakes_letters_that_were_queued_before_it(
    database: Database, world: SlowWorld, fleet: Fleet, time: MovableClock
) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    tick(database)
    for number in range(3):
        start(database, "deliver", business_key=f"slow {number}")
    fleet.send_due(database)
    fleet.work(until_idle=True)
    fleet.send_due(database)  # their letters
    time.advance(days=2)
    fleet.send_due(database)
    assert started.id in [lock for _, lock in queued(database)]
    world.answers.clear()
    worker = threading.Thread(target=clock.carry(fleet.work), kwargs={"threads": 1, "until_idle": True})
    worker.start()
    try:
        eventually(lambda: started.id not in [lock for _, lock in queued(database)])
    finally:
        world.answers.set()
        worker.join(PATIENCE)
