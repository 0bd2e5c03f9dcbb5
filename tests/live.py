"""Starting a real server process, and talking to its API over HTTP."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests import forked
from tests.live_app import PASSWORD, run

Answer = tuple[int, Any]


@dataclass(kw_only=True)
class LiveServer:
    """A server process; `serving` is what it does, as `tests.live_app.run` does."""

    database_url: str
    diagrams: Path
    log: Path
    serving: Callable[..., None] = run
    port: int = 0
    process: ForkServerProcess | None = None

    def start(self) -> "LiveServer":
        """Start, and wait until it answers. A second start uses the same port."""
        self.process, self.port = forked.start_and_hear(self.serving, self.database_url, self.diagrams, self.port, log=self.log)
        return self

    def kill(self) -> None:
        """End it at once, wherever it is (SIGKILL)."""
        if self.process is not None:
            forked.end(self.process)
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
