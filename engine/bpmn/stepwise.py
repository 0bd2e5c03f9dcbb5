"""SpiffWorkflow's parser, made to go through a diagram step by step.

The library goes down from element to element: a chain of 500 is more than Python's stack holds, and a higher limit would
let any deeply nested input end the whole program. Here every element is made first and connected afterwards.
"""

from collections import deque
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import AdHocParser, ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.specs.base import TaskSpec

_STUMBLES = (ValueError, TypeError, LookupError, AttributeError, etree.XPathError)  # the library checks little of what it reads


class Stepwise:
    """Part of a process parser: elements wait here to be connected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unconnected: deque[StepwiseTask] = deque()
        self._connecting = False

    def parse_node(self, node: etree._Element) -> TaskSpec:
        """Make the element; the first one called connects whatever was made because of it."""
        made = super().parse_node(node)  # type: ignore[misc]  # the other half is Spiff's
        if not self._connecting:
            self._connecting = True
            while self.unconnected:
                self.unconnected.popleft().connect()
            self._connecting = False
        return made


class StepwiseProcess(Stepwise, ProcessParser):  # type: ignore[misc]  # Spiff is untyped
    """A process or sub-process."""

    def add_tasks(self) -> None:
        """What the flow leads to, and what stands beside it."""
        super().add_tasks()
        self.parser.add_beside_the_flow(self)


class StepwiseAdHoc(Stepwise, AdHocParser):  # type: ignore[misc]
    """An ad-hoc sub-process."""


class StepwiseTask:
    """Part of a parser of one element: makes it with its loop and its boundary events, and leaves its flows for later."""

    def parse_node(self) -> TaskSpec:
        """The element, or what stands before it when it has boundary events."""
        me: Any = self
        try:
            me.task = me.create_task()
            me.task.extensions = {}
            if me.xpath("./bpmn:ioSpecification"):
                me.task.io_specification = me.parse_io_spec()
            for loop in me.xpath("./bpmn:standardLoopCharacteristics"):
                me._add_loop_task(loop)
            for loop in me.xpath("./bpmn:multiInstanceLoopCharacteristics"):
                me._add_multiinstance_task(loop)
            events = me.process_parser.get_boundary_events(me.bpmn_id)
            first: TaskSpec = me._add_boundary_event(events) if events else me.task
        except _STUMBLES as error:
            raise ValidationException(repr(error), node=me.node, file_name=me.filename) from error
        me.process_parser.unconnected.append(self)
        return first

    def connect(self) -> None:
        """Make what the flows lead to and connect it, from top to bottom as drawn."""
        me: Any = self
        flows = me.process_parser.get_outgoing_sequence_flows(me.bpmn_id)
        if len(flows) > 1 and not me.handles_multiple_outgoing():
            me.raise_validation_exception("Several flows leave this element")
        default = me.node.get("default")
        if len(flows) == 1 and isinstance(me.task, ExclusiveGateway | InclusiveGateway) and me.parse_condition(flows[0]) is None:
            default = flows[0].get("id")
        nodes = [me.process_parser.get_node_by_id(flow.get("targetRef")) for flow in flows]
        ways = [(float(me.get_position(node)["y"]), self._target(node), flow) for node, flow in zip(nodes, flows, strict=True)]
        for _, target, flow in sorted(ways, key=lambda way: way[0]):
            me.connect_outgoing(target, flow, flow.get("id") == default)

    def _target(self, node: etree._Element) -> TaskSpec:
        process: Any = self.process_parser  # type: ignore[attr-defined]  # set by Spiff's __init__
        before = process.spec.task_specs.get(f"{node.get('id')}.BoundaryEventSplit")
        return process.parse_node(node) if before is None else before


def stepwise(classes: dict[str, tuple[type[TaskParser], Any]]) -> dict[str, tuple[type[TaskParser], Any]]:
    """The parsers of a table of Spiff's, each with `StepwiseTask` in front."""
    return {tag: (type(parser.__name__, (StepwiseTask, parser), {}), made) for tag, (parser, made) in classes.items()}


class StepwiseParser(BpmnParser):  # type: ignore[misc]
    """The parser of files."""

    PROCESS_PARSER_CLASS = StepwiseProcess
    AD_HOC_PARSER_CLASS = StepwiseAdHoc

    def add_beside_the_flow(self, process: ProcessParser) -> None:
        """Nothing here; for those who know of more than the flow."""

    PARSER_CLASSES = stepwise(BpmnParser.PARSER_CLASSES)
