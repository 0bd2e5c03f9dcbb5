"""Elements with the ids of the library's own nodes."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import kinds
from tests.engine.bpmn.running import Run


def test_they_get_other_ids_inside() -> None:
    assert set(kinds("reserved_ids")) == {f"{key} (drawn)" for key in ("Start", "Root", "End.EndJoin", "StartEventSplit", "End")}


def test_outside_they_have_their_own(lowered: Callable[..., Run]) -> None:
    one = lowered("reserved_ids")
    assert one.waiting() == ["End.EndJoin", "Root"]
    one.fire("End.EndJoin")
    assert one.passed() == ["Start", "End.EndJoin", "StartEventSplit", "End"]
    assert one.passed("cancelled") == ["Root"]
