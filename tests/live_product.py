"""`redress serve` itself in a process of its own, killed and started again on the same port."""

import os
import socket
import threading
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from api import cli
from engine import clock
from tests import forked

PATIENCE = 30.0  # seconds to start


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


def serve(environment: dict[str, str], port: int) -> None:
    """`redress serve` with these variables."""
    os.environ.update(environment)
    cli.main(["serve", "--port", str(port)])


@dataclass(kw_only=True)
class Product:
    """A serving product; `settings` are environment variables without `REDRESS_`."""

    settings: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: ForkServerProcess | None = None

    def start(self) -> "Product":
        """Start, and wait until it listens."""
        given = {f"REDRESS_{name.upper()}": value for name, value in self.settings.items()}
        self.process = forked.start(serve, given, self.port, log=self.log)
        limit = clock.elapsed().timestamp() + PATIENCE
        while not self._listens():
            if not self.process.is_alive() or clock.elapsed().timestamp() > limit:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            threading.Event().wait(0.05)
        return self

    def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        if self.process is not None:
            forked.end(self.process)
            self.process = None

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0
