"""Signals for everybody, and signals that stay in their instance."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run


def test_a_signal_inside_is_heard_by_what_waits_for_that_one(lowered: Callable[..., Run]) -> None:
    one = lowered("signal_scopes")
    one.complete("say")
    assert "heard" in one.passed()
    assert "heard_everybody" not in one.passed()
    assert one.execution.signals() == ()  # nobody else is told


def test_a_signal_of_that_name_from_outside_is_another_one(lowered: Callable[..., Run]) -> None:
    one = lowered("signal_scopes")
    one.hear("told")
    assert "heard_everybody" in one.passed()
    assert "heard" not in one.passed()


def test_what_waits_says_the_drawn_name(lowered: Callable[..., Run]) -> None:
    waits = lowered("signal_scopes").execution.waits().signals
    assert [(wait.element_id, wait.name, wait.inside) for wait in waits] == [("hear", "told", True), ("hear_everybody", "told", False)]
