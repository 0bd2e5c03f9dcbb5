"""Receive tasks and event-based gateways that start a process."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows, kinds
from tests.engine.bpmn.running import Run, compiled


def test_a_receive_task_becomes_a_message_start(lowered: Callable[..., Run]) -> None:
    assert kinds("starts_receive")["asked"] == "startEvent"
    assert [start.text for start in compiled("../lowering/starts_receive").starts] == ["question"]
    one = lowered("starts_receive")
    assert [(passage.element_id, passage.element_type) for passage in one.trail][:2] == [("asked", "receiveTask"), ("answer", "task")]


def test_each_event_behind_a_gateway_becomes_a_start_by_which_the_gateway_is_passed() -> None:
    assert {start.text for start in compiled("../lowering/starts").starts if start.event == "message"} == {"question", "news"}
    assert "asked (start) -> first (asked)" in flows("starts")
    assert "first (asked) -> asked (happened)" in flows("starts")


def test_what_starts_is_passed_as_it_was_drawn(lowered: Callable[..., Run]) -> None:
    assert lowered("starts").passed() == ["first", "asked", "answer", "done"]


def test_a_parallel_gateway_goes_on_and_waits_for_the_others(lowered: Callable[..., Run]) -> None:
    one = lowered("starts_parallel")
    assert one.passed() == ["both", "asked", "answer", "done"]
    assert one.waiting() == ["told"]
    one.receive("told")
    assert one.passed() == ["both", "asked", "answer", "done", "told", "note", "done"]
    assert one.state == "completed"
