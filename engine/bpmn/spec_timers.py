"""What a timer waits for. It never fires by itself: the execution is told when the job says that it is due."""

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import CycleTimerEventDefinition, DurationTimerEventDefinition, TimeDateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.bpmn import expressions
from engine.bpmn.timers import Timer, timer
from engine.bpmn.token import Token, Values
from engine.errors import ExecutionFailed


class TimerDefinition(EventDefinition):  # type: ignore[misc]  # Spiff is untyped
    """A timer of any kind. The text is ISO 8601 as it stands, or an expression for a date, a duration or a cycle."""

    def __init__(self, name: str, expression: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.expression = expression

    def due(self, token: Token) -> Timer:
        """When it is due for this token, counted from now."""
        text = (self.expression or "").strip()
        try:
            return timer(text if expressions.is_iso_timer(text) else token.workflow.top_workflow.engine.evaluate(token, text))
        except ValueError as error:
            raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=str(error), line=None) from error

    def waiting_for(self, token: Token) -> Values:
        """What the token has to remember."""
        found = self.due(token)
        return {"due": found.due, "left": found.left, "period": found.period}


class TimeDateDefinition(TimerDefinition):
    """`timeDate`."""


class DurationDefinition(TimerDefinition):
    """`timeDuration`."""


class CycleDefinition(TimerDefinition):
    """`timeCycle`. Interrupting or in the flow it fires once."""

    comes_again = True


STOCK_TIMERS = {
    TimeDateEventDefinition: TimeDateDefinition,
    DurationTimerEventDefinition: DurationDefinition,
    CycleTimerEventDefinition: CycleDefinition,
}
