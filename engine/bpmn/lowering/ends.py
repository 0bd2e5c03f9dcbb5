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
            _throw_after(tree, throw, definitions_of(throw)[1:])
        for end in tree.nodes(scope, "endEvent"):
            _end(tree, end)


def _end(tree: Tree, end: Node) -> None:
    definitions = definitions_of(end)
    if not definitions or (len(definitions) == 1 and local(definitions[0]) in AT_END):
        return
    thrown = [one for one in definitions if local(one) not in ENDING]
    behind = tree.add(end, "endEvent", "end")
    for definition in definitions:
        if definition not in thrown:
            behind.append(definition)
    retag(end, "intermediateThrowEvent")
    tree.connect(end, behind)
    _throw_after(tree, end, thrown[1:])


def _throw_after(tree: Tree, event: Node, definitions: list[Node]) -> None:
    last = event
    for definition in definitions:
        throw = tree.add(event, "intermediateThrowEvent", "throw")
        throw.append(definition)
        for flow in tree.leaving(last):
            tree.move_source(flow, throw)
        tree.connect(last, throw)
        last = throw
