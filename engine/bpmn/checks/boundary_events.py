"""Boundary events: attached to an activity of the same scope, left by a flow, entered by none."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, a, hint, problem, warning, words
from engine.bpmn.diagram import event_of
from engine.bpmn.lowering.compensation import is_compensation
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "boundary_events"

WAITING = ("userTask", "manualTask", "serviceTask", "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*WAITING, "scriptTask", "businessRuleTask", "sendTask", "task")


def check(given: Given) -> Iterator[Problem]:
    """Every boundary event."""
    for source, scope in given.scopes():
        for event in scope.of("boundaryEvent"):
            yield from _event(source, scope, event)


def _event(source: Source, scope: Scope, event: Node) -> Iterator[Problem]:
    wanted = event.get("attachedToRef", "")
    host, found = scope.by_id.get(wanted), source.by_id.get(wanted)
    if host is not None and local(host) in ACTIVITIES:
        if local(host) not in WAITING and event_of(event) not in ("error", "compensate"):
            message = f"'{wanted}' never waits, so this event can never happen; attach it to a user task, a call or a sub-process."
            yield warning(RULE, source, event, message)
    elif found is not None:
        where = "is in another sub-process" if local(found) in ACTIVITIES else f"is {a(words(local(found)))}"
        yield problem(
            RULE, source, event, f"This boundary event is attached to '{wanted}', which {where}; attach it to an activity beside it."
        )
    else:
        message = f"This boundary event is attached to '{wanted or 'nothing'}', which does not exist.{hint(wanted, list(scope.by_id))}"
        yield problem(RULE, source, event, message)
    if scope.entering(event):
        yield problem(
            RULE, source, event, "A sequence flow leads to this boundary event; only its activity can trigger it. Remove the flow."
        )
    if not scope.leaving(event) and not is_compensation(event):
        yield problem(RULE, source, event, "Nothing follows this boundary event; connect it to what should happen then.")
    if event_of(event) == "error" and event.get("cancelActivity") == "false":
        yield problem(RULE, source, event, "An error always interrupts its activity; draw this event as interrupting.")
