"""What an event sub-process waits for stands in the scope around it."""

from collections.abc import Callable

from engine.bpmn.lowering import lower
from engine.bpmn.lowering.event_sub_processes import ARMED
from engine.bpmn.xml import children, safe_root
from tests.engine.bpmn.lowering.shapes import HERE, flows
from tests.engine.bpmn.running import Run


def test_each_thing_it_waits_for_is_armed_beside_the_flow_and_stands_for_its_start_event() -> None:
    lowered = lower(safe_root("e.bpmn", (HERE / "event_sub_processes.bpmn").read_bytes()))
    process = next(children(lowered.root, "process"))
    armed = [node.get("id", "") for node in children(process, ARMED)]
    assert [lowered.drawn[id_] for id_ in armed] == ["note_comes", "note_comes"]
    assert set(armed) <= lowered.helpers
    assert [node.get("isInterrupting") for node in children(process, ARMED)] == ["false", "false"]


def test_it_ends_like_a_branch_of_its_scope() -> None:
    assert "noted -> noted (end)" in flows("event_sub_processes")


def test_either_event_starts_it(lowered: Callable[..., Run]) -> None:
    one = lowered("event_sub_processes", notes=0)
    assert one.waiting() == ["note_comes", "note_comes", "work"]
    one.execution.receive_message(one.execution.waits().messages[0].token_id, {})
    one.execution.fire_timer(one.execution.waits().timers[0].token_id)
    one.complete("work")
    assert one.passed().count("noted") == 2
    assert (one.state, one.variables) == ("completed", {"notes": 2})
