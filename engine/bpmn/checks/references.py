"""References that lead nowhere. Spiff drops most of them without a word, and with them parts of the process."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, a, hint, problem, words
from engine.bpmn.diagram import FLOW_NODES, split
from engine.bpmn.xml import extension, is_bpmn, local
from engine.errors import Problem

RULE = "references"

BY_ATTRIBUTE = {
    "messageRef": "message",
    "errorRef": "error",
    "signalRef": "signal",
    "escalationRef": "escalation",
    "processRef": "process",
    "operationRef": "operation",
    "itemRef": "itemDefinition",
    "itemSubjectRef": "itemDefinition",
    "dataStoreRef": "dataStore",
    "categoryValueRef": "categoryValue",
    "definitionalCollaborationRef": "collaboration",
    "evaluatesToTypeRef": "itemDefinition",
}
BY_TEXT = {
    "operationRef": "operation",
    "inMessageRef": "message",
    "outMessageRef": "message",
    "dataInputRefs": "dataInput",
    "optionalInputRefs": "dataInput",
    "whileExecutingInputRefs": "dataInput",
    "dataOutputRefs": "dataOutput",
    "optionalOutputRefs": "dataOutput",
    "whileExecutingOutputRefs": "dataOutput",
    "inputSetRefs": "inputSet",
    "outputSetRefs": "outputSet",
    "resourceRef": "resource",
    "errorRef": "error",
    "interfaceRef": "interface",
    "supportedInterfaceRef": "interface",
    "participantRef": "participant",
    "messageFlowRef": "messageFlow",
    "correlationPropertyRef": "correlationProperty",
}
ENDS = {"incoming": "targetRef", "outgoing": "sourceRef"}


def check(given: Given) -> Iterator[Problem]:
    """Sequence flows, defaults, lanes, messages, errors, pools and the tasks of the four-eyes rule."""
    for source in given.diagrams:
        for element in source.executed():
            if is_bpmn(element):
                yield from _attributes(source, element)
    for source, scope in given.scopes():
        yield from _flows(source, scope)
        yield from _defaults(source, scope)
    for source, node in given.nodes("userTask"):
        yield from _four_eyes(source, node)


def _attributes(source: Source, element: Node) -> Iterator[Problem]:
    for attribute, kind in BY_ATTRIBUTE.items():
        yield from _named(source, element, element.get(attribute, ""), kind)
    if local(element) in ("signal", "error", "escalation"):
        yield from _named(source, element, element.get("structureRef", ""), "itemDefinition")
    yield from _named(source, element, _text(element), BY_TEXT.get(local(element)))
    if local(element) == "flowNodeRef":
        wanted = _text(element)
        if (named := source.by_id.get(wanted)) is not None and _process(named) is not _process(element):
            yield problem(RULE, source, element, f"The lane names '{wanted}', which is in another process; remove it from the lane.")
        elif named is not None and local(named) not in FLOW_NODES:
            message = f"The lane names '{wanted}', which is {a(words(local(named)))}; elements stand in lanes. Remove it from the lane."
            yield problem(RULE, source, element, message)
        elif named is None:
            message = f"The lane names '{wanted}', which is not in this file; remove it from the lane.{hint(wanted, list(source.by_id))}"
            yield problem(RULE, source, element, message)
    elif local(element) in ENDS:
        yield from _end(source, element, ENDS[local(element)])
    elif local(element) in ("association", "conversationLink"):
        for attribute in ("sourceRef", "targetRef"):
            wanted = element.get(attribute, "")
            if wanted.rpartition(":")[2] not in source.by_id:
                message = f"This association is tied to '{wanted or 'nothing'}', which is not in this file; tie it again, or remove it."
                yield problem(RULE, source, element, message)


def _process(element: Node) -> Node | None:
    at: Node | None = element
    while at is not None and local(at) != "process":
        at = at.getparent()
    return at


def _named(source: Source, element: Node, wanted: str, kind: str | None) -> Iterator[Problem]:
    if not wanted or kind is None or (kind == "itemDefinition" and _is_elsewhere(source, element, wanted)):
        return
    found = source.by_id.get(wanted)
    if found is None or local(found) != kind:
        near = hint(wanted, source.ids.get(kind, []))
        yield problem(RULE, source, element, f"There is no {kind} '{wanted}' in this file; choose one that is.{near}")


def _is_elsewhere(source: Source, element: Node, wanted: str) -> bool:
    """Whether the name has a prefix of another namespace (`xsd:string`): it is not a name of this file."""
    prefix = wanted.rpartition(":")[0]
    return bool(prefix) and element.nsmap.get(prefix) not in (None, source.root.get("targetNamespace"))


def _end(source: Source, element: Node, attribute: str) -> Iterator[Problem]:
    """A node may say which flows touch it; then they do."""
    wanted, node = _text(element), element.getparent()
    flow = source.by_id.get(wanted.rpartition(":")[2])
    if node is None:
        return
    if flow is None:
        message = (
            f"This element names the flow '{wanted}' as {local(element)}, which is not in this file. Draw it again, or remove the name."
        )
        yield problem(RULE, source, node, message)
    elif local(flow) == "sequenceFlow" and flow.get(attribute) != node.get("id"):
        message = f"This element names the flow '{wanted}' as {local(element)}, but that flow says otherwise. Draw it again."
        yield problem(RULE, source, node, message)


def _text(element: Node) -> str:
    return (element.text or "").strip()


def _flows(source: Source, scope: Scope) -> Iterator[Problem]:
    for flow in scope.flows:
        for attribute, end in (("sourceRef", "starts at"), ("targetRef", "leads to")):
            wanted = flow.get(attribute)
            if not wanted:
                yield problem(RULE, source, flow, f"This sequence flow has no {attribute}; connect both of its ends.")
            elif wanted in source.by_id and wanted not in scope.by_id:
                message = f"This sequence flow {end} '{wanted}' in another process or sub-process; flows cannot cross that border."
                yield problem(RULE, source, flow, message)
            elif wanted not in scope.by_id:
                yield problem(
                    RULE, source, flow, f"This sequence flow {end} '{wanted}', which does not exist.{hint(wanted, list(scope.by_id))}"
                )


def _defaults(source: Source, scope: Scope) -> Iterator[Problem]:
    for node in scope.nodes:
        wanted = node.get("default")
        if wanted:
            leaving = [flow.get("id", "") for flow in scope.leaving(node)]
            if wanted not in leaving:
                message = (
                    f"The default flow '{wanted}' does not leave this {words(local(node))}; choose one that does.{hint(wanted, leaving)}"
                )
                yield problem(RULE, source, node, message)


def _four_eyes(source: Source, node: Node) -> Iterator[Problem]:
    tasks = source.ids.get("userTask", [])
    for wanted in split(extension(node, "fourEyes")):
        if wanted not in tasks:
            message = f"fourEyes names '{wanted}', which is no user task of this file.{hint(wanted, tasks)}"
            yield problem(RULE, source, node, message)
