"""SQLAlchemy's two dialects, with what runs in every transaction done the short way.

An engine with listeners takes a longer way through every statement, so BEGIN is not a listener; and SAVEPOINT, which has no
values and no result, goes to the driver as it is.

What SQLAlchemy compiles for one database serves another of the same kind: rehearsals open one each time, and compiling takes
longer than they do.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.pool import Pool, QueuePool
from sqlalchemy.util import LRUCache

from engine import clock

WRITES = "redress_writes"  # the execution option of a connection that is going to write
PING_AFTER = timedelta(seconds=1)  # a connection that answered just now is not asked whether it is still there


COMPILED: LRUCache[Any, Any] = LRUCache(1000)
"""Statements by dialect and structure, of all databases of this process."""


class Alike:
    """Two dialects are one where they write, read and seal the same way."""

    secrets: tuple[str, ...] = ()  # of the sealed columns; given when a database is opened, before anything is compiled
    server_version_info: tuple[Any, ...] | None

    def _kind(self) -> tuple[Any, ...]:
        return self.secrets, self.server_version_info

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Alike) and self._kind() == other._kind()

    def __hash__(self) -> int:
        return hash((type(self), self.secrets))


class LastUsedFirst(QueuePool):
    """Gives the connection that came back last: what it has read and prepared is still there. In turn, each would read the
    pages anew that another wrote."""

    def __init__(self, creator: Any, **options: Any) -> None:
        super().__init__(creator, **options | {"use_lifo": True})


# SQLAlchemy logs what a pool does under the name of its class, and keeps its own classes quiet: that a pool was closed is no news.
logging.getLogger(f"{__name__}.{LastUsedFirst.__name__}").setLevel(logging.WARNING)


class _PlainSavepoints:
    def do_savepoint(self, connection: Connection, name: str) -> None:
        _send(connection, f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        _send(connection, f"ROLLBACK TO SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        _send(connection, f"RELEASE SAVEPOINT {name}")


def _send(connection: Connection, command: str) -> None:
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(command)


class Sqlite(Alike, _PlainSavepoints, SQLiteDialect_pysqlite):
    """Our own BEGIN; the driver's is off. A reader that turns into a writer can be refused without waiting, so writers
    say so at once."""

    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """A file has a pool; a database in memory is one connection."""
        found: type[Pool] = super().get_pool_class(url)
        return LastUsedFirst if found is QueuePool else found

    def set_connection_execution_options(self, connection: Connection, opts: Mapping[str, Any]) -> None:
        """Remember that the next transaction of this connection writes."""
        super().set_connection_execution_options(connection, opts)
        connection.info[WRITES] = opts.get(WRITES, False)

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin, in time: `BEGIN IMMEDIATE` waits for the other writer."""
        dbapi_connection.execute("BEGIN IMMEDIATE" if dbapi_connection.info.pop(WRITES, False) else "BEGIN")


class Postgresql(Alike, _PlainSavepoints, PGDialect_psycopg):
    """Asks a pooled connection whether it is alive only when it was not used just now."""

    supports_statement_cache = True
    poolclass = LastUsedFirst

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect
        self._answered: WeakKeyDictionary[Any, datetime] = WeakKeyDictionary()

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Raises when the server has gone away."""
        now = clock.elapsed()
        before = self._answered.get(dbapi_connection)
        if before is None or now - before > PING_AFTER:
            super().do_ping(dbapi_connection)  # type: ignore[no-untyped-call]  # as above
            self._answered[dbapi_connection] = now
        return True


for _backend, _dialect in (("sqlite", Sqlite), ("postgresql", Postgresql)):
    registry.register(f"{_backend}.redress", __name__, _dialect.__name__)


def ours(url: URL) -> URL:
    """The address of a database, to be opened with our dialect."""
    return url.set(drivername=f"{url.get_backend_name()}+redress")


def use_secrets(dialect: Dialect, secrets: Sequence[str]) -> None:
    """Those of the sealed columns (`seals`) of a database that is being opened."""
    if isinstance(dialect, Alike):
        dialect.secrets = tuple(secrets)


def only(condition: str) -> dict[str, Any]:
    """For an index over those rows of which this is true, on either database."""
    return {f"{dialect}_where": text(condition) for dialect in ("sqlite", "postgresql")}
