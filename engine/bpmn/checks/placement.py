"""What stands in what (BPMN20.xsd): an element or attribute in another place would be ignored, or executed without being seen."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, hint, problem
from engine.bpmn.checks.supported_elements import nobody_reads
from engine.bpmn.diagram import FLOW_NODES, SCOPES
from engine.bpmn.xml import is_bpmn, local
from engine.errors import Problem

RULE = "placement"

PROCESS = frozenset({"process"}) | SCOPES
GATEWAYS = frozenset(node for node in FLOW_NODES if node.endswith("Gateway"))
ACTIVITIES = frozenset(node for node in FLOW_NODES - GATEWAYS if not node.endswith("Event"))
CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROWING = frozenset({"endEvent", "intermediateThrowEvent", "event"})
EVENTS = CATCHING | THROWING
ASSOCIATIONS = frozenset({"dataInputAssociation", "dataOutputAssociation"})
REPEATED = frozenset({"multiInstanceLoopCharacteristics"})

WITHIN: Mapping[str, frozenset[str]] = {
    "process": frozenset({"definitions"}),
    **dict.fromkeys(FLOW_NODES | {"sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference"}, PROCESS),
    "laneSet": PROCESS,
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "flowNodeRef": frozenset({"lane"}),
    **dict.fromkeys(("textAnnotation", "association", "group"), PROCESS | {"collaboration"}),
    "eventDefinitionRef": EVENTS,
    "conditionExpression": frozenset({"sequenceFlow"}),
    **dict.fromkeys(("source", "target"), frozenset({"linkEventDefinition", "relationship"})),
    "script": frozenset({"scriptTask", "globalScriptTask"}),
    "loopCondition": frozenset({"standardLoopCharacteristics"}),
    **dict.fromkeys(("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"), REPEATED),
    "complexBehaviorDefinition": REPEATED,
    "completionCondition": REPEATED | {"adHocSubProcess"},
    "activationCondition": frozenset({"complexGateway"}),
    **dict.fromkeys(("timeDate", "timeDuration", "timeCycle"), frozenset({"timerEventDefinition"})),
    **dict.fromkeys(("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"), ACTIVITIES),
    "ioSpecification": ACTIVITIES | {"process"},
    **dict.fromkeys(("dataInput", "inputSet"), THROWING | {"ioSpecification"}),
    **dict.fromkeys(("dataOutput", "outputSet"), CATCHING | {"ioSpecification"}),
    "property": ACTIVITIES | EVENTS | {"process"},
    "dataInputAssociation": ACTIVITIES | THROWING,
    "dataOutputAssociation": ACTIVITIES | CATCHING,
    **dict.fromkeys(("transformation", "assignment"), ASSOCIATIONS),
}
# Attributes that change what is executed: where they belong, and the value that is meant when they are left out.
MEANT_FOR: Mapping[str, tuple[frozenset[str], str]] = {
    "isForCompensation": (ACTIVITIES, "false"),
    "startQuantity": (ACTIVITIES, "1"),
    "completionQuantity": (ACTIVITIES, "1"),
    "cancelActivity": (frozenset({"boundaryEvent"}), "true"),
    "attachedToRef": (frozenset({"boundaryEvent"}), ""),
    "isInterrupting": (frozenset({"startEvent"}), "true"),
    "instantiate": (frozenset({"receiveTask", "eventBasedGateway"}), "false"),
    "parallelMultiple": (CATCHING, "false"),
    "triggeredByEvent": (SCOPES, "false"),
    "isSequential": (REPEATED, "false"),
    "testBefore": (frozenset({"standardLoopCharacteristics"}), "false"),
    "loopMaximum": (frozenset({"standardLoopCharacteristics"}), ""),
}
_ATTRIBUTES = (
    "id name targetNamespace expressionLanguage typeLanguage exporter exporterVersion namespace location importType processType",
    "isExecutable isClosed definitionalCollaborationRef partitionElementRef default calledElement implementation operationRef",
    "messageRef scriptFormat scriptLanguage cancelRemainingInstances ordering method gatewayDirection eventGatewayType errorRef",
    "signalRef escalationRef activityRef waitForCompletion sourceRef targetRef isImmediate associationDirection textFormat",
    "categoryValueRef value itemSubjectRef isCollection dataObjectRef capacity isUnlimited dataStoreRef structureRef itemKind itemRef",
    "errorCode escalationCode implementationRef behavior oneBehaviorEventRef noneBehaviorEventRef language evaluatesToTypeRef",
    "processRef minimum maximum calledCollaborationRef correlationKeyRef innerMessageFlowRef outerMessageFlowRef",
    "correlationPropertyRef type isRequired parameterRef direction mustUnderstand definition initiatingParticipantRef loopType",
    "choreographyRef inputDataRef outputDataRef",
)
KNOWN = frozenset(name for line in _ATTRIBUTES for name in line.split()) | MEANT_FOR.keys()


def check(given: Given) -> Iterator[Problem]:
    """Every element of every diagram, and its attributes that have no namespace."""
    for source in given.diagrams:
        for element in source.executed():
            if is_bpmn(element) and not nobody_reads(element):
                yield from _element(source, element)
                yield from _attributes(source, element)


def _element(source: Source, element: Node) -> Iterator[Problem]:
    kind, parent = local(element), element.getparent()
    if parent is None or not is_bpmn(parent):
        return
    allowed = WITHIN.get(kind, EVENTS | {"definitions"} if kind.endswith("EventDefinition") else None)
    if allowed is not None and local(parent) not in allowed:
        message = f"<{kind}> stands in <{local(parent)}>, where it means nothing; move it to where it belongs, or remove it."
        yield problem(RULE, source, element, message)


def _attributes(source: Source, element: Node) -> Iterator[Problem]:
    for attribute, said in element.attrib.items():
        name = str(attribute)
        if name.startswith("{"):
            continue
        places, usual = MEANT_FOR.get(name, (None, ""))
        if name not in KNOWN:
            message = f"The attribute '{name}' is none of BPMN, so it would be ignored. Correct or remove it.{hint(name, sorted(KNOWN))}"
            yield problem(RULE, source, element, message)
        elif places is not None and local(element) not in places and said.strip() != usual:
            message = f"The attribute '{name}' means nothing in <{local(element)}>; remove it, or draw the element it belongs to."
            yield problem(RULE, source, element, message)
