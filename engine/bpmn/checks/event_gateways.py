"""Event-based gateways: where they lead, and when they start the process (BPMN 2.0, 10.6.6)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, a, problem, words
from engine.bpmn.diagram import event_of
from engine.bpmn.lowering.starts import instantiates
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "event_gateways"

WAITED_FOR = ("timer", "message", "signal", "conditional", "multiple")


def check(given: Given) -> Iterator[Problem]:
    """Every event-based gateway, and every receive task that starts its process."""
    for source, scope in given.scopes():
        for gateway in scope.of("eventBasedGateway"):
            yield from _gateway(source, scope, gateway)
        for node in scope.of("eventBasedGateway", "receiveTask"):
            if instantiates(node):
                yield from _starts(source, scope, node)


def _gateway(source: Source, scope: Scope, gateway: Node) -> Iterator[Problem]:
    leaving = scope.leaving(gateway)
    if len(leaving) == 1:
        yield problem(RULE, source, gateway, "An event-based gateway waits for the first of several events; draw another, or remove it.")
    if gateway.get("eventGatewayType") == "Parallel" and not instantiates(gateway):
        message = 'A parallel event-based gateway starts a process: set instantiate="true", or draw an exclusive one or a parallel gateway.'
        yield problem(RULE, source, gateway, message)
    targets = [target for flow in leaving if (target := scope.by_id.get(flow.get("targetRef", ""))) is not None]
    for flow, target in ((flow, scope.by_id.get(flow.get("targetRef", ""))) for flow in leaving):
        if target is not None and not _waits(target):
            message = f"An event-based gateway leads to catch events and receive tasks only, not to {a(words(local(target)))}."
            yield problem(RULE, source, flow, message)
        elif target is not None and len(scope.entering(target)) > 1:
            yield problem(RULE, source, target, "An event behind an event-based gateway has no other flow into it. Remove the others.")
    receiving = [target for target in targets if local(target) == "receiveTask"]
    attached = {event.get("attachedToRef") for event in scope.of("boundaryEvent")}
    for task in (one for one in receiving if one.get("id") in attached):
        message = "A receive task behind an event-based gateway has no boundary events; let the gateway wait for that event, too."
        yield problem(RULE, source, task, message)
    if receiving and any("messageEventDefinition" in map(local, definitions_of(target)) for target in targets):
        message = "Behind one event-based gateway messages are caught by events or by receive tasks, not by both. Draw them alike."
        yield problem(RULE, source, receiving[0], message)


def _waits(target: Node) -> bool:
    return local(target) == "receiveTask" or (local(target) == "intermediateCatchEvent" and event_of(target) in WAITED_FOR)


def _starts(source: Source, scope: Scope, node: Node) -> Iterator[Problem]:
    """Nothing comes before what starts a process, but for a plain start event that is drawn there."""
    before = [scope.by_id.get(flow.get("sourceRef", "")) for flow in scope.entering(node)]
    if scope.kind != "process":
        yield problem(RULE, source, node, 'Only a process is started from outside; remove instantiate="true".')
    elif len(before) > 1 or any(one is None or not _is_plain_start(scope, one) for one in before):
        message = "This starts the process: only a plain start event that leads nowhere else stands before it. Remove the flow."
        yield problem(RULE, source, node, message)


def _is_plain_start(scope: Scope, node: Node) -> bool:
    return local(node) == "startEvent" and event_of(node) is None and len(scope.leaving(node)) == 1
