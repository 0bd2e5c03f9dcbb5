"""Timers that start a process: jobs of its live version."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine import clock, instances, jobs, scheduler, start_events
from engine.clock import MovableClock
from engine.database import Database, reading, unit_of_work
from engine.errors import InvalidDeployment
from engine.tables import Job, ProcessInstance
from tests.engine.playground import MONDAY, OPS, deploy, jobs_of

CYCLE = '<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT24H</bpmn:timeCycle>'


def timer(kind: str, text: str) -> dict[str, str]:
    return {CYCLE: f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{kind}>'}


def started(database: Database) -> int:
    with reading(database) as session:
        return session.query(ProcessInstance).count()


def pass_time(database: Database, time: MovableClock, **how_long: float) -> None:
    time.advance(**how_long)
    scheduler.tick(database)


def test_a_cycle_starts_an_instance_each_time(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn")
    assert [job.due_at for job in jobs_of(database, "start")] == [MONDAY + timedelta(hours=24)]
    for count in (1, 2, 3):
        pass_time(database, time, hours=24)
        assert started(database) == count


def test_nights_missed_while_nothing_ran_are_made_up_for_once_and_the_hour_stays(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn")
    pass_time(database, time, hours=24 * 5 + 1)
    assert started(database) == 1
    assert [job.due_at for job in jobs_of(database, "start")] == [MONDAY + timedelta(hours=24 * 6)]


def test_each_night_is_made_up_for_where_the_diagram_says_so(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn", replace={'name="Every night"': 'name="Every night" redress:missed="all"'})
    pass_time(database, time, hours=24 * 3 + 1)
    assert started(database) == 3


@pytest.mark.parametrize("hours", [-3, 5])
def test_a_night_that_was_moved_leaves_the_following_ones_where_they_are(database: Database, time: MovableClock, hours: int) -> None:
    deploy(database, "nightly.bpmn")
    [job] = jobs_of(database, "start")
    with unit_of_work(database) as session:
        for moved in (1, hours):
            jobs.reschedule(session, job.id, due_at=MONDAY + timedelta(hours=24 + moved), actor=OPS, reason="maintenance")
    pass_time(database, time, hours=24 + hours)
    assert started(database) == 1
    [following] = jobs_of(database, "start")
    assert (following.due_at, following.payload.get("nominal")) == (MONDAY + timedelta(hours=48), None)


def test_a_new_version_takes_over_a_cycle_with_its_due_time(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn")
    pass_time(database, time, hours=20)
    deploy(database, "nightly.bpmn", replace={'name="Check"': 'name="Look"'})
    assert [(job.due_at, job.payload["version"]) for job in jobs_of(database, "start")] == [(MONDAY + timedelta(hours=24), 2)]
    pass_time(database, time, hours=4)
    assert started(database) == 1


def test_a_new_version_without_the_timer_ends_it(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn")
    deploy(database, "nightly.bpmn", replace={f"<bpmn:timerEventDefinition>{CYCLE}</bpmn:timerEventDefinition>": ""})
    assert jobs_of(database, "start") == []
    pass_time(database, time, hours=48)
    assert started(database) == 0


def test_a_duration_counts_from_each_deployment(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn", replace=timer("timeDuration", "PT2H"))
    pass_time(database, time, hours=1)
    deploy(database, "nightly.bpmn", replace={**timer("timeDuration", "PT2H"), 'name="Check"': 'name="Look"'})
    pass_time(database, time, hours=1)
    assert started(database) == 0
    pass_time(database, time, hours=1)
    assert started(database) == 1


def test_a_date_that_has_fired_does_not_fire_again_for_the_next_version(database: Database, time: MovableClock) -> None:
    date = timer("timeDate", "2026-03-10T01:00:00Z")
    deploy(database, "nightly.bpmn", replace=date)
    pass_time(database, time, hours=24)
    deploy(database, "nightly.bpmn", replace={**date, 'name="Check"': 'name="Look"'})
    pass_time(database, time, hours=24)
    assert started(database) == 1


def test_the_timer_may_be_an_expression_without_variables(database: Database, time: MovableClock) -> None:
    deploy(database, "nightly.bpmn", replace=timer("timeDate", "working_time('PT2H')"))
    pass_time(database, time, hours=24)
    assert started(database) == 1


def test_a_timer_that_reads_a_variable_is_refused(database: Database) -> None:
    with pytest.raises(InvalidDeployment) as refusal:
        deploy(database, "nightly.bpmn", replace=timer("timeDuration", "how_long"))
    assert [(one.rule, one.element) for one in refusal.value.problems if one.severity == "error"] == [("process_starts", "night")]


def test_a_timer_that_gives_no_time_is_refused(database: Database) -> None:
    with pytest.raises(InvalidDeployment) as refusal:
        deploy(database, "nightly.bpmn", replace=timer("timeDate", "today() + 'x'"))
    assert [one.rule for one in refusal.value.problems] == ["process_starts"]
    assert jobs_of(database, "start") == []


@pytest.mark.postgresql
def test_a_new_version_takes_over_the_next_time_of_a_cycle_that_is_firing_while_it_is_deployed(
    database: Database, time: MovableClock
) -> None:
    deploy(database, "nightly.bpmn")
    [due] = jobs_of(database, "start")
    time.advance(hours=24)
    change = {'name="Check"': 'name="Look"'}
    with ThreadPoolExecutor(max_workers=1) as beside:
        with unit_of_work(database) as session:
            job = session.get_one(Job, due.id, with_for_update=True)
            deploying = beside.submit(clock.carry(deploy), database, "nightly.bpmn", replace=change)
            with pytest.raises(TimeoutError):
                deploying.result(timeout=1)
            instances.start(session, "nightly", variables={}, actor=OPS, version=1, at=job.payload["at"])
            start_events.wait_again(session, job)
            session.delete(job)
        deploying.result(timeout=60)
    assert [(job.due_at, job.payload["version"]) for job in jobs_of(database, "start")] == [(MONDAY + timedelta(hours=48), 2)]
