"""The variables of a running process as one picture, and correcting them by hand.

Every token has data of its own; there is no one place where the variables are. Embedded sub-processes belong to the
picture, called processes do not: they are instances of their own.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import merged
from engine.bpmn.scripting import changes
from engine.bpmn.token import Token, Values, is_active


def variables_of(workflow: Any) -> Values:
    """The variables of a workflow at its end; before it, the changes of all branches so far put together.

    What single instances of a multi-instance activity know is left out until they complete.
    """
    here = [token for token in workflow.tasks.values() if is_active(token) and "index" not in token.internal_data]
    if workflow.completed or not here:
        return dict((workflow.last_task or workflow.task_tree).data)
    result = merged(sorted(here, key=lambda token: token.last_state_change))
    for token in here:
        for inner in _embedded(token):
            updates, gone = changes(token.data, variables_of(inner))
            result = {name: value for name, value in {**result, **updates}.items() if name not in gone}
    return result


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
