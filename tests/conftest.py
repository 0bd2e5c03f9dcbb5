"""The database of a test: SQLite, or with `--postgresql` the same tests on PostgreSQL. Each test has its own, migrated."""

import logging
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event

from api import migrations
from engine import follow_up
from engine.database import open_database
from tests import databases, postgresql

# Examples that are tried are the same in every run, and none of them is timed: on a busy machine each may take long.
settings.register_profile("repeated", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeated")

# Nor is what follows a person's step by itself: tests look at what came of it.
follow_up.AT_MOST = timedelta(minutes=1)

PAGES = Path(__file__).parent / "api" / "pages"


class _Alarms(logging.Handler):
    """Collects the alarms of `database.unit_of_work`: work under the write lock that should have been done before."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "write transaction" in record.getMessage():
            self.told.append(record.getMessage())


_alarms = _Alarms()
logging.getLogger("redress.database").addHandler(_alarms)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its alarms to the process that prints."""
    handed: dict[str, list[str]] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["alarms"] = _alarms.told


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take them over."""
    _alarms.told.extend(getattr(node, "workeroutput", {}).get("alarms", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how often the alarm rang. Only said: on a busy machine even processor time stretches."""
    if _alarms.told:
        terminalreporter.write_line(f"write lock alarm (50 ms): {len(_alarms.told)} times, for example: {_alarms.told[0]}")


@event.listens_for(Engine, "checkout")
def _without_waiting_for_the_disk(connection: Any, _record: object, _proxy: object) -> None:
    """A test survives no power loss. (A killed server does, and is a process of its own.)"""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--postgresql"):
        items[:] = [item for item in items if not _once(item)]
        return
    skip = pytest.mark.skip(reason="needs --postgresql")
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(skip)


def _once(item: pytest.Item) -> bool:
    """Whether a test says the same on every database.

    That is one that says so; one that asks for no database of ours (it comes to its own file, or needs none); and a page: pages
    hold no query (`tests/upkeep`), what stands on them is read by functions that are tested on every database elsewhere. Lists
    and searches are not left to that: their tests are marked `every_database`.
    """
    if item.get_closest_marker("once") is not None or "postgresql_server" not in getattr(item, "fixturenames", ()):
        return True
    return PAGES in item.path.parents and item.get_closest_marker("every_database") is None


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[postgresql.Server | None]:
    """The server of this run, None on SQLite."""
    if not request.config.getoption("--postgresql"):
        yield None
        return
    with postgresql.server(durable=False) as started:
        yield started


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, postgresql_server: postgresql.Server | None) -> str:
    """The address of a database as `redress db upgrade` leaves it: every test starts from a copy."""
    if postgresql_server is not None:
        url = postgresql_server.create().render_as_string(hide_password=False)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'redress.db'}"
    database = open_database(url)
    migrations.upgrade(database)
    database.close()
    return url


@pytest.fixture
def database_url(tmp_path: Path, migrated: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """An empty database of this test, with all tables."""
    with databases.borrowed(migrated, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url
