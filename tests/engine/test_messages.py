"""Messages: stored first, delivered once, kept while nobody waits."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from engine import clock, instances, jobs, messages, scheduler
from engine.database import Database, reading, unit_of_work
from engine.errors import MessageIdTaken
from engine.tables import Job, Message, MessageSubscription, ProcessInstance, UserTask
from tests.engine.playground import LEAD, complete, deploy, instance, jobs_of, open_incidents, open_tasks, start


def send(database: Database, id_: str, key: str | None = "K-1", name: str = "customer.answer", **payload: object) -> None:
    with unit_of_work(database) as session:
        messages.receive(session, id=id_, name=name, correlation_key=key, payload=dict(payload), actor=LEAD)
    scheduler.tick(database)


def state_of(database: Database, id_: str) -> str:
    with reading(database) as session:
        return session.get_one(Message, id_).state


def test_a_message_reaches_the_instance_with_its_key_and_brings_its_data(database: Database) -> None:
    deploy(database, "answer.bpmn")
    mine, other = start(database, "answer"), start(database, "answer", business_key="K-2")
    for task in list(open_tasks_of_all(database)):
        complete(database, task)
    send(database, "m1", answer="yes")
    assert instance(database, mine.id).state == "completed"
    assert instance(database, mine.id).variables["answer"] == "yes"
    assert instance(database, other.id).state == "running"
    assert state_of(database, "m1") == "delivered"


def open_tasks_of_all(database: Database) -> list[str]:
    with reading(database) as session:
        return [task.id for task in session.query(UserTask).filter_by(state="open")]


def test_a_message_that_comes_early_is_delivered_when_somebody_begins_to_wait(database: Database) -> None:
    deploy(database, "answer.bpmn")
    started = start(database, "answer")
    send(database, "m1", answer="early")
    assert state_of(database, "m1") == "waiting"
    complete(database, open_tasks(database)["ask"].id)
    scheduler.tick(database)
    assert instance(database, started.id).variables["answer"] == "early"


def test_the_same_message_twice_is_one_message(database: Database) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    start(database, "answer")
    for task in open_tasks_of_all(database):
        complete(database, task)
    send(database, "m1")
    send(database, "m1")
    with reading(database) as session:
        assert session.query(ProcessInstance).filter_by(state="completed").count() == 1


@pytest.mark.parametrize(("key", "name"), [("K-2", "customer.answer"), (None, "customer.answer"), ("K-1", "customer.question")])
def test_the_id_of_another_message_is_refused_and_nothing_of_that_one_is_told(database: Database, key: str | None, name: str) -> None:
    send(database, "m1", answer="private")
    for store in (messages.receive, messages.keep):
        with pytest.raises(MessageIdTaken) as refused, unit_of_work(database) as session:
            store(session, id="m1", name=name, correlation_key=key, payload={}, actor=LEAD)
        assert refused.value.details == {"id": "m1"}
    with reading(database) as session:
        assert session.get_one(Message, "m1").payload == {"answer": "private"}


def test_the_delivery_of_one_instance_moves_no_other_one(database: Database) -> None:
    deploy(database, "answer.bpmn")
    older = start(database, "answer")
    complete(database, open_tasks(database)["ask"].id)
    mine = start(database, "answer")
    with unit_of_work(database) as session:
        messages.receive(session, id="m1", name="customer.answer", correlation_key="K-1", payload={"answer": "yes"}, actor=LEAD)
    complete(database, open_tasks(database)["ask"].id)
    with reading(database) as session:
        (of_mine,) = session.scalars(select(Job.id).where(Job.kind == "message", Job.root_id == mine.id))
    jobs.run(database, of_mine)
    assert (instance(database, mine.id).state, instance(database, older.id).state) == ("completed", "running")
    scheduler.tick(database)
    assert instance(database, older.id).state == "running"


def test_a_message_with_another_key_waits(database: Database) -> None:
    deploy(database, "answer.bpmn")
    started = start(database, "answer")
    complete(database, open_tasks(database)["ask"].id)
    send(database, "m1", key="K-9")
    assert (state_of(database, "m1"), instance(database, started.id).state) == ("waiting", "running")


def instances_of(database: Database, key: str) -> list[ProcessInstance]:
    with reading(database) as session:
        found = session.query(ProcessInstance).filter_by(definition_key=key).order_by(ProcessInstance.started_at, ProcessInstance.id).all()
        session.expunge_all()
        return found


def test_a_message_starts_the_process_that_has_it_as_start_event_every_time(database: Database) -> None:
    deploy(database, "listener.bpmn")
    send(database, "m1", name="evidence.added", evidence_id="E-1")
    send(database, "m1", name="evidence.added", evidence_id="E-1")
    send(database, "m2", name="evidence.added", evidence_id="E-2")
    started = instances_of(database, "listener")
    assert [(one.business_key, one.variables["evidence_id"], one.started_by) for one in started] == [
        ("K-1", "E-1", LEAD.id),
        ("K-1", "E-2", LEAD.id),
    ]
    assert state_of(database, "m1") == "delivered"


def test_only_the_live_version_is_started_by_a_message(database: Database) -> None:
    deploy(database, "listener.bpmn")
    deploy(database, "answer.bpmn")
    send(database, "m1", name="customer.answer")
    assert instances_of(database, "listener") == []
    assert state_of(database, "m1") == "waiting"


def waiting_for_an_answer(database: Database, **variables: Any) -> ProcessInstance:
    started = start(database, "answer_counted", **variables)
    complete(database, open_tasks_of_all(database)[0])
    return started


def test_a_message_that_fails_where_it_is_delivered_is_a_failure_of_that_instance(database: Database) -> None:
    deploy(database, "answer_counted.bpmn")
    mine = waiting_for_an_answer(database)
    send(database, "m1")
    (job,) = jobs_of(database, "message")
    assert (job.root_id, job.instance_id, job.attempts) == (mine.id, mine.id, 1)
    assert "There is no variable 'answers'" in (job.error or "")
    for _ in range(3):
        with unit_of_work(database) as session:
            session.get_one(Job, job.id).run_at = clock.now()
        jobs.run(database, job.id)
    (incident,) = open_incidents(database)
    assert (incident.root_id, incident.element_id) == (mine.id, "count")
    with unit_of_work(database) as session:
        revision = instances.get(session, mine.id).revision
        instances.set_variables(session, mine.id, {"answers": 4}, actor=LEAD, reason="it was forgotten", revision=revision)
        jobs.retry(session, job.id, actor=LEAD, reason="it can be counted now")
    jobs.run(database, job.id)
    assert (instance(database, mine.id).state, instance(database, mine.id).variables["counted"]) == ("completed", 5)
    assert open_incidents(database) == []


def test_a_message_that_failed_in_a_cancelled_instance_goes_to_the_next_that_waits(database: Database) -> None:
    deploy(database, "answer_counted.bpmn")
    mine = waiting_for_an_answer(database)
    other = waiting_for_an_answer(database, answers=1)
    send(database, "m1")
    assert instance(database, other.id).state == "running", "who waits longest gets it"
    with unit_of_work(database) as session:
        instances.cancel(session, mine.id, actor=LEAD, reason="a test")
        (job,) = session.scalars(select(Job).where(Job.kind == "message"))
        job.run_at = clock.now()
    scheduler.tick(database)
    assert (instance(database, other.id).state, state_of(database, "m1")) == ("completed", "delivered")


def test_a_message_that_failed_where_nobody_waits_for_it_any_more_goes_to_the_next_that_does(database: Database) -> None:
    deploy(database, "answer_counted.bpmn")
    mine = waiting_for_an_answer(database)
    other = waiting_for_an_answer(database, answers=1)
    send(database, "m1")
    with unit_of_work(database) as session:
        session.execute(delete(MessageSubscription).where(MessageSubscription.root_id == mine.id))
        (job,) = session.scalars(select(Job).where(Job.kind == "message"))
        job.run_at = clock.now()
    scheduler.tick(database)
    assert (instance(database, other.id).state, state_of(database, "m1")) == ("completed", "delivered")
    assert jobs_of(database, "message") == []
