"""Errors and escalations: thrown with a code, caught by the nearest event around that names it, or that catches all."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import StandsBy
from engine.bpmn.scripting import changes
from engine.bpmn.spec_ends import end_all
from engine.bpmn.spec_events import deliver
from engine.bpmn.token import Token, Values
from engine.errors import UncaughtError


class ErrorDefinition(ErrorEventDefinition):  # type: ignore[misc]  # Spiff is untyped
    """An error, matched by code; a boundary event without a code catches every error."""

    def throw(self, my_task: Token) -> None:
        """From an error end event: to the nearest event around that catches it, once; at the top it ends the process."""
        caught = catcher(my_task, self.code)
        if caught is None and my_task.workflow.parent_task_id is None:
            end_all(my_task)
            return
        if caught is None:
            reason = f"Nothing catches the error {self.code or self.name}."
            raise UncaughtError(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        catch_error(*caught, thrower=my_task, code=self.code or "", message=self.name or "")


class EscalationDefinition(EscalationEventDefinition):  # type: ignore[misc]
    """An escalation, matched by code as an error is. Nobody has to catch it, and it may come again."""

    comes_again = True

    def throw(self, my_task: Token) -> None:
        """To the nearest event around that catches it; lost when there is none (BPMN 2.0, 10.4.6)."""
        caught = catcher(my_task, self.code, EscalationDefinition)
        if caught is not None:
            deliver(caught[0], _known(my_task, *caught))


Coded = type[ErrorDefinition] | type[EscalationDefinition]


def catcher(token: Token, code: str | None, kind: Coded = ErrorDefinition) -> tuple[Token, Token] | None:
    """The waiting event for an error in `token`, and the token in its scope the error comes out of; outwards, exact code first.

    At each level the boundary events of the activity, then the event sub-processes of the scope it is in.
    """
    inside: Token | None = token
    while inside is not None:
        main = inside
        if main.parent is not None and isinstance(main.parent.task_spec, LoopTask):
            main = main.parent
        event = _of_code(_boundary_events(main), code, kind) or _of_code(_armed(inside.workflow), code, kind)
        if event is not None:
            return event, main
        inside = getattr(inside.workflow, "parent_token", None)
    return None


def _of_code(waiting: Iterator[Token], code: str | None, kind: Coded) -> Token | None:
    events = [event for event in waiting if isinstance(event.task_spec.event_definition, kind)]
    for wanted in (code, None):
        for event in events:
            if event.task_spec.event_definition.code == wanted:
                return event
    return None


def _armed(workflow: Any) -> Iterator[Token]:
    for token in workflow.tasks.present():
        if isinstance(token.task_spec, StandsBy) and token.state == TaskState.WAITING:
            yield token


def _boundary_events(main: Token) -> Iterator[Token]:
    if main.parent is not None and isinstance(main.parent.task_spec, BoundaryEventSplit):
        for child in main.parent.children:
            if isinstance(child.task_spec, BoundaryEvent) and child.state == TaskState.WAITING:
                yield child


def catch_error(event: Token, main: Token, *, thrower: Token, code: str, message: str) -> None:
    """Let an event that catches an error go on, with what was known inside the activity where the error was thrown."""
    main.failed = True
    data = _known(thrower, event, main)
    result = event.task_spec.redress.get("result_variable")
    deliver(event, {**data, result: {"code": code, "message": message}} if result else data)


def _known(thrower: Token, event: Token, main: Token) -> Values:
    """What the event learns from the thrower; an event sub-process knows its scope, so only what is not yet known there."""
    outward = _outward(thrower, event)
    return changes(main.data, outward)[0] if isinstance(event.task_spec, StandsBy) else outward


def _outward(thrower: Token, event: Token) -> Values:
    """The thrower's data as seen at the event: without the items of the multi-instance activities in between."""
    if thrower.workflow is event.workflow:
        return {}
    hidden: set[str] = set()
    inside = thrower
    while inside.workflow is not event.workflow:
        inside = inside.workflow.parent_token
        hidden.update(inside.internal_data.get("own", ()))
    return {name: value for name, value in thrower.data.items() if name not in hidden}
