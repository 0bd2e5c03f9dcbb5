"""Gateways that choose: the exclusive one, and what choosing does to the tokens."""

from collections.abc import Sequence

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.token import Token
from engine.errors import ExecutionFailed

NO_WAY_OUT = "No condition of this gateway holds, and it has no default flow."


def follow(token: Token, chosen: Sequence[TaskSpec]) -> None:
    """Let the token leave by the flows to `chosen`, and forget the predictions behind the others."""
    token._sync_children(list(chosen), TaskState.FUTURE)
    for child in token.children:
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)


class ExclusiveGateway(defaults.ExclusiveGateway):  # type: ignore[misc]  # Spiff is untyped
    """Leaves by the first flow whose condition holds, in the order drawn (from top to bottom), else by the default flow."""

    def _run_hook(self, my_task: Token) -> bool:
        holding = (name for condition, name in self.cond_task_specs if condition is not None and condition._matches(my_task))
        name = next(holding, self.default_task_spec)
        if name is None:
            raise ExecutionFailed(element=self.bpmn_id, reason=NO_WAY_OUT, line=None)
        follow(my_task, [my_task.workflow.spec.task_specs[name]])
        return True
