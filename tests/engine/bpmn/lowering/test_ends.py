"""Ends and throws that do several things."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows, kinds
from tests.engine.bpmn.running import Run


def test_an_end_that_throws_a_signal_is_a_throw_and_an_end() -> None:
    assert kinds("ends")["shout"] == "intermediateThrowEvent"
    assert "shout -> shout (end)" in flows("ends")


def test_several_things_are_thrown_one_after_the_other_and_what_ends_comes_last() -> None:
    assert {"call_all -> call_all (throw)", "call_all (throw) -> stop", "stop -> stop (end)"} <= set(flows("ends"))


def test_each_is_passed_once_and_every_message_is_sent(lowered: Callable[..., Run]) -> None:
    one = lowered("ends")
    assert sorted(one.passed()) == ["begin", "call_all", "fork", "shout", "stop"]
    assert sorted(message.name for message in one.messages) == ["four", "two"]
    assert (one.state, one.end) == ("terminated", "stop")
