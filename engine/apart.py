"""Work on what strangers have sent, in another process under limits: whatever it does there, the server goes on.

A worker (`apart_worker`) is a new interpreter, so it holds no connection, no lock and no thread of the server, and it knows
none of its secrets. It waits for more work when it is done, so that only the first call pays for its imports (about half a
second, later ones some milliseconds). `multiprocessing` would run the main module of the program again in each of them, and
every program that serves the product would have to be written for that.
"""

import atexit
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import is_dataclass
from threading import BoundedSemaphore, Timer
from typing import Any, TypeVar

from engine import apart_limits
from engine.errors import Conflict

R = TypeVar("R")

AT_ONCE = 2
"""Calls at the same time: each may take a processor and its memory, and holds a thread of the server."""
WAIT_SECONDS = 20
"""How long a call waits for its turn."""

_SECRETS = ("REDRESS_", "PG", "DATABASE")
_turns = BoundedSemaphore(AT_ONCE)
_idle: list[subprocess.Popen[bytes]] = []


class Ended(Exception):
    """The work did not come to its end; `by_limit`: it wanted more time or memory than it may have."""

    def __init__(self, *, by_limit: bool) -> None:
        self.by_limit = by_limit
        super().__init__("by a limit" if by_limit else "by a failure")


class _Foreign(Exception):
    """An answer holds what no work of ours answers."""


class _Answers(pickle.Unpickler):
    """Reads plain values and dataclasses of the engine: whoever had taken over a worker could have anything else called here."""

    def find_class(self, module: str, name: str) -> type:
        """The class an answer names."""
        found = super().find_class(module, name) if module.startswith("engine.") and name.isidentifier() else None
        if not (isinstance(found, type) and is_dataclass(found)):
            raise _Foreign(f"{module}.{name}")
        return found


def call(function: Callable[..., R], /, *arguments: Any) -> R:
    """`function(*arguments)`, apart. All of it is pickled, so `function` stands at the top of a module; it answers plain values and
    dataclasses of the engine.

    Raises Ended when it was stopped, ran out of memory, or failed otherwise (then its traceback stands in the log of the
    server); Conflict when too many calls are under way.
    """
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Conflict(reason="others are having files checked at this moment; send yours again in a minute")
    try:
        worker, goes_on = _worker(), False
        try:
            answer, goes_on = _answer(worker, (function, arguments, apart_limits.SECONDS))
        finally:
            if goes_on:
                _idle.append(worker)
            else:
                _end(worker)
    finally:
        _turns.release()
    if answer == ():
        raise Ended(by_limit=True)
    result: R = answer[0]
    return result


def _answer(worker: subprocess.Popen[bytes], question: tuple[Any, ...]) -> tuple[tuple[Any, ...], bool]:
    """What it answers, and whether it takes more work."""
    assert worker.stdin is not None and worker.stdout is not None  # they are pipes
    watch = Timer(apart_limits.WALL_SECONDS, worker.kill)  # where the system knows no limits, this is the only one
    watch.start()
    try:
        pickle.dump(question, worker.stdin)
        worker.stdin.flush()
        answer: tuple[tuple[Any, ...], bool] = _Answers(worker.stdout).load()
    except _Foreign as error:
        raise Ended(by_limit=False) from error
    except (EOFError, OSError, pickle.UnpicklingError) as error:  # it died before it had answered, or while it did
        raise Ended(by_limit=worker.wait() < 0 or not watch.is_alive()) from error  # what lives on, the watch ends
    finally:
        watch.cancel()
    return answer


def _worker() -> subprocess.Popen[bytes]:
    """One that waits for work, else a new one."""
    with suppress(IndexError):  # none waits; another thread may have taken the last one
        while True:
            worker = _idle.pop()
            if worker.poll() is None:
                return worker
            _end(worker)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    environment["PYTHONPATH"] = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    command = [sys.executable, "-m", "engine.apart_worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    with suppress(BrokenPipeError), worker:  # a question that it did not live to read
        pass  # waits for its end and closes the pipes


@atexit.register
def end_all() -> None:
    """End the workers that wait for work; the next call starts another."""
    while _idle:
        _end(_idle.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # they belong to the process that started them
