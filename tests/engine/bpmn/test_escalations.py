"""Escalations: to the nearest event that names the code, before one that catches all; and what acts at once."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_one_that_does_not_interrupt_is_told_each_time_and_the_thrower_goes_on(run: Start) -> None:
    one = run("escalations", late=0)
    assert one.waiting() == ["work"]
    one.complete("work")
    assert (one.waiting(), one.variables["late"]) == (["more"], 1)  # branches show what they changed when they have ended
    assert one.passed().count("is_late") == 2


def test_what_is_not_named_goes_to_the_one_that_catches_all_and_interrupts_at_once(run: Start) -> None:
    one = run("escalations", late=0)
    one.complete("work")
    one.complete("more")
    assert one.waiting() == ["all_else"]
    assert "inner_end" not in [passage.element_id for passage in one.trail]
    assert one.passed("cancelled") == ["inner"]
    one.complete("all_else")
    assert (one.state, one.end) == ("completed", "stopped")


def test_a_condition_acts_before_what_would_come_next_and_only_one_event_ends_the_activity(run: Start) -> None:
    one = run("conditions_meanwhile")
    assert one.waiting() in (["one"], ["too"])
    assert one.passed("cancelled")[:1] == ["inner"]
