"""Compensation: each handler is tied to one event by an association, outside of the flow (BPMN 2.0, 10.7)."""

from collections.abc import Iterator

from engine.bpmn.checks.boundary_events import ACTIVITIES
from engine.bpmn.checks.given import Given, Node, Scope, Source, problem, warning
from engine.bpmn.lowering.compensation import handlers, has_handlers, is_compensation, is_handler
from engine.bpmn.lowering.event_sub_processes import is_event_sub_process
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "compensation"


def check(given: Given) -> Iterator[Problem]:
    """Every compensation event, every handler and what compensation is thrown for."""
    for source, scope in given.scopes():
        tied = list(handlers(scope.node))
        for event in scope.of("boundaryEvent"):
            if is_compensation(event):
                yield from _event(source, scope, event, [handler for one, handler in tied if one is event])
        for node in scope.nodes:
            if is_handler(node):
                yield from _handler(source, scope, node, any(handler is node for _, handler in tied))
        for throw in scope.of("intermediateThrowEvent", "endEvent"):
            for definition in definitions_of(throw):
                if local(definition) == "compensateEventDefinition" and definition.get("activityRef"):
                    yield from _thrown(source, scope, throw, definition.get("activityRef", ""))


def _event(source: Source, scope: Scope, event: Node, tied: list[Node]) -> Iterator[Problem]:
    for flow in scope.leaving(event):
        message = "A sequence flow leaves a compensation event; tie its handler to it by an association instead."
        yield problem(RULE, source, flow, message)
    if len(tied) != 1:
        found = "no handler" if not tied else "several handlers"
        message = f"This compensation event has {found}; draw one association to an activity beside it that is marked for compensation."
        yield problem(RULE, source, event, message)
    others = [one for one in scope.of("boundaryEvent") if is_compensation(one) and one.get("attachedToRef") == event.get("attachedToRef")]
    if others[0] is not event:
        yield problem(RULE, source, event, "This activity has a compensation event already; keep one of them.")
    host = scope.by_id.get(event.get("attachedToRef", ""))
    if host is not None and is_handler(host):
        yield problem(RULE, source, event, "What compensates is not compensated itself; remove this event.")


def _handler(source: Source, scope: Scope, node: Node, is_tied: bool) -> Iterator[Problem]:
    for flow in (*scope.entering(node), *scope.leaving(node)):
        message = "A sequence flow touches an activity that is only for compensation; its event starts it. Remove the flow."
        yield problem(RULE, source, flow, message)
    if not is_tied:
        message = "This activity is only for compensation, and no compensation event is tied to it; draw the association."
        yield problem(RULE, source, node, message)
    for event in scope.of("boundaryEvent"):
        if event.get("attachedToRef") == node.get("id") and not is_compensation(event):
            yield problem(
                RULE, source, event, "Events at what compensates are not executed; draw a sub-process with the event inside of it."
            )


def _thrown(source: Source, scope: Scope, throw: Node, wanted: str) -> Iterator[Problem]:
    activity = source.by_id.get(wanted)
    visible = [scope.node]
    while is_event_sub_process(visible[-1]) and visible[-1].getparent() is not None:
        visible.append(visible[-1].getparent())  # type: ignore[arg-type]  # not None, as just seen
    if activity is None or local(activity) not in ACTIVITIES or activity.getparent() not in visible:
        message = f"Compensation is thrown for '{wanted}', which is no activity of this process or sub-process; name one that is."
        yield problem(RULE, source, throw, message)
    elif not has_handlers(activity) and not any(_is_at(event, wanted) for scope_node in visible for event in scope_node):
        yield warning(RULE, source, throw, f"'{wanted}' has no compensation handler, so nothing will be done for it.")


def _is_at(event: Node, activity: str) -> bool:
    return is_compensation(event) and event.get("attachedToRef") == activity
