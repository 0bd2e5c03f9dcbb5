"""Signals between instances: heard by all who wait at that moment, each in a step of his own, and kept for nobody."""

from engine import scheduler, tokens
from engine.database import Database, reading
from engine.signal_tables import SignalSubscription
from engine.tables import ProcessInstance
from tests.engine.playground import complete, deploy, instance, jobs_of, open_tasks, start


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
