"""A database of its own for each test, and a clock that stands still until it is moved."""

from collections.abc import Iterator

import pytest

from engine import clock
from engine.database import Database, open_database
from tests.engine import playground


@pytest.fixture
def time() -> Iterator[clock.MovableClock]:
    """Monday 9 March 2026, 09:00 in Shanghai."""
    movable = clock.MovableClock(playground.MONDAY)
    with clock.use(movable):
        yield movable


@pytest.fixture
def world() -> playground.World:
    return playground.World()


@pytest.fixture
def database(database_url: str, world: playground.World, time: clock.MovableClock) -> Iterator[Database]:
    opened = open_database(database_url, extensions=playground.extensions(world))
    yield opened
    opened.close()
