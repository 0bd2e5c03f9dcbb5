"""Jobs: handlers, timers, retries, incidents, and the repair of each."""

import logging
from datetime import timedelta

import pytest

from engine import job_rows, jobs, scheduler, steps, stuck
from engine.clock import MovableClock
from engine.database import Database, reading, unit_of_work
from engine.errors import Conflict
from engine.tables import ActivityInstance, Operation, ProcessInstance
from tests.engine.playground import LEAD, OPS, World, complete, deploy, instance, jobs_of, open_incidents, open_tasks, start


def test_handlers_run_after_the_commit_and_their_results_become_variables(database: Database, world: World) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    assert open_tasks(database) == {}
    assert scheduler.tick(database) == 2
    assert list(open_tasks(database)) == ["receive"]
    assert instance(database, started.id).variables == {"booking": 1, "receipt": "receipt of K-1"}
    assert len(world.booked) == len(world.sent) == 1


def test_an_error_a_handler_throws_is_caught_by_the_boundary_event(database: Database) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver", stock=0)
    scheduler.tick(database)
    ended = instance(database, started.id)
    assert (ended.state, ended.end_element_id) == ("completed", "sold_out")


def test_a_broken_handler_is_retried_then_an_incident_and_goes_on_when_repaired(database: Database, world: World) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    world.broken = OSError("the ledger is gone")
    scheduler.tick(database)
    incident = open_incidents(database)[0]
    assert (incident.element_id, incident.message, incident.instance_id) == ("send", "the ledger is gone", started.id)
    job = jobs_of(database, "service_task")[0]
    assert (job.state, job.attempts, job.retries_left) == ("failed", 2, 0)
    with reading(database) as session:
        found = stuck.find(session)
        assert [(one.code, one.help, one.sentence) for one in found] == [("STUCK-INCIDENT", "retry", "the ledger is gone")]

    world.broken = None
    with unit_of_work(database) as session:
        jobs.retry(session, job.id, actor=OPS, reason="ledger is back")
    scheduler.tick(database)
    assert list(open_tasks(database)) == ["receive"]
    assert open_incidents(database) == []
    assert world.sent == [job.key]


class SomebodyElse(logging.Handler):
    """Runs the same job in the moment in which its failure is told but not yet noted."""

    def __init__(self, database: Database, job_id: str) -> None:
        super().__init__()
        self.database, self.job_id, self.ran = database, job_id, False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.ran:
            self.ran = True
            jobs.run(self.database, self.job_id)


def test_two_who_run_a_failing_job_at_the_same_time_use_up_one_retry(database: Database, world: World) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    world.closed = OSError("the shop is closed")
    (job,) = jobs_of(database, "service_task")
    jobs.log.addHandler(other := SomebodyElse(database, job.id))
    jobs.run(database, job.id)
    jobs.log.removeHandler(other)
    (failed,) = jobs_of(database, "service_task")
    assert (other.ran, failed.attempts, failed.retries_left) == (True, 1, job.retries_left - 1)


def test_retries_wait_as_long_as_the_diagram_says(database: Database, world: World, time: MovableClock) -> None:
    deploy(
        database,
        "deliver.bpmn",
        replace={'redress:topic="send" redress:retries="PT0S"': 'redress:topic="send" redress:retries="PT0S,PT1M,PT5M"'},
    )
    start(database, "deliver")
    world.broken = OSError("down")
    tries = []
    for _ in range(3):
        scheduler.tick(database)
        job = jobs_of(database, "service_task")[0]
        tries.append((job.attempts, job.run_at - time()))
        time.move_to(max(job.run_at, time()))
    assert tries == [(2, timedelta(minutes=1)), (3, timedelta(minutes=5)), (4, timedelta())]
    assert len(open_incidents(database)) == 1


def test_a_timer_fires_once_at_its_time_however_often_it_is_asked(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    scheduler.tick(database)
    first = jobs_of(database, "timer")[0]
    assert (first.element_id, first.due_at - time()) == ("remind", timedelta(hours=1))
    jobs.run(database, first.id)
    assert jobs_of(database, "timer")[0].id == first.id, "it was not due"
    time.advance(hours=1)
    jobs.run(database, first.id)
    jobs.run(database, first.id)
    again = jobs_of(database, "timer")[0]
    assert (again.element_id, again.due_at) == ("remind", first.due_at + timedelta(hours=1))
    with reading(database) as session:
        assert session.query(ActivityInstance).filter_by(element_id="count").count() == 1


def test_after_downtime_what_is_overdue_fires_and_cycles_keep_their_nominal_times(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    scheduler.tick(database)
    time.advance(days=3)
    scheduler.tick(database)
    ended = instance(database, started.id)
    assert (ended.state, ended.end_element_id) == ("completed", "given_up")
    assert open_tasks(database) == {} and jobs_of(database, "timer") == []


def test_an_interrupting_timer_takes_the_task_back(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    scheduler.tick(database)
    task = open_tasks(database)["receive"]
    time.advance(days=3)
    scheduler.tick(database)
    with pytest.raises(Conflict, match="finished by the process"):
        complete(database, task.id, LEAD)


def test_a_moved_timer_fires_at_its_new_time_and_the_move_is_in_the_audit_trail(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    scheduler.tick(database)
    give_up = next(job for job in jobs_of(database, "timer") if job.element_id == "give_up")
    with unit_of_work(database) as session:
        jobs.reschedule(session, give_up.id, due_at=time() + timedelta(minutes=5), actor=OPS, reason="customer called")
    time.advance(minutes=5)
    scheduler.tick(database)
    assert instance(database, started.id).end_element_id == "given_up"
    with reading(database) as session:
        moved = session.query(Operation).filter_by(kind="reschedule").one()
        assert (moved.by, moved.reason, moved.details["element"]) == ("ops", "customer called", "give_up")


def test_a_timer_is_moved_quietly_by_those_who_say_elsewhere_why(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    started = start(database, "deliver")
    scheduler.tick(database)
    give_up = next(job for job in jobs_of(database, "timer") if job.element_id == "give_up")
    with unit_of_work(database) as session:
        jobs.move(session, give_up.id, due_at=time() + timedelta(minutes=1))
    time.advance(minutes=1)
    scheduler.tick(database)
    assert instance(database, started.id).end_element_id == "given_up"
    with reading(database) as session:
        assert session.query(Operation).filter_by(kind="reschedule").count() == 0


def test_a_start_that_somebody_else_won_is_no_failure(database: Database, time: MovableClock) -> None:
    deploy(database, "answer.bpmn")
    with unit_of_work(database) as session:
        for _ in range(2):
            payload = {"key": "answer", "variables": {}, "business_key": "K-1", "unique": "running"}
            job_rows.add(session, "start", root=None, due_at=time(), payload=payload)
    scheduler.tick(database)
    with reading(database) as session:
        assert session.query(ProcessInstance).count() == 1
    assert jobs_of(database, "start") == [] and open_incidents(database) == []


def test_a_timer_moved_later_does_not_fire_at_its_old_time(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    scheduler.tick(database)
    for job in jobs_of(database, "timer"):
        with unit_of_work(database) as session:
            jobs.reschedule(session, job.id, due_at=time() + timedelta(days=30), actor=OPS, reason="holiday")
    time.advance(days=10)
    assert scheduler.tick(database) == 0
    assert list(open_tasks(database)) == ["receive"]


def test_a_first_step_that_fails_leaves_the_instance_with_an_incident(database: Database) -> None:
    deploy(database, "approve.bpmn", "decide.form")
    started = start(database, "approve")
    assert started.state == "running"
    incident = open_incidents(database)[0]
    assert incident.element_id == "prepare" and "amount" in incident.message
    payload = jobs_of(database, "retry")[0].payload
    assert (payload["action"], payload["variables"]) == ("start", {})


def test_an_overdue_job_is_seen_when_nobody_runs_it(database: Database, time: MovableClock) -> None:
    deploy(database, "deliver.bpmn")
    start(database, "deliver")
    time.advance(minutes=6)
    with reading(database) as session:
        assert [(one.code, one.element_id) for one in stuck.find(session)] == [("STUCK-TIMER", "book")]


def test_a_task_offered_to_an_empty_group_is_seen(database: Database) -> None:
    deploy(database, "answer.bpmn", replace={'redress:candidateGroups="team_lead"': 'redress:candidateGroups="nobody_is_here"'})
    start(database, "answer")
    with reading(database) as session:
        assert [(one.code, one.help) for one in stuck.find(session)] == [("STUCK-ASSIGNEE", "assign")]


def test_a_task_whose_only_candidate_did_the_other_half_of_four_eyes_is_seen(database: Database) -> None:
    deploy(database, "approve.bpmn", "decide.form", replace={'"team_lead,finance"': '"only_lead"'})
    start(database, "approve", amount=1)
    with reading(database) as session:
        assert stuck.find(session) == []
    complete(database, open_tasks(database)["decide"].id, LEAD, vote="approve")
    with reading(database) as session:
        assert [(one.code, one.element_id) for one in stuck.find(session)] == [("STUCK-ASSIGNEE", "check")]


def test_the_lock_of_a_root_that_does_not_exist_is_a_clear_error(database: Database) -> None:
    with pytest.raises(Exception, match="no process instance with the id x"), unit_of_work(database) as session:
        steps.lock(session, "x")
