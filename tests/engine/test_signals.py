"""Signals between instances: heard by all who wait at that moment, each in a step of his own, and kept for nobody."""

import sqlite3

from sqlalchemy import event, func, select

from engine import instances, scheduler, tokens
from engine.database import Database, new_id, reading, unit_of_work
from engine.rows import insert_rows
from engine.signal_tables import SignalSubscription
from engine.tables import ProcessInstance
from tests.engine.playground import MONDAY, OPS, complete, deploy, instance, jobs_of, open_tasks, start


def running(database: Database, key: str) -> list[ProcessInstance]:
    with reading(database) as session:
        found = session.query(ProcessInstance).filter_by(definition_key=key, state="running").all()
        session.expunge_all()
        return found


def test_every_instance_that_waits_hears_a_signal(database: Database) -> None:
    deploy(database, "recall.bpmn", "stock.bpmn")
    first, second = start(database, "stock"), start(database, "stock")
    start(database, "recall")
    scheduler.tick(database)
    assert [instance(database, one.id).end_element_id for one in (first, second)] == ["stopped", "stopped"]
    assert jobs_of(database, "signal") == []


def test_a_signal_starts_the_live_version_at_the_event_that_waits_for_it(database: Database) -> None:
    deploy(database, "recall.bpmn", "stock.bpmn")
    start(database, "recall")
    scheduler.tick(database)
    assert set(open_tasks(database)) == {"clear"}
    deploy(database, "stock.bpmn", replace={'<bpmn:signal id="sig_recall" name="recall"/>': '<bpmn:signal id="sig_recall" name="other"/>'})
    start(database, "recall")
    scheduler.tick(database)
    assert len(running(database, "stock")) == 1


def test_a_signal_that_is_on_its_way_is_heard_though_who_threw_it_is_stopped(database: Database) -> None:
    deploy(database, "recall.bpmn", "stock.bpmn")
    listener, thrower, stopped = start(database, "stock"), start(database, "recall"), start(database, "stock")
    with unit_of_work(database) as session:
        instances.cancel(session, thrower.id, actor=OPS, reason="by mistake")
        instances.cancel(session, stopped.id, actor=OPS, reason="by mistake")
    scheduler.tick(database)
    assert instance(database, listener.id).end_element_id == "stopped"
    assert jobs_of(database, "signal") == []


def test_nobody_hears_a_signal_he_throws_before_he_waits(database: Database) -> None:
    deploy(database, "recall.bpmn")
    first = start(database, "recall")
    scheduler.tick(database)
    assert instance(database, first.id).state == "running"
    second = start(database, "recall")
    scheduler.tick(database)
    assert (instance(database, first.id).state, instance(database, second.id).state) == ("completed", "running")


def test_what_waits_for_a_signal_is_shown_and_gone_when_it_does_not_wait_any_more(database: Database) -> None:
    deploy(database, "stock.bpmn")
    one = start(database, "stock")
    with reading(database) as session:
        shown = [(token.element_id, token.label) for token in tokens.of_instance(session, one.id) if token.kind == "signal"]
    assert shown == [("stop", "recall")]
    with database.engine.connect() as connection:
        assert connection.execute(SignalSubscription.__table__.select()).all() != []
    complete(database, open_tasks(database)["count"].id)
    with database.engine.connect() as connection:
        assert connection.execute(SignalSubscription.__table__.select()).all() == []


def test_a_signal_of_one_instance_is_not_heard_by_the_others(database: Database) -> None:
    inside = {'id="sig_recall" name="recall"': 'id="sig_recall" name="recall" redress:scope="processInstance"'}
    deploy(database, "recall.bpmn", replace=inside)
    first, second = start(database, "recall"), start(database, "recall")
    scheduler.tick(database)
    assert {instance(database, one.id).state for one in (first, second)} == {"running"}
    assert jobs_of(database, "signal") == []


def test_very_many_who_wait_no_more_are_forgotten_together(database: Database) -> None:
    deploy(database, "stock.bpmn")
    if database.is_sqlite:  # some builds take more values in a statement than the usual one
        event.listen(database.engine, "connect", lambda raw, _: raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766))
        database.engine.dispose()
    one = start(database, "stock")
    about = {"root_id": one.id, "instance_id": one.id, "element_id": "stop", "name": "recall", "created_at": MONDAY, "inside": False}
    with unit_of_work(database) as session:
        insert_rows(session, SignalSubscription, [{**about, "id": new_id(), "token_id": f"t{number}"} for number in range(33_000)])
    with unit_of_work(database) as session:
        instances.cancel(session, one.id, actor=OPS, reason="by mistake")
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(SignalSubscription)) == 0
