"""A boundary event that waits for all of several things."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def _happen(one: Run, what: str) -> None:
    if what == "condition":
        one.complete("agree", agreed=True)
    elif what == "timer":
        one.fire("all_three")
    else:
        messages = [wait.token_id for wait in one.execution.waits().messages]
        one._do(lambda: one.execution.receive_message(messages[0], {"why": "enough"}))


@pytest.mark.parametrize("order", list(permutations(["condition", "timer", "message"])))
def test_the_last_of_them_interrupts_whatever_the_order(run: Start, order: tuple[str, ...]) -> None:
    one = run("boundary_of_all")
    for what in order:
        assert "work" in one.waiting()
        _happen(one, what)
    assert (one.state, one.end) == ("completed", "stopped")
    assert one.passed().count("all_three") == 1
    found: Any = one.variables["why"]
    assert found == "enough"


def test_what_has_happened_is_not_waited_for_any_more(run: Start) -> None:
    one = run("boundary_of_all")
    assert one.waiting() == ["agree", "all_three", "all_three", "work"]
    _happen(one, "message")
    assert one.waiting() == ["agree", "all_three", "work"]


def test_when_the_activity_is_done_in_time_nothing_is_left(run: Start) -> None:
    one = run("boundary_of_all")
    _happen(one, "message")
    one.complete("work")
    assert one.waiting() == ["agree"]
    assert "all_three" not in one.passed()
