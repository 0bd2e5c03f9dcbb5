"""The variables of a running process as one picture, and correcting them by hand.

Every token has data of its own; there is no one place where the variables are. Embedded sub-processes belong to the
picture, called processes do not: they are instances of their own.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import StandsBy, runs_beside
from engine.bpmn.mappings import INPUTS, without
from engine.bpmn.meeting import merged
from engine.bpmn.scripting import changes, same
from engine.bpmn.token import Token, Values, is_active

_APART = {"index", "compensates"}  # instances of a multi-instance activity, and compensation: not in the flow


def variables_of(workflow: Any) -> Values:
    """The variables of a workflow at its end; before it, the changes of all branches so far put together.

    What single instances of a multi-instance activity know is left out until they complete.
    """
    here = [token for token in workflow.tasks.present() if _counts(token)]
    branches = [token for token in here if not runs_beside(token)]
    if workflow.completed or not here:
        return dict((workflow.last_task or workflow.task_tree).data)
    result = merged(sorted(branches or here, key=lambda token: token.last_state_change))
    for token in here:
        result = _without_inputs(token, result)
    for token in here:
        for inner in _embedded(token):
            result = _changed(result, inner.task_tree.data, variables_of(inner))
    return result


def _without_inputs(token: Token, result: Values) -> Values:
    """What only one activity sees is no variable of the process."""
    hidden = [name for name in token.internal_data.get(INPUTS, ()) if name in result and same(result[name], token.data.get(name))]
    if not hidden:
        return result
    before = without(hidden, token)
    kept = {name: value for name, value in result.items() if name not in hidden}
    return {**kept, **{name: before[name] for name in hidden if name in before}}


def known_inside(event: Token) -> Values:
    """What a boundary event knows of the activity it interrupts: what rounds, instances and embedded nodes have changed so far."""
    activity: Token = next(token for token in event.parent.children if not isinstance(token.task_spec, BoundaryEvent))
    result = _without_inputs(activity, _changed(event.data, event.parent.data, activity.data))
    for inner in _embedded(activity):
        result = _changed(result, inner.task_tree.data, variables_of(inner))
    return result


def _changed(data: Values, before: Values, after: Values) -> Values:
    updates, gone = changes(before, after)
    return {name: value for name, value in {**data, **updates}.items() if name not in gone}


def _counts(token: Token) -> bool:
    """Whether a branch stands here, be it that it waits at a join in the shape of a later arrival."""
    if not is_active(token) and not token.leaving and (not token.joined or token.consumed):
        return False
    return not isinstance(token.task_spec, StandsBy) and token.internal_data.keys().isdisjoint(_APART)


def share(workflow: Any, before: Values, after: Values) -> None:
    """Give changes made beside the flow to all branches in it, as if each had always known: a branch that meets another
    later undoes nothing. What stands beside the flow learns nothing: it carries no data."""
    updates, gone = changes(before, after)
    apart: set[UUID] = set()
    for token in workflow.tasks.values():
        if isinstance(token.task_spec, StandsBy) or token._parent in apart:
            apart.add(token.id)
        elif token.state > TaskState.FUTURE and token.parent is not None:
            own = token.internal_data.get("own", {})
            kept = {name: value for name, value in token.data.items() if name in own or name not in gone}
            learnt = {name: _grown(before.get(name), kept.get(name), value) for name, value in updates.items() if name not in own}
            token.data = {**kept, **learnt}


def _grown(before: Any, known: Any, new: Any) -> Any:
    """Of lists that others appended to meanwhile, nothing is lost; everything else is what it was last set to."""
    if not isinstance(known, list) or not isinstance(new, list) or known[: len(new)] == new:
        return known if isinstance(known, list) and isinstance(new, list) else new
    start = before if isinstance(before, list) else []
    if new[: len(known)] == known or known[: len(start)] != start or new[: len(start)] != start:
        return new
    return known + new[len(start) :]


def correct(workflow: Any, corrections: Values) -> None:
    """Give variables other values, as if they had always had them: no branch that meets another later undoes it.

    None removes a name. Called processes are corrected too. The item of a multi-instance activity stays what it is inside
    its instance.
    """
    for token in workflow.tasks.values():
        if token.state > TaskState.FUTURE:
            own = token.internal_data.get("own", {})
            meant = {name: value for name, value in corrections.items() if name not in own}
            data = {**token.data, **meant}
            token.data = {name: value for name, value in data.items() if name not in meant or value is not None}
            if token.id in token.workflow.top_workflow.subprocesses:
                correct(token.workflow.top_workflow.subprocesses[token.id], meant)


def _embedded(token: Token) -> Iterator[Any]:
    """The workflow of the embedded sub-process at this token, if it is one."""
    if not isinstance(token.task_spec, CallActivity) and token.id in token.workflow.top_workflow.subprocesses:
        yield token.workflow.top_workflow.subprocesses[token.id]
