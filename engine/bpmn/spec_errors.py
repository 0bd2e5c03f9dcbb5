"""Errors: thrown by an error end event or by a step that failed, caught by the nearest boundary event around it."""

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.spec_events import BoundaryEvent, deliver, end_all
from engine.bpmn.token import Token, Values
from engine.errors import ExecutionFailed


class ErrorDefinition(ErrorEventDefinition):  # type: ignore[misc]
    """An error, matched by code; a boundary event without a code catches every error."""

    def throw(self, my_task: Token) -> None:
        """From an error end event: to the nearest boundary event around it, once; at the top it ends the process."""
        workflow = my_task.workflow
        if workflow.parent_task_id is None:
            end_all(my_task)
            return
        caught = catcher(workflow.parent_token, self.code)
        if caught is None:
            reason = f"Nothing catches the error {self.code or self.name}."
            raise ExecutionFailed(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        catch_error(*caught, thrower=my_task, code=self.code or "", message=self.name or "")


def catcher(token: Token, code: str | None) -> tuple[Token, Token] | None:
    """The waiting error boundary event for an error in `token`, and the activity it interrupts; outwards, exact code first."""
    inside: Token | None = token
    while inside is not None:
        main = inside
        if main.parent is not None and isinstance(main.parent.task_spec, LoopTask):
            main = main.parent
        events = [event for event in _boundary_events(main) if isinstance(event.task_spec.event_definition, ErrorDefinition)]
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
