"""What starts a process without being a start event: a receive task, or an event-based gateway, that instantiates."""

from lxml import etree

from engine.bpmn.lowering.tree import Node, Tree, definitions_of, retag
from engine.bpmn.xml import BPMN, children, local


def lower(tree: Tree) -> None:
    """Put start events in their place."""
    for scope in tree.scopes:
        for task in tree.nodes(scope, "receiveTask"):
            if instantiates(task):
                _receive(tree, task)
        for gateway in tree.nodes(scope, "eventBasedGateway"):
            if instantiates(gateway):
                _gateway(tree, gateway)


def instantiates(node: Node) -> bool:
    """Whether it says so."""
    return node.get("instantiate", "false") == "true"


def _receive(tree: Tree, task: Node) -> None:
    """A start event in its place; one that is drawn before it is passed between the two."""
    before = _before(tree, task)
    if not before:
        _definition(task)
        retag(task, "startEvent")
        return
    start = tree.add(task, "startEvent", "start")
    _waiting_for(tree, start, task)
    for definition in definitions_of(task):
        task.remove(definition)  # it has come; what is passed now throws nothing
    retag(task, "intermediateThrowEvent")
    for one in before:
        tree.connect(start, one)


def _before(tree: Tree, node: Node) -> list[Node]:
    """The plain start events that are drawn before what starts the process: they wait for nothing, and are passed."""
    found = [tree.node(flow.get("sourceRef", "")) for flow in tree.entering(node)]
    for one in found:
        retag(one, "intermediateThrowEvent")
    return found


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
    before = _before(tree, gateway)
    for event, way in zip(events, ways, strict=True):
        start = tree.add(event, "startEvent", "start")
        _waiting_for(tree, start, event)
        passed = tree.add(gateway, "intermediateThrowEvent", event.get("id", ""), shows=gateway.get("id"))
        happened = tree.add(event, "intermediateThrowEvent", "happened", shows=event.get("id"))
        tree.connect(start, _passed_before(tree, before, passed))
        others = [(other, other_way) for other, other_way in zip(events, ways, strict=True) if other is not event]
        if parallel and others:
            _and_then(tree, gateway, passed, happened, others)
        else:
            tree.connect(passed, happened)
        tree.connect(happened, way)
    for event in (*events, *before):
        tree.remove(event)
    tree.remove(gateway)


def _passed_before(tree: Tree, before: list[Node], gateway: Node) -> Node:
    """Where the way to the gateway begins: at the start event that is drawn there."""
    for one in before[:1]:
        shown = tree.add(one, "intermediateThrowEvent", gateway.get("id", ""), shows=one.get("id"))
        tree.connect(shown, gateway)
        return shown
    return gateway


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
