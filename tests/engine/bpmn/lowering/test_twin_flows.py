"""Two flows between the same two nodes."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows
from tests.engine.bpmn.running import Run


def test_the_second_flow_gets_a_node_of_its_own() -> None:
    assert {"fork -> join", "fork -> fork (twin)", "fork (twin) -> join"} <= set(flows("twin_flows"))


def test_a_join_waits_for_both_and_goes_on_once(lowered: Callable[..., Run]) -> None:
    one = lowered("twin_flows")
    assert one.passed().count("after") == 1
    assert one.state == "completed"
