"""Throws and ends."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition, TerminateEventDefinition

from engine.bpmn.joins import runs_beside
from engine.bpmn.token import Token, Values, is_open
from engine.bpmn.variables import variables_of


class ThrowEvent(defaults.IntermediateThrowEvent):  # type: ignore[misc]  # Spiff is untyped
    """An intermediate throw event: passed first, so that history tells what came of it afterwards."""

    redress: Values

    def _run_hook(self, my_task: Token) -> bool | None:
        begin = getattr(self.event_definition, "begin", None)  # what takes time
        return True if begin is None else begin(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if not isinstance(self.event_definition, NoneEventDefinition):
            self.event_definition.throw(my_task)


class EndEvent(defaults.EndEvent):  # type: ignore[misc]
    """An end event."""

    redress: Values

    def _run_hook(self, my_task: Token) -> bool:
        if not runs_beside(my_task):  # what ran beside the flow is not how the process ended
            my_task.workflow.ended_by = my_task
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        if isinstance(self.event_definition, TerminateEventDefinition):
            end_all(my_task)
        else:
            super()._on_complete_hook(my_task)
            if not isinstance(self.event_definition, NoneEventDefinition):
                self.event_definition.throw(my_task)


def end_all(end: Token) -> None:
    """End the workflow of an end event and whatever is open in it; what was done in it until then is known afterwards."""
    workflow: Any = end.workflow
    end.data = variables_of(workflow)
    for token in [token for token in workflow.tasks.values() if is_open(token) and token is not end]:
        if token.id in workflow.tasks:
            token.cancel()
    workflow.ended_by = end
    workflow.terminated = True
    workflow._mark_complete(end)
