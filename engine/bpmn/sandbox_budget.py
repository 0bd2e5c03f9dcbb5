"""What one evaluation may use: steps, sizes, time. And how it is refused.

Every guard of the sandbox spends from a `Budget` *before* the operation runs, because an operation that has begun
(`7**20000000`) holds the interpreter lock and cannot be ended any more.
"""

import time
from collections.abc import Callable

STEPS = 10_000
"""Guarded operations and turns of loops of one evaluation."""
SIZE = 100_000
"""Characters of one text, members of one collection."""
VOLUME = 5_000_000
"""Characters and members made by one evaluation altogether: bounds its memory where each single value is small enough."""
BITS = 4_096
"""Bits of a whole number."""
DIGITS = 1_233
"""Decimal digits of a number, before or after the point: as many as 4,096 bits hold."""
DEPTH = 100
"""Levels of lists and data inside each other."""
SYNTAX_DEPTH = 60
"""Levels of brackets, operators and blocks inside each other in a text."""
SECONDS = 0.05
"""Real time of one evaluation."""
_MARGIN = 0.02
"""An evaluation is ended this much earlier, because what began before the last look at the time still ends (and garbage is collected)."""

_LOOK_EVERY = 31
_LOOK_VOLUME = 10
"""The time is looked at whenever another 2**10 characters or members were made."""


class ExpressionError(ValueError):
    """An expression or script that was refused or failed: a sentence for the person who wrote it, and the line in its text."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.message = message
        self.line = line
        super().__init__(message)


class BudgetUsedUp(ExpressionError):
    """An evaluation that wanted more steps, space or time than it may have."""


class Budget:
    """What is left for one evaluation, or for several that share it.

    The time is that of the thread itself (`time.thread_time`): it is real, no clock of ours moves it, and an innocent script
    is not ended because other threads had the processor. It is first read after a few steps, so that a plain condition
    does not pay for it; what can run before that is bounded by the sizes.
    """

    __slots__ = ("_end", "said", "said_length", "seconds", "steps", "volume")

    def __init__(self, *, steps: int = STEPS, volume: int = VOLUME, seconds: float = SECONDS) -> None:
        self.steps = steps
        self.volume = volume
        self.seconds = seconds
        self.said: list[str] = []
        self.said_length = 0
        self._end: float | None = None

    def tick(self) -> None:
        """Take one step."""
        self.steps -= 1
        if self.steps <= 0 or not self.steps & _LOOK_EVERY:
            self.look()

    def take(self, size: int) -> None:
        """Make (or read as a whole) a value of `size` characters or members."""
        if size > SIZE:
            raise BudgetUsedUp(f"A text or list would grow beyond {SIZE:,} characters or members.")
        before = self.volume
        self.volume = before - size
        if self.volume < 0:
            raise BudgetUsedUp("Too much data is made here; make fewer or smaller texts and lists.")
        if before >> _LOOK_VOLUME != self.volume >> _LOOK_VOLUME:
            self.look()

    def look(self) -> None:
        """End the evaluation if its steps or its time are used up."""
        if self.steps <= 0:
            raise BudgetUsedUp("This takes too many steps; a loop may not end.")
        now = time.thread_time()
        if self._end is None:
            self._end = now + self.seconds - _MARGIN
        elif now > self._end:
            raise BudgetUsedUp(f"This takes longer than {round(self.seconds * 1000)} milliseconds.")


def watch(seconds: float, what: str) -> Callable[[], None]:
    """For many evaluations that belong together: a look that raises BudgetUsedUp once the thread has worked so long since now."""
    end = time.thread_time() + seconds

    def look() -> None:
        if time.thread_time() > end:
            raise BudgetUsedUp(f"{what} takes longer than {seconds:g} seconds.")

    return look
