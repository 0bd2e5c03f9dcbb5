"""Events: what a token waits for, what it throws, and how it is told that something happened.

Timers never fire by themselves: `fire` is called by the execution when the job says so. Messages always go outside and
come from outside, those of the same instance too: the engine's message router is the only one. Signals
reach everything that waits for them in the root instance in the same step, other instances by jobs, and are kept for nobody.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import (
    ConditionalEventDefinition,
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TimeDateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import expressions, mappings
from engine.bpmn.correlation_keys import correlation_key
from engine.bpmn.joins import BoundaryEventJoin, retire
from engine.bpmn.signal_names import is_inside
from engine.bpmn.spec_gateways import follow
from engine.bpmn.timers import Timer, timer
from engine.bpmn.token import Token, Values
from engine.bpmn.variables import known_inside, variables_of
from engine.errors import ExecutionFailed

_FIRED = "event_fired"


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


class MessageDefinition(MessageEventDefinition):  # type: ignore[misc]
    """A message: name, and the correlation key and payload that the `redress:` attributes of the event give."""

    comes_again = True

    def waiting_for(self, token: Token) -> Values:
        """What the token has to remember."""
        return {"message": self.name, "correlation_key": correlation_key(token)}

    def throw(self, my_task: Token) -> None:
        """Hand the message to the outside."""
        expression = my_task.task_spec.redress.get("payload")
        payload = my_task.workflow.top_workflow.engine.evaluate(my_task, expression) if expression else {}
        if not isinstance(payload, dict):
            reason = "The payload of a message must be {'name': value, ...}."
            raise ExecutionFailed(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        my_task.workflow.top_workflow.outbox.append((self.name, correlation_key(my_task), payload))

    def update_task_data(self, my_task: Token) -> None:
        """Nothing: `deliver` puts the payload where it belongs."""


class SignalDefinition(SignalEventDefinition):  # type: ignore[misc]
    """A signal, by name. The root instance hears it in this step, others by jobs (`engine.signals`), unless it stays inside."""

    comes_again = True

    def throw(self, my_task: Token) -> None:
        """Tell everything that waits for it now."""
        top = my_task.workflow.top_workflow
        if not is_inside(self.name):
            top.signals.append(self.name)
        tell(top, self.name)


def tell(top: Any, name: str) -> None:
    """Let everything in the instance that waits for a signal hear it."""
    for token in [token for workflow in top.workflows() if not workflow.completed for token in workflow.tasks.present()]:
        if token.state == TaskState.WAITING:
            heard = (event for event, one in definitions_at(token) if isinstance(one, SignalDefinition) and one.name == name)
            event = next(heard, None)
            if event is not None:
                happened(event, {})


def definitions_at(token: Token) -> Iterator[tuple[Token, EventDefinition]]:
    """What a waiting token waits for, each with the token that stands for it: behind a gateway there are several."""
    if isinstance(token.task_spec, EventGateway):
        yield from token.task_spec.events(token)
    elif isinstance(token.task_spec, CatchingEvent):
        yield token, token.task_spec.event_definition


def happened(event: Token, data: Values) -> None:
    """An event of `definitions_at` has happened."""
    if event.parent is not None and isinstance(event.parent.task_spec, EventGateway):
        event.parent.task_spec.choose(event.parent, event, data)
    else:
        deliver(event, data)


class ConditionDefinition(ConditionalEventDefinition):  # type: ignore[misc]
    """A condition over the variables of the process as they are now; not true while one of them is missing."""

    comes_again = True

    def has_fired(self, my_task: Token) -> bool:
        """Asked when the event is reached, and at the end of every step."""
        variables = {**my_task.data, **variables_of(my_task.workflow)}
        if not expressions.names(self.expression).variables <= variables.keys():
            return False
        return bool(my_task.workflow.top_workflow.engine.evaluate(my_task, self.expression, variables))

    def comes_true(self, my_task: Token) -> bool:
        """Whether it holds and did not when it was last asked: what goes on waiting fires each time it becomes true."""
        held, holds = my_task.internal_data.get("held", False), self.has_fired(my_task)
        my_task.internal_data["held"] = holds
        return holds and not held


def deliver(event: Token, data: Values) -> None:
    """The event a token waits for has happened: it goes on with its data and this."""
    event.task_spec.happen(event, data)


def _spawn(event: Token) -> None:
    """Start what follows a boundary event that goes on waiting."""
    for spec in event.task_spec.outputs:
        if not isinstance(spec, BoundaryEventJoin):
            child = event._add_child(spec, TaskState.FUTURE)
            spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            spec._update(child)


class Catching(CatchingEvent):  # type: ignore[misc]
    """What waits: remembers what for in `internal_data["waits"]`."""

    redress: Values

    def happen(self, event: Token, data: Values) -> None:
        """What the token waits for has happened."""
        event.internal_data[_FIRED] = True
        self._update(event)
        event.data = {**event.data, **data}

    def _update_hook(self, my_task: Token) -> bool:
        ready = bool(super()._update_hook(my_task))
        waiting_for = getattr(self.event_definition, "waiting_for", None)
        if not ready and waiting_for is not None and "waits" not in my_task.internal_data:
            my_task.internal_data["waits"] = waiting_for(my_task)
        return ready

    def _run_hook(self, my_task: Token) -> bool:
        self.event_definition.update_task_data(my_task)
        return True


class StartEvent(Catching, defaults.StartEvent):  # type: ignore[misc]
    """A start event."""


class CatchEvent(Catching, defaults.IntermediateCatchEvent):  # type: ignore[misc]
    """An intermediate catch event."""


class ReceiveTask(Catching, defaults.ReceiveTask):  # type: ignore[misc]
    """A receive task."""


class BoundaryEvent(Catching, defaults.BoundaryEvent):  # type: ignore[misc]
    """A boundary event. Not interrupting, what may come again goes on being waited for."""

    def repeats(self) -> bool:
        """Whether it may happen again while the activity runs: a cycle, a message, a signal, an escalation."""
        return not self.cancel_activity and getattr(self.event_definition, "comes_again", False)

    def happen(self, event: Token, data: Values) -> None:
        """Interrupting, it ends the activity at once: nothing in it goes on before what follows the event."""
        if self.repeats():
            event.data = {**event.parent.data, **data}
            mappings.leave(event)
            event.workflow.top_workflow.history.fired(event)
            _spawn(event)
            return
        super().happen(event, data)

    def _update_hook(self, my_task: Token) -> bool:
        if not self.repeats() or not isinstance(self.event_definition, ConditionDefinition):
            return super()._update_hook(my_task)
        my_task._inherit_data()
        my_task._set_state(TaskState.WAITING)
        if self.event_definition.comes_true(my_task):
            self.happen(my_task, {})
        return False

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity:
            my_task.data = known_inside(my_task)
            interrupt(my_task)

    def _predict_hook(self, my_task: Token) -> None:
        if not self.repeats():
            super()._predict_hook(my_task)


def interrupt(event: Token) -> None:
    """End the activity a boundary event is attached to, and what else may happen to it."""
    for token in event.parent.children:
        if not isinstance(token.task_spec, BoundaryEvent):
            token.cancel()
        elif token is not event and token.state == TaskState.WAITING:
            retire(token)


class EventGateway(defaults.EventBasedGateway):  # type: ignore[misc]
    """The first of several events decides. The events are known by the predicted tokens behind the gateway."""

    redress: Values

    def events(self, my_task: Token) -> Iterator[tuple[Token, EventDefinition]]:
        """The token of each event, and what it waits for."""
        by_name = {child.task_spec.name: child for child in my_task.children}
        for name, definition in zip(self._outputs, self.event_definition.event_definitions, strict=True):
            yield by_name[name], definition

    def choose(self, my_task: Token, event: Token, data: Values) -> None:
        """`event` (one of `events`) has happened."""
        my_task.internal_data["chosen"] = event.task_spec.name
        self._update(my_task)
        my_task.data = {**my_task.data, **data}

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        if "chosen" in my_task.internal_data:
            return True
        my_task._set_state(TaskState.WAITING)
        for child, definition in self.events(my_task):
            if hasattr(definition, "waiting_for") and "waits" not in child.internal_data:
                child.data = my_task.data
                child.internal_data["waits"] = definition.waiting_for(child)
            elif isinstance(definition, ConditionDefinition) and definition.has_fired(my_task):
                my_task.internal_data["chosen"] = child.task_spec.name
                return True
        return False

    def _run_hook(self, my_task: Token) -> bool:
        follow(my_task, [my_task.workflow.spec.task_specs[my_task.internal_data["chosen"]]])
        return True


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
