"""Processes and sub-processes without start or end events."""

from collections.abc import Callable

from tests.engine.bpmn.lowering.shapes import flows
from tests.engine.bpmn.running import Run


def test_a_scope_begins_at_all_that_nothing_leads_to_and_ends_behind_what_nothing_follows() -> None:
    assert set(flows("implicit_starts_and_ends")) >= {
        "implicit_starts_and_ends (start) -> implicit_starts_and_ends (start) (split)",
        "implicit_starts_and_ends (start) (split) -> one",
        "implicit_starts_and_ends (start) (split) -> two",
        "two -> two (end)",
        "inside (start) -> three",
        "empty (start) -> empty (end 2)",
    }


def test_only_what_was_drawn_is_passed(lowered: Callable[..., Run]) -> None:
    one = lowered("implicit_starts_and_ends")
    assert sorted(one.passed()) == ["empty", "inside", "one", "three", "two"]
    assert (one.state, one.end) == ("completed", "empty")
