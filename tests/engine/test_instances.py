"""Instances: unique starts, search attributes, where they stand, and cancelling."""

import pytest

from engine import history, instances, scheduler
from engine import tokens as where
from engine.database import Database, reading, unit_of_work
from engine.errors import Conflict, Invalid, NotUnique
from engine.paging import Query
from tests.engine.playground import LEAD, OPS, complete, deploy, instance, jobs_of, open_incidents, open_tasks, start

APPROVE = ("approve.bpmn", "decide.form")


def test_a_unique_start_is_refused_while_or_after_the_same_case_runs(database: Database) -> None:
    deploy(database, *APPROVE)
    for unique in ("running", "ever"):
        with unit_of_work(database) as session:
            instances.start(session, "approve", variables={"amount": 1}, actor=LEAD, business_key=unique, unique=unique)
        with pytest.raises(NotUnique), unit_of_work(database) as session:
            instances.start(session, "approve", variables={"amount": 1}, actor=LEAD, business_key=unique, unique=unique)
    for task in (open_tasks(database)["decide"],):
        complete(database, task.id, vote="reject", reason="no")
    with pytest.raises(NotUnique), unit_of_work(database) as session:
        instances.start(session, "approve", variables={"amount": 1}, actor=LEAD, business_key="ever", unique="ever")


def test_instances_are_found_by_their_search_attributes(database: Database) -> None:
    deploy(database, *APPROVE)
    for level in (1, 2, 3):
        with unit_of_work(database) as session:
            attributes = {"level": level, "customer": f"customer {level}"}
            instances.start(session, "approve", variables={"amount": level}, actor=LEAD, business_key=f"K-{level}", attributes=attributes)
    with reading(database) as session:
        high = instances.search(session, Query(filter={"attributes.level": {"$gte": 2}}, sort="started_at"))
        assert sorted(one.business_key or "" for one in high.items) == ["K-2", "K-3"]
        either = {"$or": [{"attributes.customer": "customer 1"}, {"attributes.level": 3}]}
        assert len(instances.search(session, Query(filter=either)).items) == 2
        assert instances.attributes(session, [high.items[0].id])[high.items[0].id]["level"] in (2, 3)


def test_an_attribute_can_be_changed_and_removed(database: Database) -> None:
    deploy(database, *APPROVE)
    started = start(database, "approve", amount=1)
    for value, expected in ((2, {"level": 2}), ("high", {"level": "high"}), (None, {})):
        with unit_of_work(database) as session:
            instances.set_attributes(session, instances.get(session, started.id), level=value)
        with reading(database) as session:
            assert instances.attributes(session, [started.id]) == {started.id: expected}


def test_a_cancelled_instance_leaves_no_task_no_timer_and_no_incident(database: Database) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    scheduler.tick(database)
    with unit_of_work(database) as session:
        instances.cancel(session, started.id, actor=OPS, reason="sent twice")
    assert instance(database, started.id).state == "cancelled"
    assert open_tasks(database) == {} and jobs_of(database, "timer") == []
    with pytest.raises(Conflict, match="has ended"), unit_of_work(database) as session:
        instances.cancel(session, started.id, actor=OPS, reason="again")


def test_an_instance_whose_first_step_failed_can_be_cancelled(database: Database) -> None:
    deploy(database, *APPROVE)
    started = start(database, "approve")
    with unit_of_work(database) as session:
        instances.cancel(session, started.id, actor=OPS, reason="wrong data")
    assert instance(database, started.id).state == "cancelled" and open_incidents(database) == []


def test_tokens_say_where_an_instance_stands_and_history_how_it_got_there(database: Database) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    scheduler.tick(database)
    with reading(database) as session:
        tokens = {(token.element_id, token.kind) for token in where.of_instance(session, started.id)}
        passed = [row.element_id for row in history.of_instance(session, started.id)]
    assert tokens == {("receive", "user_task"), ("remind", "timer"), ("give_up", "timer")}
    assert passed == ["begin", "book", "send"]


def test_corrected_data_is_used_by_the_next_step_and_stands_in_the_audit_trail(database: Database) -> None:
    deploy(database, "fragile.bpmn")
    started = start(database, "fragile")
    with unit_of_work(database) as session:
        instances.set_variables(session, started.id, {"parts": 5, "gone": None}, actor=OPS, reason="typo", revision=started.revision)
    complete(database, open_tasks(database)["enter"].id)
    assert instance(database, started.id).variables["share"] == 20


@pytest.mark.parametrize("begins_at", ["by_hand", "by_phone", "by_mail"])
def test_a_process_with_several_ways_in_begins_where_it_is_told(database: Database, begins_at: str) -> None:
    deploy(database, "two_ways_in.bpmn")
    with unit_of_work(database) as session:
        started = instances.start(session, "two_ways_in", variables={}, actor=LEAD, start_event_id=begins_at)
    with reading(database) as session:
        assert [one.element_id for one in history.of_instance(session, started.id)] == [begins_at, "note", "noted"]


@pytest.mark.parametrize(("named", "words"), [(None, "say in which: by_hand, by_phone"), ("by_night", "no start event 'by_night'")])
def test_nobody_guesses_where_a_process_is_to_begin(database: Database, named: str | None, words: str) -> None:
    deploy(database, "two_ways_in.bpmn")
    with pytest.raises(Invalid) as refused, unit_of_work(database) as session:
        instances.start(session, "two_ways_in", variables={}, actor=LEAD, start_event_id=named)
    assert words in refused.value.problems[0].message
