"""Processes that begin with everything imported: forked from one that does nothing else.

Importing the product takes seconds of processor time, and the tests that kill servers start forty of them.
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["api.cli", "tests.live_app"])


def start(function: Callable[..., None], *arguments: Any, log: Path) -> ForkServerProcess:
    """Begin `function(*arguments)` in a process of its own that writes to `log`; all of it is pickled."""
    process = _server.Process(target=_run, args=(log, function, arguments))
    process.start()
    return process


def start_and_hear(function: Callable[..., None], *arguments: Any, log: Path) -> tuple[ForkServerProcess, Any]:
    """The same, and what it says first: `function` is given one end of a pipe before its arguments. RuntimeError when it ends instead."""
    heard, said = _server.Pipe(duplex=False)
    with heard:
        with said:
            process = start(function, said, *arguments, log=log)
        try:
            return process, heard.recv()
        except EOFError as error:
            end(process)
            raise RuntimeError(f"it did not start:\n{log.read_text()}") from error


def end(process: ForkServerProcess) -> None:
    """End it at once, wherever it is (SIGKILL)."""
    process.kill()
    process.join()
    process.close()


def _run(log: Path, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    function(*arguments)
