"""Link events: a throw and the catch of the same name are one way, drawn in two pieces."""

from engine.bpmn.lowering.tree import Node, Tree, definitions_of, retag
from engine.bpmn.xml import local


def lower(tree: Tree) -> None:
    """Connect each throw with its catch; both are still passed, as events that do nothing."""
    for scope in tree.scopes:
        catches = {name: node for node in tree.nodes(scope, "intermediateCatchEvent") if (name := link_of(node)) is not None}
        for throw in tree.nodes(scope, "intermediateThrowEvent"):
            name = link_of(throw)
            if name in catches:
                tree.connect(throw, catches[name])
                _plain(throw)
        for catch in catches.values():
            _plain(catch)


def link_of(event: Node) -> str | None:
    """The name of the link of a link event."""
    definitions = definitions_of(event)
    return definitions[0].get("name", "") if [local(one) for one in definitions] == ["linkEventDefinition"] else None


def _plain(event: Node) -> None:
    for definition in definitions_of(event):
        event.remove(definition)
    retag(event, "intermediateThrowEvent")
