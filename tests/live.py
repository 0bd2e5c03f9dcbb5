"""Starting a real server process, and talking to its API over HTTP."""

import http.client
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live_app import PASSWORD

ROOT = Path(__file__).parents[1]
Answer = tuple[int, Any]


@dataclass(kw_only=True)
class LiveServer:
    """A server process; `module` is what `python -m` runs and takes the arguments of `tests.live_app`."""

    database_url: str
    diagrams: Path
    log: Path
    module: str = "tests.live_app"
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def start(self) -> "LiveServer":
        """Start, and wait until it answers. A second start uses the same port."""
        given = ["--database", self.database_url, "--diagrams", str(self.diagrams), "--port", str(self.port)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *given], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
        self.port = json.loads(line)["port"]
        return self

    def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        if self.process is not None:
            assert self.process.stdout is not None
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def __enter__(self) -> "LiveServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


@dataclass(kw_only=True)
class Client:
    """One signed-in person on one kept-open connection; not shared between threads."""

    port: int
    account: str
    token: str = ""
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def sign_in(self) -> "Client":
        """Get a bearer token."""
        status, body = self.post("/tokens", {"account": self.account, "password": PASSWORD})
        assert status == 201, body
        self.token = body["token"]
        return self

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, body: Any, *, key: str | None = None) -> Answer:
        return self.request("POST", path, body, key=key)

    def request(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """(status, parsed JSON). OSError or HTTPException when the server goes away meanwhile."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._connection = connection
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return response.status, json.loads(text) if text else None

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
