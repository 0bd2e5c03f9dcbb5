"""Event sub-processes: armed with their scope, triggered once or again and again, in the scope's data."""

from collections.abc import Callable
from datetime import timedelta

from engine.bpmn import execution
from engine.clock import MovableClock
from tests.engine.bpmn.running import CONTEXT, Run

Start = Callable[..., Run]
ARMED = ["daily", "limit", "note_comes"]


def begin(run: Start) -> Run:
    return run("event_sub_processes", amount=1, raises=0, reminders=0)


def test_what_starts_them_is_waited_for_from_the_beginning_and_not_after_the_end(run: Start) -> None:
    one = begin(run)
    assert one.waiting() == sorted([*ARMED, "other", "work"])
    assert "note_comes" not in one.passed()
    for task in ("work", "other", "after"):
        one.complete(task)
    assert (one.state, one.end, one.waiting()) == ("completed", "finish", [])
    assert {"note_comes", "daily", "large", "limit", "noted"}.isdisjoint(passage.element_id for passage in one.trail)


def test_one_that_does_not_interrupt_runs_beside_the_flow_as_often_as_it_is_triggered(run: Start) -> None:
    one = begin(run)
    waits_for_note = one.token("note_comes")
    one.receive("note_comes", text="a")
    one.receive("note_comes", text="b")
    assert one.token("note_comes") == waits_for_note
    assert one.waiting() == sorted([*ARMED, "other", "read", "read", "work"])
    one.complete("read", 1)
    one.complete("work")
    one.complete("read")
    assert one.passed().count("noted") == 2
    assert one.variables["seen"] == 1


def test_both_the_flow_and_what_runs_beside_it_change_the_variables(run: Start) -> None:
    one = begin(run)
    one.complete("work", x=2)
    one.receive("note_comes", text="a")
    assert one.execution.data(one.token("read"))["x"] == 2
    one.complete("other", y=3)
    one.complete("read", read_by="ann")
    assert one.variables == {
        "amount": 1, "raises": 0, "reminders": 0, "x": 2, "y": 3, "lines": ["a"], "seen": 2, "text": "a", "read_by": "ann"
    }  # fmt: skip
    one.complete("after", x=4)
    assert (one.state, one.variables["x"], one.variables["lines"]) == ("completed", 4, ["a"])


def test_the_process_ends_when_what_runs_beside_it_has_ended(run: Start) -> None:
    one = begin(run)
    one.receive("note_comes", text="a")
    for task in ("work", "other", "after"):
        one.complete(task)
    assert (one.state, one.waiting()) == ("running", sorted([*ARMED, "read"]))
    one.receive("note_comes", text="b")
    one.complete("read", 0)
    one.complete("read", last=True)
    assert (one.state, one.end) == ("completed", "finish")
    assert one.variables["last"] is True
    assert one.variables["lines"] == ["a", "b"]


def test_lists_that_several_runs_append_to_lose_nothing(run: Start) -> None:
    one = begin(run)
    one.receive("note_comes", text="a")
    one.receive("note_comes", text="b")
    one.complete("read", 1)
    one.complete("read", 0)
    assert one.variables["lines"] == ["a", "b"]


def test_a_cycle_starts_it_each_time(run: Start, time: MovableClock) -> None:
    one = begin(run)
    first = one.due("daily")
    time.move_to(first)
    one.fire("daily")
    assert (one.due("daily") - first).days == 1
    time.move_to(one.due("daily"))
    one.fire("daily")
    assert "daily" not in one.waiting()
    assert (one.variables["reminders"], one.passed().count("reminding")) == (2, 2)


def test_after_a_standstill_a_cycle_does_not_come_in_a_storm(run: Start, time: MovableClock) -> None:
    one = begin(run)
    first = one.due("daily")
    time.advance(days=1, hours=5)
    one.fire("daily")
    assert one.due("daily") == first + timedelta(days=1)
    time.advance(days=300)
    one.fire("daily")
    assert "daily" not in one.waiting()


def test_a_condition_starts_it_each_time_it_becomes_true(run: Start) -> None:
    one = begin(run)
    one.complete("work", amount=200)
    assert one.variables["raises"] == 1
    one.receive("note_comes", text="still 200")
    one.complete("read", amount=1)
    assert one.variables["raises"] == 1
    one.complete("other", amount=300)
    assert one.variables["raises"] == 2


def test_an_interrupting_one_ends_everything_else_in_its_scope(run: Start, time: MovableClock) -> None:
    one = begin(run)
    one.receive("note_comes", text="a")
    one.complete("work", x=2)
    time.advance(days=3)
    one.fire("limit")
    assert one.waiting() == ["handle"]
    assert one.variables["x"] == 2
    assert sorted(one.passed("cancelled")) == ["join", "noted", "other", "read"]
    one.complete("handle", handled=True)
    assert (one.state, one.variables["handled"], one.variables["x"]) == ("completed", True, 2)
    assert one.passed()[-4:] == ["limit", "handle", "stopped", "stopping"]


def test_a_correction_reaches_what_runs_beside_the_flow(run: Start) -> None:
    one = begin(run)
    one.receive("note_comes", text="a")
    one.execution.set_variables({"x": 9})
    assert one.execution.data(one.token("read"))["x"] == 9
    one.complete("read")
    assert one.variables["x"] == 9


def test_an_error_goes_to_the_scope_it_happens_in(run: Start) -> None:
    one = run("event_sub_process_errors", caught=[], rethrow=False)
    assert one.throw("pay", "BANK")
    assert (one.waiting(), one.passed("failed")) == (["repair"], ["pay"])
    assert one.variables["problem"] == {"code": "BANK", "message": "it went wrong"}
    one.complete("repair")
    assert one.state == "completed"


def test_an_error_inside_is_caught_inside_and_the_flow_goes_on_after_the_sub_process(run: Start) -> None:
    one = run("event_sub_process_errors", caught=[], rethrow=False)
    one.finish("pay")
    assert one.throw("pay_inside", "BANK")
    assert (one.state, one.end, one.variables["caught"]) == ("completed", "finish", ["any"])
    assert one.passed()[-7:] == ["any_error", "note", "again", "any_end", "any", "inner", "finish"]


def test_an_error_thrown_by_its_handler_goes_outwards(run: Start) -> None:
    one = run("event_sub_process_errors", caught=[], rethrow=True)
    one.finish("pay")
    assert one.throw("pay_inside", "OTHER")
    assert one.waiting() == ["repair"]
    assert one.variables["problem"]["code"] == "BANK"
    assert one.variables["caught"] == ["any"]


def test_an_error_nothing_catches_is_refused(run: Start) -> None:
    one = run("event_sub_process_errors", caught=[], rethrow=False)
    assert not one.throw("pay", "OTHER")
    assert one.waiting() == ["pay"]


def test_each_instance_of_a_scope_has_its_own_and_they_may_be_nested(run: Start) -> None:
    one = run("event_sub_processes_nested", people=["ann", "bob"], stopped=[], heard=0)
    assert one.waiting() == ["ask", "ask", "stop_comes", "stop_comes", "tell"]
    one.receive("stop_comes")
    assert one.waiting() == ["ask", "explain", "stop_comes", "tell"]
    one.complete("tell")
    assert one.passed().count("told_while") == 1
    one.complete("explain")
    assert one.waiting() == ["ask", "stop_comes"]
    one.complete("ask")
    assert one.state == "completed"
    assert (one.variables["stopped"], one.variables["heard"]) == (["ann"], 1)


def test_instances_of_one_specification_do_not_disturb_each_other(run: Start) -> None:
    first, second = begin(run), begin(run)
    first.receive("note_comes", text="a")
    assert second.waiting() == sorted([*ARMED, "other", "work"])
    for task in ("work", "other", "after"):
        second.complete(task)
    assert (first.state, second.state) == ("running", "completed")


def test_what_is_armed_keeps_its_ids_over_saving(run: Start) -> None:
    one = begin(run)
    one.receive("note_comes", text="a")
    kept = execution.load(one.execution.dump(), CONTEXT).waits()
    assert (kept.timers, kept.messages, kept.user_tasks) == (
        one.execution.waits().timers,
        one.execution.waits().messages,
        one.execution.waits().user_tasks,
    )
