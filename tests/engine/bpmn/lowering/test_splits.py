"""Several flows out of a task."""

from collections.abc import Callable

import pytest

from tests.engine.bpmn.lowering.shapes import flows, kinds
from tests.engine.bpmn.running import Run


def test_flows_without_conditions_are_a_parallel_split_and_with_conditions_an_inclusive_one() -> None:
    assert kinds("splits")["ask (split)"] == "parallelGateway"
    assert kinds("splits")["tell (split)"] == "inclusiveGateway"
    assert {"tell (split) -> much [amount > 10]", "tell (split) -> little", "tell (split) -> always [True]"} <= set(flows("splits"))


@pytest.mark.parametrize(("amount", "way"), [(11, ["always", "always", "much"]), (10, ["always", "always"])])
def test_each_flow_whose_condition_holds_is_taken(lowered: Callable[..., Run], amount: int, way: list[str]) -> None:
    one = lowered("splits", amount=amount)
    assert sorted(element for element in one.passed() if element in ("much", "little", "always")) == way


def test_flows_are_reached_by_what_was_drawn(lowered: Callable[..., Run]) -> None:
    flow = {passage.element_id: passage.flow_id for passage in lowered("splits", amount=11).trail}
    assert flow["tell"] == "f_ask_tell"
    assert flow["much"] == "f_tell_much"
