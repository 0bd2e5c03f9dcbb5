"""Inputs and outputs: what is seen inside only, and what becomes of it."""

from collections.abc import Callable

import pytest

from engine.errors import ExecutionFailed
from tests.engine.bpmn.running import Run


def test_inputs_are_seen_inside_only_and_hide_what_has_their_name(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=[])
    assert one.execution.data(one.token("ask")) == {"price": 10, "hint": "double", "xs": []}
    assert one.variables["price"] == 5
    assert "hint" not in one.variables
    one.complete("ask", said="yes")
    assert one.variables | {"xs": None} == {"price": 5, "seen": 10, "said": "yes", "xs": None, "all_got": [], "inside": 2}


def test_an_interrupted_activity_leaves_no_inputs(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=[])
    one.fire("late")
    one.complete("inner_ask")
    assert one.variables == {"price": 5, "xs": [], "all_got": [], "inside": 2}


def test_what_is_corrected_meanwhile_is_no_input(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=[])
    one.execution.set_variables({"price": 6})
    assert one.execution.data(one.token("ask"))["price"] == 10
    one.complete("ask")
    assert one.variables["price"] == 6


def test_each_instance_has_its_own_inputs_and_gives_nothing_but_outputs(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=["a", "b"])
    assert [one.execution.data(one.token("work", number))["n"] for number in (0, 1)] == [1, 2]
    one.finish("work", result=1, more=1)
    one.finish("work", result=2, more=2)
    assert one.variables | {"xs": None} == {"price": 5, "xs": None, "got": 2, "all_got": [1, 2], "inside": 2}


def test_a_sub_process_has_inputs_like_a_task(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=[])
    assert one.execution.data(one.token("inner_ask"))["price"] == 1
    assert one.variables["price"] == 5
    one.complete("inner_ask")
    one.complete("ask")
    assert one.variables["price"] == 5


def test_a_message_gives_nothing_but_outputs_also_behind_a_gateway(run: Callable[..., Run]) -> None:
    one = run("mappings", price=5, xs=[])
    one.complete("ask")
    one.complete("inner_ask")
    one.receive("answered", text="yes", more=1)
    assert one.state == "completed"
    assert one.variables == {"price": 5, "xs": [], "all_got": [], "seen": 10, "inside": 2, "word": "yes!"}


def test_a_call_hands_over_and_takes_back_what_it_says(run: Callable[..., Run]) -> None:
    one = run("mappings_of_call", n=1, other=2)
    assert one.execution.data(one.token("look")) == {"n": 2}
    one.complete("look", more=3)
    assert one.execution.data(one.token("look")) == {"n": 10, "other": 2, "once": 4}
    one.complete("look", more=3)
    assert one.variables == {"n": 1, "other": 2, "once": 4, "more": 3, "twofold": 20}


def test_an_input_that_cannot_be_had_fails_the_step_of_its_activity(run: Callable[..., Run]) -> None:
    with pytest.raises(ExecutionFailed) as failure:
        run("mappings", xs=[])
    assert failure.value.details["element"] == "ask"
    assert "price" in failure.value.details["reason"]
