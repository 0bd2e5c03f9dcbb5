"""The decision behind each activity of an ad-hoc sub-process: is it enough?"""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import expressions
from engine.bpmn.joins import StandsBy
from engine.bpmn.lowering.ad_hoc import CANCELS, DECISION, ENOUGH
from engine.bpmn.spec_gateways import follow
from engine.bpmn.token import Token, is_active
from engine.bpmn.variables import variables_of


class AdHocDecision(BpmnSpecMixin):  # type: ignore[misc]  # Spiff is untyped
    """Leaves by the flow that ends the sub-process when the completion condition holds, else by the other.

    The condition is about the sub-process: it sees what all its activities have done, and does not hold while a variable
    of it is missing.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, condition: str = "", enough: str = "", cancels: bool = True, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.condition, self.enough, self.cancels = condition, enough, cancels

    def _predict_hook(self, my_task: Token) -> None:
        my_task._sync_children(self.outputs, TaskState.MAYBE)

    def _run_hook(self, my_task: Token) -> bool:
        enough = self._holds(my_task)
        if enough and self.cancels:
            _cancel_the_rest(my_task)
        follow(my_task, [spec for spec in self.outputs if (spec.name == self.enough) == enough])
        return True

    def _holds(self, my_task: Token) -> bool:
        variables = {**my_task.data, **variables_of(my_task.workflow)}
        if not expressions.names(self.condition).variables <= variables.keys():
            return False
        if not my_task.workflow.top_workflow.engine.evaluate(my_task, self.condition, variables):
            return False
        if self.cancels:
            my_task.data = variables  # the sub-process ends here: with what all have done
        return True


def _cancel_the_rest(my_task: Token) -> None:
    """What runs, and what has come to its end already and waits for the others: its data is known here."""
    for token in list(my_task.workflow.tasks.values()):
        if token is not my_task and not isinstance(token.task_spec, StandsBy) and token.id in my_task.workflow.tasks:
            token.consumed = token.consumed or token.joined
            if is_active(token):
                token.cancel()


class AdHocDecisionParser(TaskParser):  # type: ignore[misc]
    """What `lowering.ad_hoc` draws."""

    def create_task(self) -> TaskSpec:
        """With its condition."""
        return self.spec_class(self.spec, self.bpmn_id, condition=self.node.get("condition"), cancels=self.node.get(CANCELS) == "True")

    def connect_outgoing(self, outgoing_task: TaskSpec, sequence_flow_node: etree._Element, is_default: bool) -> None:
        """One of them ends the sub-process."""
        super().connect_outgoing(outgoing_task, sequence_flow_node, is_default)
        if sequence_flow_node.get(ENOUGH) is not None:
            self.task.enough = outgoing_task.name

    def handles_multiple_outgoing(self) -> bool:
        """Two."""
        return True


class AdHocDecisionConverter(BpmnTaskSpecConverter):  # type: ignore[misc]
    """For the serializer of specifications."""

    def to_dict(self, spec: AdHocDecision) -> dict[str, Any]:
        """As plain data."""
        return {**super().to_dict(spec), "condition": spec.condition, "enough": spec.enough, "cancels": spec.cancels}


AD_HOC_PARSERS = {full_tag(DECISION): (AdHocDecisionParser, AdHocDecision)}
