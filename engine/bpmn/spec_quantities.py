"""`startQuantity`: an activity begins when so many tokens have come to it (BPMN 2.0, 13.3.2), by whatever flow."""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.joins import ThreeWayJoin
from engine.bpmn.lowering.quantities import GATHERING
from engine.bpmn.token import Token


class Gathering(ThreeWayJoin, BpmnSpecMixin):  # type: ignore[misc]  # Spiff is untyped
    """Goes on in the token with which there are enough."""

    def __init__(self, wf_spec: Any, bpmn_id: str, quantity: int = 1, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.quantity = quantity

    def usable(self, my_task: Token, others: list[Token]) -> list[Token]:
        """Those that came first."""
        return others[: self.quantity - 1]

    def is_complete(self, my_task: Token, others: Sequence[Token]) -> bool:
        """By number."""
        return len(others) + 1 >= self.quantity

    def _run_hook(self, my_task: Token) -> bool:
        return True


class GatheringParser(TaskParser):  # type: ignore[misc]  # Spiff is untyped
    """What `lowering.quantities` draws."""

    def create_task(self) -> TaskSpec:
        """With its number."""
        return self.spec_class(self.spec, self.bpmn_id, quantity=int(self.node.get("quantity")))


class GatheringConverter(BpmnTaskSpecConverter):  # type: ignore[misc]
    """With its number."""

    def to_dict(self, spec: Gathering) -> dict[str, Any]:
        """As plain data."""
        return {**super().to_dict(spec), "quantity": spec.quantity}


QUANTITY_PARSERS = {full_tag(GATHERING): (GatheringParser, Gathering)}
