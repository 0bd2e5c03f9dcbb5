"""What a process keeps of versions it has read: parsed and compiled once, the oldest dropped first."""

from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")
CACHED = 256


def keep(cache: dict[str, R], key: str, value: R) -> R:
    """Remember a value; gives it back."""
    if len(cache) >= CACHED:
        cache.pop(next(iter(cache)), None)
    cache[key] = value
    return value


def of(*caches: dict[str, Any]) -> Callable[[], None]:
    """What drops them all, as a restart does."""

    def forget() -> None:
        for cache in caches:
            cache.clear()

    return forget
