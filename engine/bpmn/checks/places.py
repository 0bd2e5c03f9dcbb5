"""Parts that stand where the standard has no place for them: nobody would read them there (the schema of BPMN 2.0, annex A)."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, a, called, problem, warning, words
from engine.bpmn.checks.supported_elements import EVENT_DEFINITIONS, KNOWN, ON_TOP
from engine.bpmn.diagram import FLOW_NODES, SCOPES
from engine.bpmn.xml import BPMN, is_bpmn, local, namespace
from engine.errors import Problem

RULE = "places"

EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
_CATCH = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
_THROW = frozenset({"endEvent", "intermediateThrowEvent"})
_HOLDS_FLOW = SCOPES | {"process"}
_ACTIVITIES = frozenset(one for one in FLOW_NODES - EVENTS if not one.endswith("Gateway"))
_MULTI = frozenset({"multiInstanceLoopCharacteristics"})
_ASSOCIATION = frozenset({"dataInputAssociation", "dataOutputAssociation"})
_PARENTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(FLOW_NODES | {"sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference"}, _HOLDS_FLOW),
    **dict.fromkeys(EVENT_DEFINITIONS, EVENTS | {"event"}),
    **dict.fromkeys(("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"), _ACTIVITIES),
    **dict.fromkeys(("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"), _MULTI),
    **dict.fromkeys(("timeDate", "timeDuration", "timeCycle"), frozenset({"timerEventDefinition"})),
    **dict.fromkeys(("transformation", "assignment"), _ASSOCIATION),
    **dict.fromkeys(("from", "to"), frozenset({"assignment"})),
    "complexBehaviorDefinition": _MULTI,
    "completionCondition": _MULTI | {"adHocSubProcess"},
    "loopCondition": frozenset({"standardLoopCharacteristics"}),
    "condition": frozenset({"conditionalEventDefinition", "complexBehaviorDefinition"}),
    "event": frozenset({"complexBehaviorDefinition"}),
    "eventDefinitionRef": EVENTS | {"event"},
    "conditionExpression": frozenset({"sequenceFlow"}),
    "activationCondition": frozenset({"complexGateway"}),
    "script": frozenset({"scriptTask"}),
    "dataInputAssociation": _ACTIVITIES | _THROW | {"event"},
    "dataOutputAssociation": _ACTIVITIES | _CATCH,
    "ioSpecification": _ACTIVITIES | {"process"},
    "property": _ACTIVITIES | EVENTS | {"process"},
    "laneSet": _HOLDS_FLOW,
    "childLaneSet": frozenset({"lane"}),
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "flowNodeRef": frozenset({"lane"}),
    "process": frozenset({"definitions"}),
}


def check(given: Given) -> Iterator[Problem]:
    """Every part of every process; what stands in `extensionElements` belongs to the tools and is theirs."""
    for source in given.diagrams:
        for element in source.root:
            if not is_bpmn(element) and local(element) in ON_TOP:
                yield _foreign(source, element)
        for process in source.processes():
            yield from _below(source, process)


def _below(source: Source, parent: Node) -> Iterator[Problem]:
    for element in parent.iterchildren("*"):
        if not is_bpmn(element):
            yield _foreign(source, element)
        elif local(element) != "extensionElements":
            allowed = _PARENTS.get(local(element))
            if allowed is not None and local(parent) not in allowed:
                yield _misplaced(source, element, parent, allowed)
            yield from _below(source, element)


def _foreign(source: Source, element: Node) -> Problem:
    space = f"in the namespace '{namespace(element)}'" if namespace(element) else "in no namespace"
    if local(element) in KNOWN | ON_TOP:
        message = f"<{local(element)}> stands {space} and would be ignored; that of BPMN 2.0 is {BPMN}. Correct the file or export it again."
        return problem(RULE, source, element, message)
    return warning(RULE, source, element, f"<{local(element)}> stands {space}: it is not part of BPMN and means nothing here.")


def _misplaced(source: Source, element: Node, parent: Node, allowed: frozenset[str]) -> Problem:
    where = " or ".join(a(words(one)) for one in sorted(allowed)) if len(allowed) <= 3 else "another place"
    message = f"{a(words(local(element))).capitalize()} does not belong in {called(parent)}, where nobody would read it; it belongs in {where}."
    return problem(RULE, source, element, message)
