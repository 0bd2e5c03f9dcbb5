"""The product as in `tests.live_app`, with a meter: `GET /-/cost` tells what this process has used so far."""

import json
import re
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from tests.live_app import Wsgi, build, serve

CONTROL = re.compile(r"\s*(BEGIN|SAVEPOINT|RELEASE|ROLLBACK)", re.IGNORECASE)


class Meter:
    """Counts statements, transaction control apart: SQLite is told BEGIN by us, PostgreSQL by its driver.

    It stands in the dialect, because a listener would make every statement measured here more expensive than it is.
    """

    def __init__(self, engine: Engine) -> None:
        self.statements = 0
        for send in ("do_execute", "do_executemany"):
            setattr(engine.dialect, send, self._counted(getattr(engine.dialect, send)))

    def _counted(self, send: Callable[..., None]) -> Callable[..., None]:
        def counted(cursor: Any, statement: str, *rest: Any) -> None:
            if not CONTROL.match(statement):
                self.statements += 1
            send(cursor, statement, *rest)

        return counted

    def around(self, application: Wsgi) -> Wsgi:
        """The application with the meter's address added."""

        def metered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"] != "/-/cost":
                return application(environ, start_response)
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"cpu": time.process_time(), "statements": self.statements}).encode()]

        return metered


def run(told: Connection, database_url: str, diagrams: Path, port: int) -> None:
    """What the measured process does."""
    app = build(database_url, diagrams)
    meter = Meter(app.extensions["redress"].database.engine)
    serve(told, meter.around(app.wsgi_app), port=port)
