"""Interfaces and operations, and by what messages are correlated: what may be referred to is whole (BPMN 2.0, 8.4.2 and 8.5.3)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.xml import children, text_of
from engine.errors import Problem

RULE = "interfaces"


def check(given: Given) -> Iterator[Problem]:
    """Everything that is declared. That no part is there twice is the matter of `allowed_values`."""
    for source in given.diagrams:
        for found in children(source.root, "correlationProperty"):
            for one in children(found, "correlationPropertyRetrievalExpression"):
                if not one.get("messageRef") or not text_of(one, "messagePath"):
                    message = "What is taken from a message says of which (messageRef) and what (messagePath); complete it."
                    yield problem(RULE, source, found, message)
        for process in source.processes():
            for node in process.iter("{*}sendTask", "{*}receiveTask", "{*}messageEventDefinition"):
                yield from _message_of_operation(source, node)
        for interface in children(source.root, "interface"):
            operations = list(children(interface, "operation"))
            if not operations:
                yield problem(RULE, source, interface, "This interface has no operation; give it one, or remove it.")
            for one in (interface, *operations):
                if not (one.get("name") or "").strip():
                    yield problem(RULE, source, one, "An interface and its operations have names; give this one a name.")
            for operation in operations:
                if next(children(operation, "inMessageRef"), None) is None:
                    yield problem(RULE, source, operation, "This operation says no message that it receives (inMessageRef); name one.")


def _message_of_operation(source: Source, node: Node) -> Iterator[Problem]:
    """Who names an operation and a message names one of its messages (BPMN 2.0, 10.3.3)."""
    operation = source.by_id.get(node.get("operationRef") or text_of(node, "operationRef") or "")
    message = node.get("messageRef")
    if operation is not None and message:
        known = [text_of(operation, kind) for kind in ("inMessageRef", "outMessageRef")]
        if message not in known:
            yield problem(
                RULE, source, node, f"The message '{message}' is none of the operation '{operation.get('id')}'; choose one that is."
            )
