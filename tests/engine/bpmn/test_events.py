"""Timers, messages and errors: what is waited for, what happens when it comes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn.execution import Sent
from engine.clock import MovableClock
from engine.errors import ExecutionFailed
from tests.engine.bpmn.running import Run

Start = Callable[..., Run]
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_interrupting_timer_ends_the_task(run: Start, time: MovableClock) -> None:
    one = run("boundary_timer")
    assert one.waiting() == ["too_late", "work"]
    assert one.due("too_late") == NINE + timedelta(hours=24)
    time.advance(hours=30)
    one.fire("too_late")
    assert (one.state, one.end) == ("completed", "end_late")
    assert one.variables == {"escalated": True}
    assert one.passed("cancelled") == ["work"]


def test_a_timer_ends_with_its_task_and_is_no_passage(run: Start) -> None:
    one = run("boundary_timer")
    one.complete("work")
    assert one.state == "completed"
    assert "too_late" not in [passage.element_id for passage in one.trail]


def test_a_timer_does_not_fire_by_itself(run: Start, time: MovableClock) -> None:
    one = run("boundary_timer")
    time.advance(days=30)
    assert one.waiting() == ["too_late", "work"]


def test_a_timer_can_be_fired_before_it_is_due_because_the_job_row_is_the_truth(run: Start) -> None:
    one = run("boundary_timer")
    one.fire("too_late")
    assert one.end == "end_late"


def test_a_timer_fired_twice_is_refused_the_second_time(run: Start) -> None:
    one = run("boundary_timer")
    token = one.token("too_late")
    one.fire("too_late")
    with pytest.raises(ExecutionFailed, match="finished or cancelled"):
        one.execution.fire_timer(token)


def test_a_reminder_leaves_the_task_open_and_its_date_comes_from_a_variable(run: Start) -> None:
    one = run("boundary_reminder", due="2026-03-03T17:00:00+08:00")
    assert one.due("reminder") == datetime(2026, 3, 3, 9, tzinfo=UTC)
    one.fire("reminder")
    assert one.waiting() == ["remind", "work"]
    one.complete("work", done=True)
    assert one.state == "running"
    one.finish("remind", reminded=True)
    assert one.state == "completed"
    assert one.variables == {"due": "2026-03-03T17:00:00+08:00", "done": True, "reminded": True}


@pytest.mark.parametrize("due", ["tomorrow", "2026-03-03T17:00:00", 7, None, "PT0", "-PT1H", "R3/tomorrow"])
def test_a_due_date_that_is_none_fails_and_names_the_event(run: Start, due: object) -> None:
    with pytest.raises(ExecutionFailed) as failure:
        run("boundary_reminder", due=due)
    assert failure.value.details["element"] == "reminder"


def test_a_cycle_fires_once_per_call_at_nominal_times(run: Start, time: MovableClock) -> None:
    one = run("boundary_cycle")
    for hour in (1, 2, 3):
        assert one.due("every_hour") == NINE + timedelta(hours=hour)
        time.move_to(NINE + timedelta(hours=hour, minutes=20))
        one.fire("every_hour")
        assert one.waiting().count("look") == hour
    assert one.waiting() == ["look", "look", "look", "work"]
    assert one.passed().count("every_hour") == 3


def test_what_a_cycle_started_goes_on_when_the_task_ends_before_the_last_firing(run: Start) -> None:
    one = run("boundary_cycle")
    one.fire("every_hour")
    one.complete("work")
    assert one.waiting() == ["look"]
    one.complete("look")
    assert one.state == "completed"
    assert one.passed().count("every_hour") == 1


def test_timers_in_the_flow_wait_one_after_the_other(run: Start, time: MovableClock) -> None:
    one = run("catch_timer")
    time.advance(hours=2)
    one.fire("pause")
    assert one.due("until") == datetime(2026, 3, 1, 1, tzinfo=UTC)
    one.fire("until")
    assert one.state == "completed"
    passage = next(passage for passage in one.trail if passage.element_id == "pause")
    assert (passage.started_at, passage.ended_at) == (NINE, NINE + timedelta(hours=2))


def test_several_timers_and_a_message_behind_one_gateway_each_have_their_own_time(run: Start) -> None:
    one = run("event_gateway", case="C-1")
    assert one.waiting() == ["late", "reply", "soon"]
    assert (one.due("soon"), one.due("late")) == (NINE + timedelta(hours=1), NINE + timedelta(hours=5))
    one.fire("late")
    assert one.variables["outcome"] == "late"
    assert one.passed() == ["begin", "first_of", "late", "was_late", "merge", "finish"]


def test_a_message_behind_a_gateway_brings_its_payload(run: Start) -> None:
    one = run("event_gateway", case="C-1")
    assert [(wait.name, wait.correlation_key) for wait in one.execution.waits().messages] == [("reply", "C-1")]
    one.receive("reply", text="yes")
    assert (one.state, one.variables["outcome"]) == ("completed", "reply yes")


def test_messages_go_out_with_key_and_payload_and_come_in_under_a_name(run: Start) -> None:
    one = run("messages", case="C-7", question="why?")
    assert one.messages == [Sent(name="question", correlation_key="C-7", payload={"question": "why?"})]
    one.receive("hint", level=1)
    one.receive("hint", level=2)
    assert one.waiting() == ["answer", "hint"]
    one.receive("answer", text="because")
    assert one.state == "completed"
    assert one.variables["reply"] == {"text": "because"}
    assert one.messages[1:] == [Sent(name="question", correlation_key=None, payload={})]


def test_a_process_that_a_message_starts_is_under_way_at_once(run: Start) -> None:
    one = run("message_start")
    assert one.waiting() == ["work"]
    assert one.passed() == ["by_message"]


def test_an_error_of_a_service_task_goes_to_the_event_of_its_code(run: Start) -> None:
    one = run("service")
    assert one.throw("record", "FULL")
    assert (one.state, one.end) == ("completed", "end_full")
    assert one.passed("failed") == ["record"]


def test_an_error_that_nothing_catches_changes_nothing(run: Start) -> None:
    one = run("service")
    assert not one.throw("record", "EMPTY")
    assert one.waiting() == ["record", "timeout"]
    one.finish("record", number=4)
    assert one.variables == {"receipt": {"number": 4}}
    one.finish("plain", paid=True)
    assert one.variables == {"receipt": {"number": 4}, "paid": True}


def test_an_error_end_event_interrupts_the_sub_process_around_it_and_keeps_what_was_computed(run: Start) -> None:
    one = run("subprocess_error", wrong=True)
    assert (one.state, one.end) == ("completed", "end_caught")
    assert one.variables["found"] == 7
    assert sorted(one.passed("cancelled")) == ["slow"]
    assert one.passed("failed") == ["work"]


def test_without_the_error_the_sub_process_goes_on(run: Start) -> None:
    one = run("subprocess_error", wrong=False)
    assert one.waiting() == ["slow"]
    one.complete("slow")
    assert one.end == "finish"


def test_an_error_at_the_top_ends_the_process(run: Start) -> None:
    one = run("called_error")
    one.complete("ask", refuse=True)
    assert (one.state, one.end) == ("terminated", "end_failed")


def test_cancelling_ends_everything(run: Start) -> None:
    one = run("boundary_cycle")
    one.fire("every_hour")
    one.execution.cancel()
    one.trail += one.execution.passages()
    assert one.state == "cancelled"
    assert one.waiting() == []
    assert sorted(one.passed("cancelled")) == ["look", "work"]
