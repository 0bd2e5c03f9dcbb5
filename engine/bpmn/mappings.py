"""Inputs and outputs of activities and events (`redress:inputs`, `redress:outputs`).

Inputs are seen inside only: they are there when a token arrives, hide variables of the same name, and are gone when it
leaves. Outputs are evaluated over what is known inside then, and become variables; with `redress:returns="outputs"` nothing
else does. A call hands them over to the called process and takes them from there: see `spec_tasks.CallActivity`.
"""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity

from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from engine.bpmn.token import Token

Values = dict[str, Any]
INPUTS = "inputs"  # where a token keeps the names of what only it sees


def enter(token: "Token") -> None:
    """Let a token that has arrived see its inputs."""
    if _is_inside(token, "inputs") and INPUTS not in token.internal_data:
        found = evaluated(token, "inputs")
        token.internal_data[INPUTS] = [*found]
        token.internal_data["own"] = {**token.internal_data.get("own", {}), **found}
        token.data = {**token.data, **found}


def leave(token: "Token") -> None:
    """Take the inputs away from a token that leaves, and let the outputs become variables."""
    if _is_inside(token, "inputs") or _is_inside(token, "outputs"):
        found = evaluated(token, "outputs")
        inputs = token.internal_data.pop(INPUTS, [])
        only = token.task_spec.redress.get("returns") == "outputs"
        token.data = {**(dict(_before(token)) if only else without(inputs, token)), **found}
        own = {name: value for name, value in token.internal_data.get("own", {}).items() if name not in inputs}
        if inputs:
            token.internal_data["own"] = own
        if only and own:  # the item of an instance is asked for when the instance has completed
            token.data = {**token.data, **own}


def without(inputs: list[str], token: "Token") -> Values:
    """The data of a token without what only it sees: what that hides is seen again."""
    before = _before(token)
    data = {name: value for name, value in token.data.items() if name not in inputs}
    return {**data, **{name: before[name] for name in inputs if name in before}}


def evaluated(token: "Token", side: str, data: Values | None = None) -> Values:
    """The values of inputs or outputs, over the data of the token or over this."""
    expression = token.task_spec.redress.get(side)
    if not expression:
        return {}
    found = token.workflow.top_workflow.engine.evaluate(token, expression, data)
    if not isinstance(found, dict):
        reason = f"The {side} of an element must be {{'name': value, ...}}."
        raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=reason, line=None)
    return found


def _is_inside(token: "Token", side: str) -> bool:
    """Whether the token itself is at what was drawn, not at a container or helper of it."""
    spec = token.task_spec
    said = getattr(spec, "redress", {}).get(side)
    return bool(said) and not getattr(spec, "helper", False) and not isinstance(spec, LoopTask | CallActivity)


def _before(token: "Token") -> Values:
    """What was known before the activity: what a gateway of events knows, it knows from the event."""
    parent = token.parent
    if isinstance(token.task_spec, CatchingEvent) and parent.parent is not None:
        behind = getattr(parent.task_spec, "event_definition", None)
        if isinstance(behind, MultipleEventDefinition):
            parent = parent.parent
    data: Values = parent.data
    return data
