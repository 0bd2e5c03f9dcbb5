"""Which events can be drawn where. Others become plain events without a word in the library underneath."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, a, problem, words
from engine.bpmn.diagram import event_of
from engine.bpmn.lowering.event_sub_processes import is_event_sub_process
from engine.bpmn.lowering.multiple_events import waits_for_all
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "supported_events"

SUPPORTED: Mapping[str, frozenset[str | None]] = {
    "startEvent": frozenset({None, "message", "signal", "timer", "conditional", "multiple"}),
    "endEvent": frozenset({None, "terminate", "error", "message", "signal", "escalation", "compensate", "multiple"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "conditional", "link", "multiple"}),
    "intermediateThrowEvent": frozenset({None, "message", "signal", "escalation", "compensate", "link", "multiple"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error", "escalation", "conditional", "compensate", "multiple"}),
}
WAITED_FOR = {"message", "signal", "timer", "conditional"}
STARTS_EVENT_SUB_PROCESS: frozenset[str | None] = frozenset(
    {"timer", "message", "signal", "error", "escalation", "conditional", "compensate", "multiple"}
)
INSTEAD = {
    "compensate": "Compensation is thrown by throw and end events, and handled by what is tied to boundary events.",
    "link": "Links are intermediate events.",
    "escalation": "Escalations are thrown by throw and end events, and caught by boundary events.",
    "cancel": "Only a transaction is cancelled: by an end event directly in it, caught at its border.",
    "multiple": "Draw one event for each.",
    "error": "Errors are caught by boundary events and thrown by end events.",
    "terminate": "Only end events terminate.",
    "timer": "Timers are waited for.",
    "conditional": "Conditions are waited for.",
}


def check(given: Given) -> Iterator[Problem]:
    """Every event: is its kind executed in this place?"""
    for source, node in given.nodes(*SUPPORTED):
        if next(children(node, "eventDefinitionRef"), None) is not None:
            yield problem(RULE, source, node, "This event refers to a definition that is not in this file; give it one of its own.")
        yield from _event(source, node)
    for source, scope in given.scopes():
        if scope.kind != "process" and not is_event_sub_process(scope.node):
            for start in scope.of("startEvent"):
                if event_of(start) is not None:
                    yield problem(RULE, source, start, "A sub-process starts by itself: its start event may not wait for anything.")


def _definition(source: Source, node: Node) -> Iterator[Problem]:
    """What a conditional event waits for; timers have a rule of their own."""
    for definition in children(node, "conditionalEventDefinition"):
        if next(children(definition, "condition"), None) is None:
            yield problem(RULE, source, node, "This conditional event has no condition; write one.")


def _supported(source: Source, node: Node) -> frozenset[str | None]:
    """What is executed in this place."""
    kind, parent = local(node), node.getparent()
    if parent is not None and kind == "startEvent" and is_event_sub_process(parent):
        return STARTS_EVENT_SUB_PROCESS
    host = source.by_id.get(node.get("attachedToRef", "")) if kind == "boundaryEvent" else parent if kind == "endEvent" else None
    return SUPPORTED[kind] | {"cancel"} if host is not None and local(host) == "transaction" else SUPPORTED[kind]


def _event(source: Source, node: Node) -> Iterator[Problem]:
    kind, event = local(node), event_of(node)
    supported = _supported(source, node)
    if event == "multiple" and event in supported:
        kinds = {local(one).removesuffix("EventDefinition") for one in definitions_of(node)}
        if kind != "endEvent" and kind != "intermediateThrowEvent" and kinds & {"compensate", "cancel"}:
            yield problem(RULE, source, node, "This is handled by an event of its own; remove the other definitions.")
            return
        event = next((one for one in sorted(kinds) if one == "link" or one not in supported), event)
        if event == "link":
            yield problem(RULE, source, node, "A link is one way only: a link event has no other definition. Remove the others.")
            return
    if waits_for_all(node) and (kind == "boundaryEvent" or supported is STARTS_EVENT_SUB_PROCESS):
        kinds = {local(one).removesuffix("EventDefinition") for one in definitions_of(node)} - WAITED_FOR
        if kinds:
            message = "Errors, escalations and compensation are handled at once, not together with other things. Remove them."
            yield problem(RULE, source, node, message)
    if event in supported:
        yield from _definition(source, node)
        return
    known = ", ".join(sorted(words(one) for one in supported if one)) + (", or none" if None in supported else "")
    if event is None:
        yield problem(RULE, source, node, f"This {words(kind)} waits for nothing: give it an event definition ({known}).")
    else:
        instead = INSTEAD.get(event, "")
        yield problem(
            RULE, source, node, f"{a(words(event)).capitalize()} {words(kind)} is not executed; possible are {known}. {instead}".rstrip()
        )
