"""Specifications as bytes, and back: parsed with Spiff's classes, executed with ours.

Spiff's serializer names the classes in what it writes; `_OURS` says which class of ours each becomes when it is read.
"""

from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import (
    BoundaryEventConverter,
    BpmnTaskSpecConverter,
    ConditionalGatewayConverter,
    SubWorkflowConverter,
)
from SpiffWorkflow.bpmn.serializer.helpers import DefaultRegistry, EventDefinitionConverter
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec, control, defaults
from SpiffWorkflow.bpmn.specs import event_definitions as events

from engine.bpmn import (
    joins,
    signal_names,
    spec_ad_hoc,
    spec_codes,
    spec_compensation,
    spec_complex_gateway,
    spec_ends,
    spec_event_sub_processes,
    spec_events,
    spec_gateways,
    spec_loops,
    spec_multiple_events,
    spec_quantities,
    spec_starts,
    spec_tasks,
)
from engine.bpmn.decisions import Decision, from_plain
from engine.bpmn.prediction import short_sighted
from engine.bpmn.specification import Specification

FORMAT = 1
Plain = dict[str, Any]

_CONFIG = {
    **DEFAULT_CONFIG,
    defaults.ServiceTask: BpmnTaskSpecConverter,
    spec_tasks.DecisionTask: BpmnTaskSpecConverter,
    spec_event_sub_processes.ArmedStart: BoundaryEventConverter,
    spec_ad_hoc.AdHocDecision: spec_ad_hoc.AdHocDecisionConverter,
    spec_quantities.Gathering: spec_quantities.GatheringConverter,
    spec_complex_gateway.DrawnComplexGateway: ConditionalGatewayConverter,
    spec_compensation.Compensating: spec_compensation.CompensatingConverter,
    spec_compensation.Compensated: BpmnTaskSpecConverter,
    spec_compensation.CompensatedSubProcess: SubWorkflowConverter,
    spec_compensation.CancelDefinition: EventDefinitionConverter,
    spec_compensation.CompensationDefinition: spec_compensation.CompensationConverter,
}
_OURS: dict[Any, Any] = {
    defaults.NoneTask: spec_tasks.PlainTask,
    defaults.ServiceTask: spec_tasks.ServiceTask,
    defaults.SubWorkflowTask: spec_tasks.SubProcess,
    defaults.TransactionSubprocess: spec_tasks.SubProcess,
    defaults.EventSubprocess: spec_event_sub_processes.EventSubProcess,
    defaults.CallActivity: spec_tasks.CallActivity,
    defaults.SequentialMultiInstanceTask: spec_loops.SequentialMultiInstance,
    defaults.ParallelMultiInstanceTask: spec_loops.ParallelMultiInstance,
    defaults.StandardLoopTask: spec_loops.StandardLoop,
    defaults.ExclusiveGateway: spec_gateways.ExclusiveGateway,
    defaults.ParallelGateway: joins.ParallelGateway,
    defaults.InclusiveGateway: joins.InclusiveGateway,
    spec_complex_gateway.DrawnComplexGateway: spec_complex_gateway.ComplexGateway,
    defaults.EventBasedGateway: spec_events.EventGateway,
    control.BpmnStartTask: spec_starts.ProcessStart,
    defaults.StartEvent: spec_events.StartEvent,
    defaults.EndEvent: spec_ends.EndEvent,
    defaults.IntermediateThrowEvent: spec_ends.ThrowEvent,
    defaults.IntermediateCatchEvent: spec_events.CatchEvent,
    defaults.BoundaryEvent: spec_multiple_events.BoundaryEvent,
    defaults.ReceiveTask: spec_events.ReceiveTask,
    control._EndJoin: joins.EndJoin,
    control.BoundaryEventJoin: joins.BoundaryEventJoin,
    events.MessageEventDefinition: spec_events.MessageDefinition,
    events.ConditionalEventDefinition: spec_events.ConditionDefinition,
    events.ErrorEventDefinition: spec_codes.ErrorDefinition,
    events.EscalationEventDefinition: spec_codes.EscalationDefinition,
    events.CancelEventDefinition: spec_compensation.CancelDefinition,
    events.SignalEventDefinition: spec_events.SignalDefinition,
    **spec_events.STOCK_TIMERS,
}


def _registry(ours: dict[Any, Any]) -> DefaultRegistry:
    registry = DefaultRegistry()
    for kind, converter in _CONFIG.items():
        converter(ours.get(kind, kind), registry, typename=kind.__name__)
    return registry


_WRITER, _READER = _registry({}), _registry({kind: short_sighted(_OURS.get(kind, kind)) for kind in _CONFIG})


def dump_specification(
    key: str,
    spec: BpmnProcessSpec,
    subs: dict[str, BpmnProcessSpec],
    *,
    helpers: frozenset[str],
    elements: dict[str, str],
    flows: list[tuple[str, str, str]],
    attributes: dict[str, Plain],
    tables: dict[str, Plain],
) -> bytes:
    """One compiled process.

    `helpers`: the names of nodes nobody drew (`lowering`). `elements`: type by element id; `flows`: (source, target, id);
    `attributes`: what `redress:` attributes say to the
    execution, by element id; `tables`: decisions (`decision_parser`) by the id of the business rule task.
    """
    document = {
        "format": FORMAT,
        "key": key,
        "spec": _WRITER.convert(spec),
        "subs": {name: _WRITER.convert(sub) for name, sub in subs.items()},
        "helpers": sorted(helpers),
        "elements": elements,
        "flows": flows,
        "attributes": attributes,
        "tables": tables,
    }
    return zstandard.ZstdCompressor(level=9).compress(orjson.dumps(document))


def load_specification(blob: bytes) -> Specification:
    """The inverse, some milliseconds of work: the caller keeps the result by definition id and shares it between threads."""
    document = orjson.loads(zstandard.ZstdDecompressor().decompress(blob))
    if document["format"] != FORMAT:
        raise ValueError(f"specification format {document['format']} is not {FORMAT}: deploy the process again with this version")
    decisions = {name: from_plain(table) for name, table in document["tables"].items()}
    spec = _READER.restore(document["spec"])
    subs = {name: _READER.restore(sub) for name, sub in document["subs"].items()}
    helpers = frozenset(document.get("helpers", ()))
    if "helpers" not in document:  # compiled before signals went further than their instance
        _keep_signals_inside(spec, *subs.values())
    spec_starts.begin_directly(spec)
    for one in (spec, *subs.values()):
        found = (node for node in one.task_specs.values() if isinstance(node, spec_compensation.Compensating))
        one.compensating = next(found, None)
        _attach(one, document["attributes"], decisions)
        for name, task_spec in one.task_specs.items():
            task_spec.helper = name.removesuffix(" [child]") in helpers
    flows = {(source, target): flow for source, target, flow in reversed(document["flows"])}
    return Specification(key=document["key"], spec=spec, subs=subs, elements=document["elements"], flows=flows)


def _keep_signals_inside(*specs: BpmnProcessSpec) -> None:
    for task_spec in (one for spec in specs for one in spec.task_specs.values()):
        definition = getattr(task_spec, "event_definition", None)
        if isinstance(definition, spec_events.SignalDefinition):
            definition.name = signal_names.inside(definition.name)


def _attach(spec: BpmnProcessSpec, attributes: dict[str, Plain], decisions: dict[str, Decision]) -> None:
    for task_spec in spec.task_specs.values():
        task_spec.redress = attributes.get(task_spec.name, attributes.get(task_spec.bpmn_id, {}))
        if isinstance(task_spec, spec_tasks.DecisionTask):
            task_spec.decision = decisions[task_spec.bpmn_id]
