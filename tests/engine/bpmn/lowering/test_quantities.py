"""How many tokens an activity takes and gives."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_an_activity_gives_as_many_tokens_as_it_says(lowered: Start) -> None:
    one = lowered("quantities")
    one.complete("order")
    assert one.waiting() == ["pack"] * 3


def test_an_activity_begins_when_enough_have_come(lowered: Start) -> None:
    one = lowered("quantities")
    one.complete("order")
    one.complete("pack")
    assert "ship" not in one.passed()
    one.complete("pack")
    assert one.passed().count("ship") == 1
    one.complete("pack")
    assert (one.passed().count("ship"), one.state) == (1, "running")  # one is left, and waits for another


def test_nobody_sees_what_gathers_and_multiplies_them(lowered: Start) -> None:
    one = lowered("quantities")
    one.complete("order")
    one.complete("pack")
    one.complete("pack")
    assert [element for element in one.passed() if element != "pack"] == ["begin", "order", "ship", "end"]
