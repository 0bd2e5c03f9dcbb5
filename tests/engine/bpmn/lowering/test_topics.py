"""Work of programs that is drawn as something else than a service task."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows, kinds
from tests.engine.bpmn.running import Run


def test_a_topic_makes_a_service_task_of_what_sends_and_decides() -> None:
    found = kinds("topics")
    assert {found[one] for one in ("send", "decide", "tell", "done")} == {"serviceTask"}
    assert "done -> done (end)" in flows("topics")


def test_the_work_is_waited_for_and_nothing_else_is_sent(lowered: Callable[..., Run]) -> None:
    one = lowered("topics")
    one.finish("send")
    one.finish("decide", name="Li")
    assert one.execution.data(one.token("tell"))["whom"] == "Li"
    one.finish("tell")
    assert (one.waiting(), one.state) == (["done"], "running")
    one.finish("done")
    assert one.passed() == ["begin", "send", "decide", "tell", "done"]
    assert (one.messages, one.state, one.end) == ([], "completed", "done")
    assert one.variables == {"found": {"name": "Li"}}
