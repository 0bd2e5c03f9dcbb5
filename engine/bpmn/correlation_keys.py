"""By which key a message finds its receiver: `redress:correlationKey` of what throws or waits for it."""

from engine.bpmn.token import Token
from engine.errors import ExecutionFailed

LONGEST_KEY = 255  # characters: it is looked for in an index


def correlation_key(token: Token) -> str | None:
    """The key as text; None where the diagram names none, or it has no value. Raises ExecutionFailed."""
    expression = token.task_spec.redress.get("correlation_key")
    value = token.workflow.top_workflow.engine.evaluate(token, expression) if expression else None
    key = None if value is None else str(value)
    if key is not None and len(key) > LONGEST_KEY:
        reason = f"The correlation key has over {LONGEST_KEY} characters."
        raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=reason, line=None)
    return key
