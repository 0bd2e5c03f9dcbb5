"""Ends and throws that do more than the execution knows: signal, escalation, compensation, and several at once.

An end event that throws becomes a throw and an end behind it. Several things thrown at once become throws one after the
other: they are passed in the same step, so nobody can come between them.
"""

from engine.bpmn.lowering.tree import Node, Tree, definitions_of, retag
from engine.bpmn.xml import local

ENDING = ("terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition")
AT_END = (*ENDING, "messageEventDefinition")


def lower(tree: Tree) -> None:
    """Take them apart."""
    for scope in tree.scopes:
        for throw in tree.nodes(scope, "intermediateThrowEvent"):
            _thrown_before(tree, throw, definitions_of(throw)[:-1])
        for end in tree.nodes(scope, "endEvent"):
            _end(tree, end)


def _end(tree: Tree, end: Node) -> None:
    definitions = definitions_of(end)
    ending = [one for one in definitions if local(one) in ENDING]
    if len(definitions) > 1:
        last = ending[0] if ending else definitions[-1]
        _thrown_before(tree, end, [one for one in definitions if one is not last])
        definitions = [last]
    if definitions and local(definitions[0]) not in AT_END:
        behind = tree.add(end, "endEvent", "end")
        retag(end, "intermediateThrowEvent")
        tree.connect(end, behind)


def _thrown_before(tree: Tree, event: Node, definitions: list[Node]) -> None:
    for definition in definitions:
        throw = tree.add(event, "intermediateThrowEvent", "throw")
        throw.append(definition)
        for flow in tree.entering(event):
            tree.move_target(flow, throw)
        tree.connect(throw, event)
