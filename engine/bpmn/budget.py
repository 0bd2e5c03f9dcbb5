"""How far one action may go: so many nodes, never in a circle that changes nothing, and only a slice of it at a time.

What is left after a slice goes on in a following one (`FlatWorkflow.left`): nobody else waits for the whole of a long way. The
limits are those of the way, however many slices it takes.
"""

import time
from typing import Any

from engine.bpmn.token import Token
from engine.errors import BudgetExceeded

MAX_STEPS = 75_000  # nodes passed by one action: a loop of 20,000 turns, some 20 seconds of work
SUSPICIOUS = 1_000  # from here on it is asked whether anything changes at all; each turn may leave tokens at the end, which cost
SLICE = 1_000  # nodes at a time, a quarter of a second of work; or as many as there are tokens, which are loaded and kept each time
SLICE_SECONDS = 1.0  # of this thread's processor: how long a busy machine lets us wait says nothing
_LOOK_EVERY = 50  # nodes; asking for the processor's time takes some itself
_MOST_AT_ONCE = 20


class Budget:
    """Of one slice of a way with so many tokens; `spent` are the nodes that were passed in those before.

    A circle is found as Brent does: what is seen is compared with what was seen a power of two ago, or at the start of the slice.
    """

    def __init__(self, spent: int, *, tokens: int) -> None:
        self.spent = spent
        self._end = spent + max(SLICE, tokens)
        self._began = time.thread_time()
        self._look_again = max(SUSPICIOUS, spent)
        self._seen: Any = None

    def is_used_up(self) -> bool:
        """Whether the slice is over."""
        if self.spent >= self._end:
            return True
        return self.spent % _LOOK_EVERY == 0 and time.thread_time() - self._began > SLICE_SECONDS

    def take(self, token: Token) -> None:
        """One node more. Raises BudgetExceeded."""
        self.spent += 1
        if self.spent > MAX_STEPS:
            raise _exceeded(token, f"more than {MAX_STEPS:,} elements were passed in one step; the diagram goes round in circles")
        if self.spent >= SUSPICIOUS:
            self._compare(token)

    def _compare(self, token: Token) -> None:
        ready = token.workflow.top_workflow.ready
        if len(ready) > _MOST_AT_ONCE or _is_counted(token):
            return
        here = (token.task_spec, token.workflow, [other.task_spec for other in ready])
        if self._seen is not None and self._seen[0] == here and self._seen[1] == token.data:
            reason = (
                f"it came here again and again, {self.spent:,} elements by now, and no variable changes; the diagram goes round in circles"
            )
            raise _exceeded(token, reason)
        if self.spent >= self._look_again:
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
