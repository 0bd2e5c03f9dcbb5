"""Fixtures: `run("exclusive", amount=3)` starts `executed/exclusive.bpmn`, on a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine import clock
from tests.engine.bpmn.running import Run, live

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def time() -> Iterator[clock.MovableClock]:
    """Monday, 2 March 2026, 09:00 UTC; it stands still until it is moved."""
    moved = clock.MovableClock(START)
    with clock.use(moved):
        yield moved


@pytest.fixture(params=[False, True], ids=["in memory", "kept after every step"])
def run(request: pytest.FixtureRequest, time: clock.MovableClock) -> Iterator[Callable[..., Run]]:
    """Start a fixture diagram with these variables. Every test runs in memory and with a save and load after every step."""
    yield lambda file, **variables: Run(file, variables, saving=request.param)
    live.clear()
