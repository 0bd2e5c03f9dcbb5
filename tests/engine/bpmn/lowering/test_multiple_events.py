"""Events that wait for several things."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import kinds
from tests.engine.bpmn.running import Run


def test_any_of_several_is_an_event_based_gateway_and_all_of_them_a_parallel_one() -> None:
    made = sorted(kind for key, kind in kinds("multiple_events").items() if key.startswith(("any_of", "all_of")))
    assert made.count("intermediateCatchEvent") == 4
    assert (made.count("eventBasedGateway"), made.count("parallelGateway")) == (1, 2)


def test_the_first_of_several_is_enough_where_any_is_meant(lowered: Callable[..., Run]) -> None:
    one = lowered("multiple_events")
    assert one.waiting() == ["all_of", "all_of", "any_of", "any_of", "stop", "stop", "work"]
    one.fire("any_of")
    assert one.passed()[-3:] == ["any_of", "after_any", "done"]
    assert "any_of" not in one.waiting()


def test_where_all_are_meant_the_last_lets_it_go_on(lowered: Callable[..., Run]) -> None:
    one = lowered("multiple_events")
    one.fire("all_of")
    assert "after_all" not in one.passed()
    one.receive("all_of")
    assert one.passed()[-3:] == ["all_of", "after_all", "done"]


def test_either_of_two_interrupts(lowered: Callable[..., Run]) -> None:
    one = lowered("multiple_events")
    one.fire("stop")
    assert one.passed()[-3:] == ["stop", "stopped", "done"]
    assert one.waiting() == ["all_of", "all_of", "any_of", "any_of"]
