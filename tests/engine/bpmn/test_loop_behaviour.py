"""Events of single instances: thrown as they complete, caught at the border of the activity."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_one_the_first_that_completes_throws(run: Start) -> None:
    one = run("loop_behaviour")
    one.complete("vote")
    assert one.passed() == ["begin", "vote", "on_first", "thank", "thanked"]
    one.complete("vote")
    one.complete("vote")
    assert one.passed().count("on_first") == 1
    assert one.waiting() == ["count"]


def test_complex_what_is_thrown_may_interrupt_the_activity(run: Start) -> None:
    one = run("loop_behaviour")
    for _ in range(3):
        one.complete("vote")
    one.complete("count")
    assert one.waiting() == ["count"]
    one.complete("count")
    assert (one.state, one.end) == ("completed", "enough")
    assert one.passed().count("count") == 2
