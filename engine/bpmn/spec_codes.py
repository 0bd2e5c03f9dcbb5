"""Errors and escalations: thrown with a code, caught by the nearest event around that names it, or that catches all."""

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.spec_ends import end_all
from engine.bpmn.spec_events import deliver
from engine.bpmn.token import Token, Values
from engine.errors import UncaughtError


class ErrorDefinition(ErrorEventDefinition):  # type: ignore[misc]  # Spiff is untyped
    """An error, matched by code; a boundary event without a code catches every error."""

    def throw(self, my_task: Token) -> None:
        """From an error end event: to the nearest boundary event around it, once; at the top it ends the process."""
        workflow = my_task.workflow
        if workflow.parent_task_id is None:
            end_all(my_task)
            return
        caught = catcher(workflow.parent_token, self.code)
        if caught is None:
            workflow.top_workflow.history.fired(my_task)
            reason = f"Nothing catches the error {self.code or self.name}."
            raise UncaughtError(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        catch_error(*caught, thrower=my_task, code=self.code or "", message=self.name or "")


class EscalationDefinition(EscalationEventDefinition):  # type: ignore[misc]
    """An escalation, matched by code as an error is. Nobody has to catch it, and it may come again."""

    comes_again = True

    def throw(self, my_task: Token) -> None:
        """To the nearest boundary event around; lost when there is none (BPMN 2.0, 10.4.6)."""
        around: Token | None = getattr(my_task.workflow, "parent_token", None)
        caught = None if around is None else catcher(around, self.code, EscalationDefinition)
        if caught is not None:
            deliver(caught[0], _outward(my_task, caught[0]))


Coded = type[ErrorDefinition] | type[EscalationDefinition]


def catcher(token: Token, code: str | None, kind: Coded = ErrorDefinition) -> tuple[Token, Token] | None:
    """The waiting boundary event for an error in `token`, and the activity it is attached to; outwards, exact code first."""
    inside: Token | None = token
    while inside is not None:
        main = inside
        if main.parent is not None and isinstance(main.parent.task_spec, LoopTask):
            main = main.parent
        events = [event for event in _boundary_events(main) if isinstance(event.task_spec.event_definition, kind)]
        for wanted in (code, None):
            for event in events:
                if event.task_spec.event_definition.code == wanted:
                    return event, main
        inside = getattr(inside.workflow, "parent_token", None)
    return None


def _boundary_events(main: Token) -> Iterator[Token]:
    if main.parent is not None and isinstance(main.parent.task_spec, BoundaryEventSplit):
        for child in main.parent.children:
            if isinstance(child.task_spec, BoundaryEvent) and child.state == TaskState.WAITING:
                yield child


def catch_error(event: Token, main: Token, *, thrower: Token, code: str, message: str) -> None:
    """Let an error boundary event go on, with what was known inside the activity where the error was thrown."""
    main.failed = True
    data = _outward(thrower, event)
    result = event.task_spec.redress.get("result_variable")
    deliver(event, {**data, result: {"code": code, "message": message}} if result else data)


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
