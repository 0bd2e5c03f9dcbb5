"""`redress serve` itself in a process of its own, killed and started again on the same port."""

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from engine import clock

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds to start
SERVE = "from api.cli import main; main()"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


@dataclass(kw_only=True)
class Product:
    """A serving product; `settings` are environment variables without `REDRESS_`."""

    settings: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Product":
        """Start, and wait until it listens."""
        given = {f"REDRESS_{name.upper()}": value for name, value in self.settings.items()}
        with self.log.open("a") as log:
            command = [sys.executable, "-c", SERVE, "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given}, stdout=log, stderr=log)
        limit = clock.elapsed().timestamp() + PATIENCE
        while not self._listens():
            ended = self.process.poll() is not None
            if ended or clock.elapsed().timestamp() > limit:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            threading.Event().wait(0.05)
        return self

    def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0
