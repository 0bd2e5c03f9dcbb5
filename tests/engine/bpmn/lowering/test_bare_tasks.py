"""Tasks that say nothing of what is to be done: the token passes."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import kinds
from tests.engine.bpmn.running import Run


def test_a_script_task_without_script_and_a_send_task_without_message_become_plain_tasks() -> None:
    assert kinds("bare_tasks") == {"begin": "startEvent", "prepare": "task", "tell": "task", "done": "endEvent"}


def test_history_still_calls_them_what_was_drawn(lowered: Callable[..., Run]) -> None:
    one = lowered("bare_tasks")
    assert [(passage.element_id, passage.element_type) for passage in one.trail] == [
        ("begin", "startEvent"),
        ("prepare", "scriptTask"),
        ("tell", "sendTask"),
        ("done", "endEvent"),
    ]
