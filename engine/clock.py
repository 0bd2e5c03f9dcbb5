"""The two clocks of Redress. No other module reads the time.

`now()` is business time: deadlines, history, documents. It can be another clock in tests and rehearsals.
`elapsed()` is real time for leases, sessions, throttles and idempotency; nothing moves it.
Both are aware UTC datetimes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Clock = Callable[[], datetime]


def elapsed() -> datetime:
    """The real time, aware UTC."""
    return datetime.now(UTC)


_process_clock: list[Clock] = [elapsed]
_context_clock: ContextVar[Clock | None] = ContextVar("redress_clock", default=None)


class MovableClock:
    """A clock that stands still until it is moved: for tests, scenarios and rehearsals."""

    def __init__(self, start: datetime) -> None:
        self._instant = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._instant

    def move_to(self, instant: datetime) -> None:
        """Go forward to `instant` (aware); going back is a mistake of the caller."""
        if instant < self._instant:
            raise ValueError(f"time does not go back: {instant.isoformat()} is before {self._instant.isoformat()}")
        self._instant = instant.astimezone(UTC)

    def advance(self, **duration: float) -> None:
        """Go forward by a `timedelta(**duration)`."""
        self.move_to(self._instant + timedelta(**duration))


def now() -> datetime:
    """Business time, aware UTC: the clock of this context, else the clock of the process."""
    return (_context_clock.get() or _process_clock[0])()


def set_process_clock(clock: Clock | None) -> None:
    """Give the whole process its business clock (None: real time). Called once, by `create_app(clock=...)`."""
    _process_clock[0] = clock or elapsed


@contextmanager
def use(clock: Clock) -> Iterator[None]:
    """Let this context (thread, task) see another business clock."""
    token = _context_clock.set(clock)
    try:
        yield
    finally:
        _context_clock.reset(token)


def carry(function: Callable[P, R]) -> Callable[P, R]:
    """Take this context's clock along into a pool or scheduler thread, which a ContextVar does not reach by itself."""
    context = copy_context()

    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return carried
