"""Waiting for what other threads and processes do: as long as a busy machine needs, and no longer than it takes."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from engine import clock

T = TypeVar("T")


def eventually(seen: Callable[[], T | None], *, meanwhile: Callable[[], object] = lambda: None, seconds: float = 60) -> T:
    """What is seen as soon as it is anything; between two looks, `meanwhile` is done."""
    until = clock.elapsed() + timedelta(seconds=seconds)
    while not (found := seen()):
        assert clock.elapsed() < until, "it did not happen"
        meanwhile()
        threading.Event().wait(0.02)
    return found
