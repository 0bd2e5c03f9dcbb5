"""What starts a process without being a start event: a receive task, or an event-based gateway, that instantiates."""

from lxml import etree

from engine.bpmn.lowering.tree import Node, Tree, definitions_of, retag
from engine.bpmn.xml import BPMN, children, local


def lower(tree: Tree) -> None:
    """Put start events in their place."""
    for scope in tree.scopes:
        for task in tree.nodes(scope, "receiveTask"):
            if instantiates(task) and not tree.entering(task):
                _receive(task)
        for gateway in tree.nodes(scope, "eventBasedGateway"):
            if instantiates(gateway) and not tree.entering(gateway):
                _gateway(tree, gateway)


def instantiates(node: Node) -> bool:
    """Whether it says so."""
    return node.get("instantiate", "false") == "true"


def _receive(task: Node) -> None:
    _definition(task)
    retag(task, "startEvent")


def _definition(task: Node) -> None:
    """The message of a receive task, as event definition."""
    reference = task.get("messageRef")
    if reference is not None:
        del task.attrib["messageRef"]
        etree.SubElement(task, f"{{{BPMN}}}messageEventDefinition", messageRef=reference)


def _gateway(tree: Tree, gateway: Node) -> None:
    """One start event for each event behind it, by which gateway and event are passed; of a parallel one, then all others."""
    events = [tree.node(flow.get("targetRef", "")) for flow in tree.leaving(gateway)]
    ways = [tree.way_behind(event) for event in events]
    parallel = gateway.get("eventGatewayType") == "Parallel"
    for event, way in zip(events, ways, strict=True):
        start = tree.add(event, "startEvent", "start")
        _waiting_for(tree, start, event)
        passed = tree.add(gateway, "intermediateThrowEvent", event.get("id", ""), shows=gateway.get("id"))
        happened = tree.add(event, "intermediateThrowEvent", "happened", shows=event.get("id"))
        tree.connect(start, passed)
        others = [(other, other_way) for other, other_way in zip(events, ways, strict=True) if other is not event]
        if parallel and others:
            _and_then(tree, gateway, passed, happened, others)
        else:
            tree.connect(passed, happened)
        tree.connect(happened, way)
    for event in events:
        tree.remove(event)
    tree.remove(gateway)


def _and_then(tree: Tree, gateway: Node, passed: Node, happened: Node, others: list[tuple[Node, Node]]) -> None:
    """The instance goes on, and waits for the other events beside that."""
    split = tree.add(gateway, "parallelGateway", "split")
    tree.connect(passed, split)
    tree.connect(split, happened)
    for other, way in others:
        catch = tree.add(other, "intermediateCatchEvent", "wait", shows=other.get("id"))
        _waiting_for(tree, catch, other)
        tree.connect(split, catch)
        tree.connect(catch, way)


def _waiting_for(tree: Tree, node: Node, event: Node) -> None:
    if local(event) == "receiveTask":
        _definition(event)
    for definition in definitions_of(event):
        node.append(tree.copy(definition))
    for reference in children(event, "extensionElements"):
        node.append(tree.copy(reference))
    for attribute, value in event.attrib.items():
        if str(attribute).startswith("{") or attribute == "parallelMultiple":
            node.set(attribute, value)
