"""Opening the database and the one unit of work: the only commit of the code base.

SQLite: our own BEGIN / BEGIN IMMEDIATE (the driver's is off), WAL, foreign keys, `synchronous=FULL`: a commit that was
answered survives power loss. PostgreSQL: READ COMMITTED with row locks.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import uuid_utils
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from engine import dialects
from engine.bpmn import values
from engine.errors import RedressError
from engine.extensions import Extensions

log = logging.getLogger("redress.database")

WRITE_LOCK_ALARM_SECONDS = 0.050  # design.md 4: one long view under SQLite's write lock is everybody's p95


def new_id() -> str:
    """A fresh opaque id: 32 hex digits, in order of creation (UUIDv7)."""
    return uuid_utils.uuid7().hex


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: TIMESTAMPTZ on PostgreSQL, sortable text with microseconds on SQLite."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Process data (see `bpmn/values.py`) as text: never JSONB, which reorders keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else values.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else values.loads(value)


class Money(TypeDecorator[Decimal]):
    """An amount with two decimals: NUMERIC(14,2) on PostgreSQL, text on SQLite, never a float."""

    impl = Numeric(14, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Numeric(14, 2) if dialect.name == "postgresql" else String(17))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        cents = value.quantize(Decimal("0.01"))
        return cents if dialect.name == "postgresql" else str(cents)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


T = TypeVar("T", bound="Table")


class Table(DeclarativeBase):
    """The base of every table of the product. Constraints have names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        bytes: LargeBinary(),
        Decimal: Money(),
        dict[str, Any]: Json(),
        list[Any]: Json(),
    }


BigId = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(kw_only=True)
class Database:
    """An opened database: where sessions come from. `on_committed` are told after a write that left due work behind
    (`session.info["wake"]`): a hint to wake up, no more."""

    engine: Engine
    asked: Engine  # the same, for single questions
    sessions: sessionmaker[Session]
    on_committed: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def tell(self) -> None:
        """Wake up who looks for due work."""
        for told in self.on_committed:
            told()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_database(url: str, *, extensions: Extensions | None = None, secrets: Sequence[str] = (), **engine_options: Any) -> Database:
    """Open `sqlite:///file` or `postgresql+psycopg://...`; `secrets` are those of its sealed columns."""
    shared = {"compiled_cache": dialects.COMPILED}
    engine = create_engine(
        dialects.ours(make_url(url)), pool_pre_ping=not url.startswith("sqlite"), execution_options=shared, **engine_options
    )
    asked = engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        asked = engine.execution_options(isolation_level="AUTOCOMMIT")
    dialects.use_secrets(engine.dialect, secrets)
    sessions = sessionmaker(engine, expire_on_commit=False, autoflush=True, info={"extensions": extensions or Extensions()})
    return Database(engine=engine, asked=asked, sessions=sessions)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    # temp_store: what a savepoint would put back is kept in memory; every step would fill a file with it and delete it.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def connection_of(session: Session) -> Connection:
    """What the session's statements go over, for those that need nothing of the ORM."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What raises inside is undone."""
    with session.begin_nested():
        session.connection()  # or SAVEPOINT is sent with the first statement of the ORM, after those that go past it
        yield


@contextmanager
def asking(database: Database) -> Iterator[Connection]:
    """A bare connection for one question; on PostgreSQL without BEGIN and ROLLBACK around it, which are questions too."""
    with database.asked.connect() as connection:
        yield connection


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """A session that reads; whatever it did is rolled back."""
    with database.engine.connect() as connection, database.sessions(bind=connection) as session:
        yield session


@contextmanager
def unit_of_work(database: Database) -> Iterator[Session]:
    """One write transaction: leaving commits, raising rolls back.

    An error that must leave something behind carries `keep`: it runs in a second transaction, after the rollback.
    """
    try:
        with (
            database.engine.connect().execution_options(**{dialects.WRITES: True}) as connection,
            database.sessions(bind=connection) as session,
        ):
            with connection.begin():
                began = time.thread_time()
                yield session
                session.flush()
            _alarm(time.thread_time() - began)
    except RedressError as error:
        _keep(database, error)  # after the rollback: SQLite has one writer
        raise
    if session.info.pop("wake", False):
        database.tell()


def _keep(database: Database, error: RedressError) -> None:
    if error.keep is None:
        return
    keep, error.keep = error.keep, None
    with unit_of_work(database) as session:
        keep(session)


def _alarm(worked: float) -> None:
    """Tell of work that should have been done before the transaction.

    Counted in processor time of this thread: how long a busy machine lets us wait says nothing about the code. The test
    suite says at its end how often it rang.
    """
    if worked > WRITE_LOCK_ALARM_SECONDS:
        log.warning("a write transaction worked for %.0f ms while everybody else waited", worked * 1000)
