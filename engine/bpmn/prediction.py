"""How far ahead of a token the library looks: one step.

Stock Spiff draws the whole way to the end before each token: a chain of a thousand nodes costs a thousand tokens before the
first one moves, and as many calls inside each other. A token needs the nodes it can go to next, when it arrives.
"""

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.token import Token

_NOT_THERE = TaskState.PREDICTED_MASK | TaskState.FUTURE


class ShortSighted:
    """Part of a task specification."""

    _predict_hook: Any  # of the other half, which is Spiff's
    _update_hook: Any

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = TaskState.PREDICTED_MASK) -> None:
        if my_task.has_state(mask):
            self._predict_hook(my_task)

    def _update(self, my_task: Token) -> None:
        """Something may have happened to the token: above all, it has arrived."""
        if my_task.has_state(_NOT_THERE) or not my_task._children:  # boundary events are set to waiting without this
            self._predict_hook(my_task)
        if self._update_hook(my_task):
            my_task._ready()


def short_sighted(kind: type) -> type:
    """The same class, if it is one of task specifications, looking no further than one step."""
    if not issubclass(kind, TaskSpec):
        return kind
    return type(kind.__name__, (ShortSighted, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})
