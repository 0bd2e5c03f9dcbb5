"""What a script says of itself: why it ends (`raise`, `assert`), what it prints, and of what kind a value is."""

from typing import Any, NoReturn

from engine.bpmn.sandbox_budget import Budget, ExpressionError
from engine.bpmn.sandbox_data import KINDS
from engine.bpmn.sandbox_functions import text

_LONGEST = 300
_UNSAID = "The script ended itself (raise or assert) without saying why."


def stop(budget: Budget, /, *values: Any) -> NoReturn:
    """`raise ValueError("text")` and `assert condition, "text"`: the step fails, and the text is the reason."""
    words = " ".join(", ".join(text(budget, value) for value in values).split())
    raise ExpressionError((words if len(words) <= _LONGEST else words[: _LONGEST - 3] + "...") or _UNSAID)


def say(budget: Budget, words: str, /, *_values: Any) -> None:
    """`print(...)`: `words` as they are written. The values were computed, as they would be elsewhere, and stay inside."""
    budget.tick()
    if budget.said_length < _LONGEST:
        budget.said.append(words[: _LONGEST - budget.said_length])
        budget.said_length += len(words)


def is_of_kind(budget: Budget, value: Any, /, *names: str) -> bool:
    """`isinstance(value, (int, str))`."""
    budget.tick()
    return isinstance(value, tuple(kind for name in names for kind in KINDS[name]))
