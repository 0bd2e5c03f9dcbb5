"""Events that wait for several things (BPMN 2.0, 10.5.4): any of them, or with `parallelMultiple` all of them.

Any of several: one event for each, which are passed as the one that was drawn; in the flow they stand behind an event-based
gateway. All of several: catch events side by side that meet again. The parts of a boundary event that waits for all know each
other by `allOf`; `spec_multiple_events` lets the last one be the event.
"""

from copy import deepcopy

from engine.bpmn.lowering.tree import Node, Tree, definitions_of
from engine.bpmn.xml import children, local

ALL_OF, SEPARATOR = "allOf", "\n"  # ids of nodes nobody drew have spaces


def lower(tree: Tree) -> None:
    """Take them apart."""
    for scope in tree.scopes:
        for event in tree.nodes(scope, "intermediateCatchEvent"):
            if waits_for_all(event):
                _all_in_the_flow(tree, event)
            elif len(definitions_of(event)) > 1:
                _any_in_the_flow(tree, event)
        for event in tree.nodes(scope, "boundaryEvent"):
            if len(definitions_of(event)) > 1:
                _any(tree, event, "boundaryEvent")
        if local(scope) == "process":
            for event in tree.nodes(scope, "startEvent"):
                _start(tree, event)


def waits_for_all(event: Node) -> bool:
    """Whether each of its definitions has to happen."""
    return len(definitions_of(event)) > 1 and event.get("parallelMultiple", "false") == "true"


def _start(tree: Tree, event: Node) -> None:
    if waits_for_all(event):
        _all_at_the_start(tree, event)
    elif len(definitions_of(event)) > 1:
        _any(tree, event, "startEvent")


def _any(tree: Tree, event: Node, kind: str) -> None:
    """One for each definition, leading to what the event led to."""
    way = _way(tree, event)
    parts = [_part(tree, event, definition, kind, shown=True) for definition in definitions_of(event)]
    for part in parts:
        tree.connect(part, way)
        if waits_for_all(event):
            part.set(ALL_OF, SEPARATOR.join(one.get("id", "") for one in parts))
    tree.remove(event)


def _any_in_the_flow(tree: Tree, event: Node) -> None:
    before = [tree.node(flow.get("sourceRef", "")) for flow in tree.entering(event)]
    gateways = [node for node in before if local(node) == "eventBasedGateway"]
    if not gateways:
        gateways = [tree.add(event, "eventBasedGateway", "first")]
        for flow in tree.entering(event):
            tree.move_target(flow, gateways[0])
    way = _way(tree, event)
    for definition in definitions_of(event):
        part = _part(tree, event, definition, "intermediateCatchEvent", shown=True)
        for gateway in gateways:
            tree.connect(gateway, part)
        tree.connect(part, way)
    tree.remove(event)


def _all_in_the_flow(tree: Tree, event: Node) -> None:
    first, last = _side_by_side(tree, event, definitions_of(event))
    for flow in tree.entering(event):
        tree.move_target(flow, first)
    tree.connect(last, _happened(tree, event))
    tree.remove(event)


def _all_at_the_start(tree: Tree, event: Node) -> None:
    """Whichever comes first starts the instance, which then waits for the others."""
    happened = _happened(tree, event)
    for definition in definitions_of(event):
        start = _part(tree, event, definition, "startEvent", shown=False)
        first, last = _side_by_side(tree, event, [other for other in definitions_of(event) if other is not definition])
        tree.connect(start, first)
        tree.connect(last, happened)
    tree.remove(event)


def _side_by_side(tree: Tree, event: Node, definitions: list[Node]) -> tuple[Node, Node]:
    """Catch events for each definition, between a split and a join."""
    split, join = tree.add(event, "parallelGateway", "split"), tree.add(event, "parallelGateway", "join")
    for definition in definitions:
        part = _part(tree, event, definition, "intermediateCatchEvent", shown=False)
        tree.connect(split, part)
        tree.connect(part, join)
    return split, join


def _part(tree: Tree, event: Node, definition: Node, kind: str, *, shown: bool) -> Node:
    part = tree.add(event, kind, "part", shows=event.get("id") if shown else None)
    for extension in children(event, "extensionElements"):
        part.append(deepcopy(extension))
    part.append(deepcopy(definition))
    for name, value in event.attrib.items():
        if str(name).startswith("{") or name in ("attachedToRef", "cancelActivity"):
            part.set(name, value)
    return part


def _happened(tree: Tree, event: Node) -> Node:
    """The passage of the drawn event, and what leaves it."""
    return _leaving(tree, event, tree.add(event, "intermediateThrowEvent", "happened", shows=event.get("id")))


def _way(tree: Tree, event: Node) -> Node:
    """A node that takes over what leaves an event: several lead there."""
    return _leaving(tree, event, tree.add(event, "intermediateThrowEvent", "way"))


def _leaving(tree: Tree, event: Node, node: Node) -> Node:
    for flow in tree.leaving(event):
        tree.move_source(flow, node)
    return node
