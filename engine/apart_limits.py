"""How much work apart may take, set by the operating system (`resource`; on Windows there is only the time of the wall)."""

import signal
import sys
import time
from contextlib import suppress

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SECONDS = 60
"""Processor time of one call. A chain of 5,000 tasks takes 6."""
WALL_SECONDS = 120
"""Real time of one call: more, because others use the processor too."""
MEMORY = 1_000_000_000
"""Bytes of address space of a worker. A chain of 5,000 tasks takes 150 million."""
USED_UP = 500_000_000
"""Bytes of address space after which a worker takes no more work: it would not have them all for the next."""


def begin() -> None:
    """Limit this process; once."""
    if resource is not None:
        _limit(resource.RLIMIT_AS, MEMORY, MEMORY)
        _limit(resource.RLIMIT_CORE, 0, 0)


def begin_call(seconds: int) -> None:
    """Give a call its processor time: beyond it, the system ends this process."""
    if resource is not None:
        _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + seconds, resource.getrlimit(resource.RLIMIT_CPU)[1])
    if hasattr(signal, "alarm"):
        signal.alarm(WALL_SECONDS)


def end_call() -> bool:
    """Whether this process can be given more work."""
    if hasattr(signal, "alarm"):
        signal.alarm(0)
    return _in_use() < USED_UP


def _in_use() -> int:
    """Bytes of address space, where a limit holds for them. What `getrusage` says was handed down by the process that started this one."""
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm", encoding="ascii") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()


def _limit(kind: int, soft: int, hard: int) -> None:
    with suppress(ValueError, OSError):  # a lower limit is set already, or the system does not know this one
        resource.setrlimit(kind, (soft, hard))
