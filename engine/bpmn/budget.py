"""How far one action may go: so many nodes, and never in a circle that changes nothing."""

from typing import Any

from engine.bpmn.token import Token
from engine.errors import BudgetExceeded

MAX_STEPS = 75_000  # nodes passed in one action: a loop of 20,000 turns, some 20 seconds of work
SUSPICIOUS = 5_000  # from here on it is asked whether anything changes at all
_MOST_AT_ONCE = 20


class Budget:
    """Of one action. A circle is found as Brent does: what is seen is compared with what was seen a power of two ago."""

    def __init__(self) -> None:
        self._steps = 0
        self._look_again = SUSPICIOUS
        self._seen: Any = None

    def take(self, token: Token) -> None:
        """One node more. Raises BudgetExceeded."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _exceeded(token, f"more than {MAX_STEPS:,} elements were passed in one step; the diagram goes round in circles")
        if self._steps >= SUSPICIOUS:
            self._compare(token)

    def _compare(self, token: Token) -> None:
        ready = token.workflow.top_workflow.ready
        if len(ready) > _MOST_AT_ONCE or _is_counted(token):
            return
        here = (token.task_spec, token.workflow, [other.task_spec for other in ready])
        if self._seen is not None and self._seen[0] == here and self._seen[1] == token.data:
            reason = (
                f"it came here again and again, {self._steps:,} elements by now, and no variable changes; the diagram goes round in circles"
            )
            raise _exceeded(token, reason)
        if self._steps >= self._look_again:
            self._look_again *= 2
            self._seen = here, token.data


def _is_counted(token: Token) -> bool:
    """Whether this is one of the instances of a multi-instance activity or loop, or inside of one: they end by number."""
    inside: Token | None = token
    while inside is not None:
        if "index" in inside.internal_data:
            return True
        inside = getattr(inside.workflow, "parent_token", None)
    return False


def _exceeded(token: Token, reason: str) -> BudgetExceeded:
    return BudgetExceeded(element=token.task_spec.bpmn_id or token.task_spec.name, reason=reason, line=None)
