"""The whole application on a database of its own, its people, and a clock that is moved by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import accounts, demo
from api import app as application
from api.requests import Redress
from api.settings import Settings
from api.tables import ApiToken
from engine import clock, deployments, scheduler
from engine.database import Database, unit_of_work
from engine.extensions import SYSTEM
from processes import extensions
from processes.demo import staff
from processes.ports import LedgerMail
from tests import databases, postgresql

MONDAY = datetime(2026, 9, 14, 1, tzinfo=UTC)  # 09:00 in Shanghai, a working day
DIAGRAMS = Path(__file__).parent / "diagrams"
PREFIX = "/api/v1"


class Reply(TestResponse):
    """A response whose JSON may be looked into without asking first whether there is any."""

    @property
    def json(self) -> Any:
        """The parsed body."""
        return super().json


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a bearer token. Paths are given without the prefix."""

    client: FlaskClient
    headers: dict[str, str]

    def send(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Reply:
        """Any request."""
        return cast(Reply, self.client.open(PREFIX + path, method=method, headers=self.headers | headers, **more))

    def get(self, path: str, **headers: str) -> Reply:
        """GET."""
        return self.send("GET", path, _header_names(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """POST a JSON body."""
        return self.send("POST", path, _header_names(headers), json=body)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        """PUT a JSON body."""
        return self.send("PUT", path, _header_names(headers), json=body)

    def delete(self, path: str, body: Any = None, **headers: str) -> Reply:
        """DELETE, with a JSON body where one is taken."""
        return self.send("DELETE", path, _header_names(headers), json=body)


def _header_names(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


@dataclass(frozen=True, kw_only=True)
class Office:
    """The application with its staff hired."""

    app: Flask
    time: clock.MovableClock

    @property
    def database(self) -> Database:
        """The database of the application."""
        found: Database = self.app.extensions["redress"].database
        return found

    def person(self, account_id: str) -> Person:
        """This account, signed in. (Signing in with a password is slow on purpose, and has tests of its own.)"""
        secret = f"secret-of-{account_id}"
        now = clock.elapsed()
        with unit_of_work(self.database) as session:
            session.merge(
                ApiToken(
                    id=account_id,
                    sha256=accounts.digest(secret),
                    account_id=account_id,
                    name="test",
                    created_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
        return Person(client=self.app.test_client(), headers={"Authorization": f"Bearer {secret}"})

    def stranger(self) -> Person:
        """Somebody without a token."""
        return Person(client=self.app.test_client(), headers={})

    def deploy(self, *paths: Path) -> deployments.Deployed:
        """Deploy files of `diagrams/`."""
        with unit_of_work(self.database) as session:
            return deployments.deploy(session, prepared(paths), SYSTEM)

    def deploy_folder(self, folder: Path) -> deployments.Deployed:
        """Deploy a process as it stands in the repository."""
        files = tuple(sorted(path for path in folder.rglob("*") if path.suffix in demo.SUFFIXES))
        return self.deploy(*files)

    def deploy_everything(self) -> deployments.Deployed:
        """Deploy all of diagrams/ as it stands in the repository."""
        with unit_of_work(self.database) as session:
            return deployments.deploy(session, _everything(), SYSTEM)

    def tick(self) -> int:
        """Run what is due."""
        with clock.use(self.time):
            return scheduler.tick(self.database)


@lru_cache
def _everything() -> deployments.Prepared:
    return deployments.prepare(demo.everything(), extensions=extensions.build(mail=LedgerMail(Path("."))))


@lru_cache
def prepared(paths: tuple[Path, ...]) -> deployments.Prepared:
    """These files, checked and compiled; once for all tests."""
    return deployments.prepare({path.name: path.read_bytes() for path in paths}, extensions=extensions.build(mail=LedgerMail(Path("."))))


@pytest.fixture
def time() -> clock.MovableClock:
    return clock.MovableClock(MONDAY)


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory, migrated: str, postgresql_server: postgresql.Server | None) -> str:
    """The address of a migrated database with everybody hired: hiring takes longer than most tests."""
    folder = tmp_path_factory.mktemp("staffed")
    url = databases.template(migrated, folder / "redress.db", server=postgresql_server)
    database = application.open_product_database(Settings(database_url=url, mail_url=str(folder / "letters")))
    with unit_of_work(database) as session:
        staff.hire(session)
    database.close()
    return url


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory, staffed: str, postgresql_server: postgresql.Server | None) -> str:
    """The address of a staffed database with every process deployed as it stands in the repository, at the time tests begin."""
    folder = tmp_path_factory.mktemp("delivered")
    url = databases.template(staffed, folder / "redress.db", server=postgresql_server)
    database = application.open_product_database(Settings(database_url=url, mail_url=str(folder / "letters")))
    everything = deployments.prepare(demo.everything(), extensions=extensions.build(mail=LedgerMail(folder / "letters")))
    with clock.use(clock.MovableClock(MONDAY)), unit_of_work(database) as session:
        deployments.deploy(session, everything, SYSTEM)
    database.close()
    return url


@pytest.fixture
def database_url(tmp_path: Path, staffed: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """A database of this test, with all tables and everybody hired."""
    with databases.borrowed(staffed, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        database_url=database_url, secret_key="of these tests", mail_url=str(tmp_path / "letters"), files_folder=str(tmp_path / "files")
    )


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all tests: putting it together takes longer than a test. `office` gives it a database."""
    folder = tmp_path_factory.mktemp("app")
    settings = Settings(database_url=f"sqlite:///{folder / 'none.db'}", secret_key="of these tests", mail_url=str(folder / "letters"))
    app = application.create_app(settings=settings, scheduler=False)
    app.testing = True
    yield app
    application.close(app)


@pytest.fixture
def office(shared_app: Flask, settings: Settings, time: clock.MovableClock) -> Iterator[Office]:
    redress: Redress = shared_app.extensions["redress"]
    before = redress.database, redress.settings
    redress.database, redress.settings = application.open_product_database(settings), settings
    clock.set_process_clock(time)
    yield Office(app=shared_app, time=time)
    clock.set_process_clock(None)
    redress.database.close()
    redress.database, redress.settings = before


@pytest.fixture
def errands(office: Office) -> Office:
    """The office with the process of these tests deployed."""
    office.deploy(DIAGRAMS / "errand.bpmn", DIAGRAMS / "errand.form")
    return office
