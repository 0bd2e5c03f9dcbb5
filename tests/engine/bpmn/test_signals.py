"""Signals: heard by everything in the instance that waits for them at that moment, and by nothing later."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_a_signal_takes_back_the_task_it_interrupts(run: Start) -> None:
    one = run("signals", noted=0)
    assert one.waiting() == ["communicate", "listen", "reply"]
    one.complete("communicate")
    assert one.waiting() == ["listen"]
    assert one.passed("cancelled") == ["reply"]
    assert "end_overtaken" in one.passed()


def test_a_signal_is_heard_inside_a_sub_process_every_time_it_is_thrown(run: Start) -> None:
    one = run("signals", noted=0)
    one.complete("communicate")
    assert one.passed().count("note") == 2


def test_a_signal_that_nobody_waits_for_is_lost(run: Start) -> None:
    one = run("signals", noted=0)
    one.complete("reply")
    one.complete("listen")
    one.complete("communicate")
    assert "end_replied" in one.passed()
    assert "note" not in one.passed()
    assert (one.state, one.messages) == ("running", [])
