"""What a worker may be given to do (`engine.apart`): it is found by its name there."""

import os
import sys
from threading import enumerate as threads
from typing import NoReturn

_kept: list[bytearray] = []


def process() -> int:
    """Which process this is."""
    return os.getpid()


def environment() -> dict[str, str]:
    """What it could tell somebody."""
    return dict(os.environ)


def opened() -> list[str]:
    """The files, sockets and pipes that are open."""
    return [os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{number}")]


def doubled(number: int) -> tuple[int, int]:
    """The answer, and how many threads there are; it also talks."""
    print("this is not the answer")
    sys.stdout.flush()
    os.write(1, b"nor is this\n")
    return 2 * number, len(threads())


def for_ever() -> NoReturn:
    """No end."""
    while True:
        pass


def too_much() -> int:
    """More than the memory of the machine."""
    return len(bytearray(10**15))


def much() -> int:
    """More than the memory of a worker, piece by piece."""
    return sum(len(bytearray(b"x" * 10**8)) for _ in iter([bytearray(b"x" * 10**8) for _ in range(40)]))


def keeps(size: int) -> int:
    """This many bytes, for good; which process this is."""
    _kept.append(bytearray(size))
    return os.getpid()


def too_deep(depth: int = 0) -> int:
    """More than the stack."""
    return 1 + too_deep(depth + 1)


def killed() -> NoReturn:
    """As the system does when memory is short."""
    os.kill(os.getpid(), 9)
    raise AssertionError


def left() -> NoReturn:
    """Ends without a word."""
    os._exit(3)


def exits() -> NoReturn:
    """Asks for its end."""
    raise SystemExit


def unsendable() -> object:
    """An answer that cannot be sent."""
    return lambda: 1


class _Taken:
    """Pickled, it has the reader end himself."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def foreign() -> object:
    """An answer of somebody who has taken over the worker."""
    return _Taken()
