"""Link events: one way in two pieces."""

from collections import Counter
from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows
from tests.engine.bpmn.running import Run


def test_every_throw_leads_to_the_catch_of_its_name() -> None:
    assert {"leave_here -> arrive", "leave_too -> arrive"} <= set(flows("links"))


def test_each_token_goes_on_behind_the_catch(lowered: Callable[..., Run]) -> None:
    one = lowered("links")
    assert one.state == "completed"
    assert Counter(one.passed()) == {"begin": 1, "fork": 1, "leave_here": 1, "leave_too": 1, "arrive": 2, "go_on": 2, "done": 2}
