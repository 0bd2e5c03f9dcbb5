"""What is thrown and caught says what it is: messages by their names, errors and escalations by their codes."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem, warning
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children, extension, local
from engine.errors import Problem

RULE = "messages"


def check(given: Given) -> Iterator[Problem]:
    """Events with their definitions, receive and send tasks, messages and errors."""
    for source in given.diagrams:
        for process in source.processes():
            for element in process.iter("*"):
                if local(element) in ("messageEventDefinition", "receiveTask", "sendTask") and not element.get("messageRef"):
                    owner = element if local(element) != "messageEventDefinition" else element.getparent()
                    if owner is not None and extension(owner, "topic") is not None:
                        continue  # a program sends what is to be sent
                    if local(element) == "sendTask":
                        yield warning(RULE, source, element, "This send task sends nothing: no message is chosen. Choose one.")
                        continue
                    message = "No message is chosen here; choose one, by its name it is sent and received."
                    yield problem(RULE, source, element if owner is None else owner, message)
        meant = {(one.get(name) or "").rpartition(":")[2] for one in source.executed() for name in ("messageRef", "errorRef")}
        for message_node in children(source.root, "message"):
            if message_node.get("id") in meant and not (message_node.get("name") or "").strip():
                yield problem(RULE, source, message_node, "This message has no name; by its name it is sent and received.")
        for error in children(source.root, "error"):
            if error.get("id") in meant and not (error.get("errorCode") or "").strip():
                yield problem(RULE, source, error, "This error has no errorCode; by its code it is caught.")
    for source, event in given.nodes("endEvent", "intermediateThrowEvent"):
        for definition in definitions_of(event):
            yield from _thrown(source, event, definition)


def _thrown(source: Source, event: Node, definition: Node) -> Iterator[Problem]:
    """What is thrown has a code (BPMN 2.0, tables 10.87 and 10.90)."""
    kind = local(definition).removesuffix("EventDefinition")
    if kind == "error" and not definition.get("errorRef"):
        yield problem(RULE, source, event, "No error is chosen here; choose one, by its code it is caught.")
    elif kind == "escalation":
        declared = source.by_id.get(definition.get("escalationRef", "").rpartition(":")[2])
        if declared is None or not (declared.get("escalationCode") or "").strip():
            yield problem(RULE, source, event, "This event throws an escalation without a code; choose one that has an escalationCode.")
