"""Where a process begins: at the start event that fired, the others are not reached.

Nobody waits at a start event. That a message, a signal or a time starts a process is known to whoever starts it
(`starts_of` says so at deployment), and the instance begins at that start event. Started by hand it begins at the start event
that is named, else, like a called one, at its plain start event, else at the first. Several plain ones are alternatives, and
nobody guesses which one is meant. Only a condition is asked there: the instance waits until it holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec, control
from SpiffWorkflow.bpmn.specs import defaults as stock
from SpiffWorkflow.bpmn.specs import event_definitions as events

from engine.bpmn import expressions
from engine.bpmn.timers import Timer, timer
from engine.bpmn.token import Token, Values
from engine.errors import ExecutionFailed

BEGIN_AT = "begin_at"
_CONDITION = events.ConditionalEventDefinition
_TIMERS = (events.TimeDateEventDefinition, events.DurationTimerEventDefinition, events.CycleTimerEventDefinition)


@dataclass(frozen=True, kw_only=True)
class Start:
    """What starts a process by itself: `text` is the name of a message or signal, or the text of a timer.

    `node` tells several apart that are drawn as one event; `element_id` is the drawn one. `missed`: `redress:missed`.
    """

    node: str
    element_id: str
    event: Literal["message", "signal", "timer"]
    text: str
    missed: str | None = None


def starts_of(spec: BpmnProcessSpec, attributes: Mapping[str, Mapping[str, Any]]) -> tuple[Start, ...]:
    """What starts a process, from its specification as parsed and what `redress:` attributes say of its elements."""
    found = []
    for node in spec.bpmn_start_events:
        definition, where = node.event_definition, {"node": node.name, "element_id": node.bpmn_id}
        if isinstance(definition, events.MessageEventDefinition):
            found.append(Start(**where, event="message", text=definition.name or ""))
        elif isinstance(definition, events.SignalEventDefinition):
            found.append(Start(**where, event="signal", text=definition.name or ""))
        elif isinstance(definition, _TIMERS):
            missed = attributes.get(node.bpmn_id, {}).get("missed")
            found.append(Start(**where, event="timer", text=(definition.expression or "").strip(), missed=missed))
    return tuple(found)


def first_due(text: str, functions: Mapping[str, Callable[..., Any]]) -> Timer:
    """When a timer that starts a process is due, counted from now; a ValueError says what is wrong with it."""
    return timer(text if expressions.is_iso_timer(text) else expressions.evaluate(text, {}, functions=functions))


def start_named(spec: BpmnProcessSpec, at: str) -> str | None:
    """The node of a start event, by its own name or by the id it is drawn with."""
    starts = [node for node in spec.task_specs.values() if isinstance(node, stock.StartEvent)]
    return next((node.name for node in starts if at in (node.name, node.bpmn_id)), None)


def begin_directly(spec: BpmnProcessSpec) -> None:
    """Take out what the library puts between the beginning and several start events to let them wait for each other."""
    split, join = spec.task_specs.get("StartEventSplit"), spec.task_specs.get("StartEventJoin")
    if split is None or join is None:
        return
    starts = split.outputs
    for start in starts:
        start.outputs = [one for one in start.outputs if one is not join]
        start.inputs = [spec.start]
    spec.start.outputs = [*(one for one in spec.start.outputs if one is not split), *starts]
    del spec.task_specs["StartEventSplit"], spec.task_specs["StartEventJoin"]


class ProcessStart(control.BpmnStartTask):  # type: ignore[misc]  # Spiff is untyped
    """The beginning of a process or sub-process, before its start events."""

    redress: Values

    def _run_hook(self, my_task: Token) -> bool:
        starts = [spec for spec in self.outputs if isinstance(spec, stock.StartEvent)]
        chosen = self._chosen(my_task, starts)
        for child in my_task.children:
            if child.task_spec in starts and child.task_spec is not chosen:
                my_task.workflow._remove_task(child.id)
            elif child.task_spec is chosen and not isinstance(chosen.event_definition, _CONDITION):
                child.internal_data["event_fired"] = True
        return True

    def _chosen(self, my_task: Token, starts: list[stock.StartEvent]) -> stock.StartEvent | None:
        named = my_task.internal_data.get(BEGIN_AT)
        chosen = next((spec for spec in starts if spec.name == named), None)
        plain = [spec for spec in starts if isinstance(spec.event_definition, events.NoneEventDefinition)]
        if chosen is None and len(plain) > 1:
            known = ", ".join(str(spec.bpmn_id) for spec in plain)
            reason = f"This process can begin in several ways ({known}), and a call does not say in which; keep one plain start event."
            raise ExecutionFailed(element=str(plain[0].bpmn_id), reason=reason, line=None)
        return chosen or next(iter((*plain, *starts)), None)
