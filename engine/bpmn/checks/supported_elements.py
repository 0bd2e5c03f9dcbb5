"""What is drawn but would not be executed, or would be executed wrongly, is refused."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem, words
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.other_tools.user_tasks import OWNERS
from engine.bpmn.xml import is_bpmn, local
from engine.errors import Problem

RULE = "supported_elements"

REFUSED = {
    "choreographyTask": "Choreographies cannot be executed; draw a process.",
}
WHO = "<{name}> says who does this in a way that cannot be taken over; write redress:candidateGroups, candidateUsers or assignee instead."
NODES = FLOW_NODES - set(REFUSED)
MOST_TOKENS = 100
EVENT_DEFINITIONS = {
    "messageEventDefinition",
    "timerEventDefinition",
    "errorEventDefinition",
    "terminateEventDefinition",
    "conditionalEventDefinition",
    "signalEventDefinition",
    "escalationEventDefinition",
    "compensateEventDefinition",
    "linkEventDefinition",
    "cancelEventDefinition",
}
_PARTS = (
    "documentation extensionElements incoming outgoing auditing monitoring property laneSet childLaneSet lane flowNodeRef sequenceFlow",
    "conditionExpression script text textAnnotation association group dataObject dataObjectReference dataState ioSpecification dataInput",
    "dataOutput inputSet outputSet dataInputRefs dataOutputRefs inputSetRefs outputSetRefs timeDate timeDuration timeCycle condition",
    "messageRef operationRef eventDefinitionRef multiInstanceLoopCharacteristics standardLoopCharacteristics loopCardinality",
    "dataInputAssociation dataOutputAssociation sourceRef targetRef transformation assignment from to dataStoreReference",
    "optionalInputRefs optionalOutputRefs whileExecutingInputRefs whileExecutingOutputRefs",
    "loopDataInputRef loopDataOutputRef inputDataItem outputDataItem completionCondition loopCondition process",
    "complexBehaviorDefinition event activationCondition source target",
)
KNOWN = NODES | EVENT_DEFINITIONS | {part for line in _PARTS for part in line.split()}
_ON_TOP = (
    "process collaboration message error signal escalation itemDefinition category import dataStore interface resource extension",
    *sorted(EVENT_DEFINITIONS),
    "documentation extensionElements partnerEntity partnerRole correlationProperty endPoint relationship",
)
ON_TOP = {part for line in _ON_TOP for part in line.split()}


def nobody_reads(element: Node) -> bool:
    """Whether this is a note of a tool that writes its own names in the namespace of BPMN: the rule `other_tools` names it."""
    return local(element) not in KNOWN | ON_TOP and any(local(around) == "extensionElements" for around in element.iterancestors())


def check(given: Given) -> Iterator[Problem]:
    """Unknown and unsupported elements, and attributes that change how often an element runs."""
    for source in given.diagrams:
        for element in source.root:
            if is_bpmn(element) and local(element) not in ON_TOP:
                yield _unknown(source, element)
        for process in source.processes():
            for element in process.iter("*"):
                if is_bpmn(element) and not nobody_reads(element):
                    yield from _element(source, element)


def _element(source: Source, element: Node) -> Iterator[Problem]:
    kind = local(element)
    if kind in REFUSED:
        yield problem(RULE, source, element, REFUSED[kind])
    elif kind in OWNERS:
        yield problem(RULE, source, element, WHO.format(name=kind))
    elif kind not in KNOWN and not any(local(around) in OWNERS for around in element.iterancestors()):
        yield _unknown(source, element)
    for name in ("startQuantity", "completionQuantity"):
        said = element.get(name, "1").strip()
        if not (said.isascii() and said.isdigit() and 1 <= int(said) <= MOST_TOKENS):
            message = f"{name} is '{said}': write how many tokens are meant, a whole number from 1 to {MOST_TOKENS}."
            yield problem(RULE, source, element, message)


def _unknown(source: Source, element: Node) -> Problem:
    supported = ", ".join(sorted(words(node) for node in NODES))
    return problem(RULE, source, element, f"There is no element <{local(element)}> that could be executed. Supported are: {supported}.")
