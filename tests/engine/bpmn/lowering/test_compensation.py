"""Handlers, and what leads to them: drawn beside the flow."""

from collections.abc import Callable

from engine.bpmn.lowering import lower
from engine.bpmn.lowering.compensation import COMPENSATING, WHOLE
from engine.bpmn.xml import BPMN, safe_root
from tests.engine.bpmn.lowering.shapes import HERE, flows
from tests.engine.bpmn.running import Run


def test_each_scope_knows_what_compensates_what() -> None:
    lowered = lower(safe_root("c.bpmn", (HERE / "compensation.bpmn").read_bytes()))
    found: dict[str | None, str | None] = {}
    for node in lowered.root.iter("{*}" + COMPENSATING):
        flows_out = [flow for flow in lowered.root.iter(f"{{{BPMN}}}sequenceFlow") if flow.get("sourceRef") == node.get("id")]
        found |= {flow.get("activityRef"): flow.get("targetRef") for flow in flows_out}
    assert found == {"pay": "refund", WHOLE: "undoing", "inner": "inner (compensation)", "ship": "fetch"}


def test_compensation_events_are_gone_and_handlers_lead_to_nothing_drawn() -> None:
    found = flows("compensation")
    assert not any("pay_undone" in flow or "ship_undone" in flow for flow in found)
    assert any(flow.startswith("refund -> ") and flow.endswith("(compensated)") for flow in found)


def test_what_completed_is_undone_in_reverse_order(lowered: Callable[..., Run]) -> None:
    one = lowered("compensation")
    assert one.state == "completed"
    assert one.passed()[-8:] == ["fetch", "is_undone", "refund", "undo", "undone", "undoing", "give_up", "done"]
