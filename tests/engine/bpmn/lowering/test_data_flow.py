"""Data objects, associations, inputs and outputs."""

from collections.abc import Callable

import pytest

from engine.errors import ExecutionFailed
from tests.engine.bpmn.lowering.shapes import flows
from tests.engine.bpmn.running import Run


def test_what_an_association_says_is_done_before_or_after_its_activity() -> None:
    assert {"take -> price (in)", "price (in) -> price", "price -> price (out)", "price (out) -> done"} <= set(flows("data_flow"))


def test_a_data_object_is_the_variable_the_texts_speak_of(lowered: Callable[..., Run]) -> None:
    one = lowered("data_flow")
    assert one.variables == {"order": 5, "pieces": 10}
    one.complete("price", total=10)
    assert one.variables == {"order": 11, "pieces": 10, "total": 10}
    assert one.passed() == ["begin", "take", "price", "done"]


def test_a_missing_output_fails_the_step_of_its_activity(lowered: Callable[..., Run]) -> None:
    with pytest.raises(ExecutionFailed) as failure:
        lowered("data_flow").complete("price")
    assert failure.value.details["element"] == "price"
    assert "total" in failure.value.details["reason"]


def test_what_people_call_their_data_need_not_be_the_name_of_a_variable(lowered: Callable[..., Run]) -> None:
    one = lowered("data_names")
    assert one.variables == {"order": 5, "data_Order_form": 5, "data_class": 5, "data_sid_7_in": "urgent"}
    one.complete("price", data_sid_8_out=9)
    assert one.state == "completed"
    assert one.variables["agreed"] == 9  # what is shown twice is one object
