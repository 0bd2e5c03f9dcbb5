"""Parsers of what `lowering` draws for event sub-processes and compensation, and of what throws compensation."""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.event_parsers import (
    CONDITIONAL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TIMER_EVENT_XPATH,
    BoundaryEventParser,
    EventDefinitionParser,
    IntermediateThrowEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EventSubprocess, IntermediateThrowEvent, SubWorkflowTask
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.lowering.compensation import COMPENSATED, COMPENSATED_SUB, COMPENSATING
from engine.bpmn.lowering.event_sub_processes import ARMED, TRIGGERED, interrupts
from engine.bpmn.spec_compensation import CancelDefinition, Compensated, CompensatedSubProcess, Compensating, CompensationDefinition
from engine.bpmn.spec_event_sub_processes import ArmedStart

_CAUGHT = (
    CONDITIONAL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TIMER_EVENT_XPATH,
)


class ArmedStartParser(EventDefinitionParser):  # type: ignore[misc]  # Spiff is untyped
    """What an event sub-process waits for."""

    def create_task(self) -> TaskSpec:
        """With its definition."""
        definition = self.get_event_definition(_CAUGHT)
        return self.spec_class(
            self.spec, self.bpmn_id, event_definition=definition, cancel_activity=interrupts(self.node), **self.bpmn_attributes
        )

    def get_description(self) -> str | None:
        """None: for the library it is an unknown element."""
        return None


class BorderParser(BoundaryEventParser):  # type: ignore[misc]
    """A boundary event; the library forgets that what is repeated may be a transaction."""

    def parse_cancel_event(self, event: etree._Element) -> CancelDefinition:
        """Where it may stand is checked by the rules."""
        return CancelDefinition()


class SubProcessParser(SubWorkflowParser):  # type: ignore[misc]
    """A sub-process; for the library one that an event starts is like the others (it looks for the attribute in vain)."""

    def create_task(self) -> TaskSpec:
        """Of its class."""
        if self.node.get("triggeredByEvent") == TRIGGERED:
            self.spec_class = EventSubprocess
        return super().create_task()


class CompensatingParser(TaskParser):  # type: ignore[misc]
    """What starts the handlers of a scope; each flow out of it says what its target compensates."""

    def create_task(self) -> TaskSpec:
        """Without handlers yet."""
        return self.spec_class(self.spec, self.bpmn_id)

    def connect_outgoing(self, outgoing_task: TaskSpec, sequence_flow_node: etree._Element, is_default: bool) -> None:
        """One handler."""
        super().connect_outgoing(outgoing_task, sequence_flow_node, is_default)
        self.task.handlers[sequence_flow_node.get("activityRef")] = outgoing_task.name

    def handles_multiple_outgoing(self) -> bool:
        """All of them."""
        return True


class CompensatedParser(TaskParser):  # type: ignore[misc]
    """The end of a handler."""

    def create_task(self) -> TaskSpec:
        """As it is."""
        return self.spec_class(self.spec, self.bpmn_id)


class CompensatedSubProcessParser(TaskParser):  # type: ignore[misc]
    """What stands for a completed sub-process."""

    def create_task(self) -> TaskSpec:
        """Over the specification of that sub-process."""
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=self.node.get("activityRef"))


class ThrowEventParser(IntermediateThrowEventParser):  # type: ignore[misc]
    """An intermediate throw event; the library knows none that throws compensation."""

    def get_event_definition(self, xpaths: Any) -> Any:
        """What it throws."""
        for definition in self.xpath("./bpmn:compensateEventDefinition"):
            waits = definition.get("waitForCompletion", "true") != "false"
            return CompensationDefinition(activity=definition.get("activityRef") or None, waits=waits)
        return super().get_event_definition(xpaths)


SCOPE_PARSERS = {
    full_tag(ARMED): (ArmedStartParser, ArmedStart),
    full_tag(COMPENSATING): (CompensatingParser, Compensating),
    full_tag(COMPENSATED): (CompensatedParser, Compensated),
    full_tag(COMPENSATED_SUB): (CompensatedSubProcessParser, CompensatedSubProcess),
    full_tag("subProcess"): (SubProcessParser, SubWorkflowTask),
    full_tag("boundaryEvent"): (BorderParser, BoundaryEvent),
    full_tag("intermediateThrowEvent"): (ThrowEventParser, IntermediateThrowEvent),
}


def add_beside_the_flow(process: Any) -> None:
    """Parse what nothing in the flow of a scope leads to, and let event sub-processes be armed when the scope begins."""
    for node in process.xpath(f"./bpmn:{ARMED}"):
        process.spec.start.connect(process.parse_node(node))
    for node in process.xpath(f"./bpmn:{COMPENSATING}"):
        process.parse_node(node)
