"""An empty company to play in: a database of its own, the fixture people, everything in diagrams/ deployed, and time to move."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, make_url
from werkzeug.test import Client, TestResponse

from api import accounts, app, demo, migrations
from api.scenarios.reader import Outage
from api.settings import Settings
from engine import clock as clocks
from engine import definitions, deployments, due_jobs, scheduler
from engine.clock import MovableClock
from engine.database import Database, reading, unit_of_work
from engine.extensions import of
from processes import people
from processes.demo import staff
from processes.ports import Mail, MailFailed, PaymentFailed, PaymentOrder

SERVICES = {"payment": "payment_provider", "authority": "authority", "service": "return_visitor"}
TOKEN_HOURS = 24
SECRET = "scenario"
PREPARED = "redress_scenario_prepared"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A payment order as it reached the port."""

    at: datetime
    order: PaymentOrder
    taken: bool


@dataclass
class Doors:
    """Both ports of the world outside, as a scenario sees them: they remember, and are out of order when the file says so."""

    outages: Sequence[Outage] = ()
    paid: list[Call] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        if self._away("mail"):
            raise MailFailed("the mail server does not answer")

    def pay(self, order: PaymentOrder) -> None:
        away = self._away("payment")
        self.paid.append(Call(at=clocks.now(), order=order, taken=not away))
        if away:
            raise PaymentFailed("the payment gateway does not answer")

    def _away(self, port: str) -> bool:
        return any(one.port == port and one.since <= clocks.now() < one.until for one in self.outages)


@dataclass
class World:
    """The running application of one file."""

    settings: Settings
    time: MovableClock
    doors: Doors
    flask: Flask
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Where everything is."""
        found: Database = self.flask.extensions["redress"].database
        return found

    def reload(self) -> None:
        """Forget everything but the database, as a restart does."""
        app.close(self.flask)
        definitions.forget()
        _open(self.flask, self.settings, self.doors)

    def request(self, method: str, path: str, *, by: str | None, body: Any = None) -> TestResponse:
        """A request to the real application, with the token of this person; without one: the public door."""
        headers = {"Authorization": f"Bearer {self.tokens[by]}"} if by else {}
        content = None if body is None else json.dumps(body, ensure_ascii=False, default=_plain).encode()
        return Client(self.flask).open(
            "/api/v1" + path, method=method, headers=headers, data=content, content_type="application/json" if content else None
        )

    def tick(self) -> None:
        """Everything that is due now happens."""
        scheduler.tick(self.database)

    def next_due(self) -> datetime | None:
        """When something falls due next."""
        with reading(self.database) as session:
            return due_jobs.next_due(session)

    def close(self) -> None:
        """The end of it."""
        app.close(self.flask)
        clocks.set_process_clock(None)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else str(value)
    raise TypeError(f"{value!r} cannot be sent")


def account_of(by: str) -> str:
    """The account behind a `by` that is no person: `service:survey` is service_survey."""
    return by.replace(":", "_")


@dataclass(frozen=True, kw_only=True)
class Factory:
    """Makes empty companies, each a copy of one that was prepared once (SQLite), or a database of a server (PostgreSQL)."""

    folder: Path
    postgresql: str | None
    prepared: Path

    @contextmanager
    def world(self, number: int, *, profile: str, outages: Sequence[Outage], users: Mapping[str, Sequence[str]]) -> Iterator[World]:
        """A company of its own for one file."""
        settings = Settings(database_url=self._database(number), secret_key=SECRET, profile=profile)
        time, doors = MovableClock(BEGINNING), Doors(outages=outages)
        world = World(settings=settings, time=time, doors=doors, flask=_application())
        clocks.set_process_clock(time)
        _open(world.flask, settings, doors)
        try:
            _hire(world.database, users)
            world.tokens.update(_tokens(world.database))
            yield world
        finally:
            world.close()
            if self.postgresql is not None:
                _administer(self.postgresql, *_dropped(_name(number)))

    def _database(self, number: int) -> str:
        if self.postgresql is None:
            file = self.folder / f"{number}.db"
            shutil.copyfile(self.prepared, file)
            return f"sqlite:///{file}"
        name = _name(number)
        _administer(self.postgresql, *_dropped(name), f'CREATE DATABASE "{name}" TEMPLATE "{PREPARED}" STRATEGY FILE_COPY')
        return _at(self.postgresql, name)


def _name(number: int) -> str:
    return f"redress_scenario_{number}"


def _at(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _dropped(name: str) -> tuple[str, ...]:
    return (f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',)


def _administer(url: str, *statements: str) -> None:
    """Databases are made and dropped outside of any transaction, from a connection to another one."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def factory(*, postgresql: str | None = None) -> Iterator[Factory]:
    """Prepare once what every file begins with."""
    with tempfile.TemporaryDirectory(prefix="redress-scenario-") as name:
        folder = Path(name)
        prepared = folder / "prepared.db"
        if postgresql is not None:
            _administer(postgresql, *_dropped(PREPARED), f'CREATE DATABASE "{PREPARED}"')
        _settle(f"sqlite:///{prepared}" if postgresql is None else _at(postgresql, PREPARED))
        yield Factory(folder=folder, postgresql=postgresql, prepared=prepared)
        if postgresql is not None:
            _administer(postgresql, *_dropped(PREPARED))


def _doors(doors: Doors) -> app.Ports:
    return app.Ports(mail=doors, payments=doors)


@cache
def _application() -> Flask:
    """The doors of the product: put together once, they know nothing of what is opened behind them."""
    made = app.create_app(settings=Settings(database_url="sqlite://", secret_key=SECRET), scheduler=False)
    app.close(made)
    return made


def _open(flask: Flask, settings: Settings, doors: Doors) -> None:
    flask.extensions["redress"] = app.opened(settings, ports=_doors(doors))


def _settle(url: str) -> None:
    """Tables, diagrams, people."""
    database = app.open_product_database(Settings(database_url=url), ports=_doors(Doors()))
    migrations.upgrade(database)
    with reading(database) as session:
        extensions = of(session)
    prepared = deployments.prepare(demo.everything(), extensions=extensions)
    with unit_of_work(database) as session:
        deployments.deploy(session, prepared, demo.INSTALLER, note="Everything in diagrams/.")
        staff.hire(session)
    database.close()


def _hire(database: Database, users: Mapping[str, Sequence[str]]) -> None:
    with unit_of_work(database) as session:
        for name, roles in users.items():
            people.add_account(session, name, name=name, email=staff.address(name), groups=roles)


def service(database: Database, by: str) -> str:
    """The account of a service a file speaks of, with its token; made when it is first needed."""
    account, role = account_of(by), SERVICES[by.partition(":")[0]]
    with unit_of_work(database) as session:
        people.add_account(session, account, name=by, groups=[role])
        session.flush()  # the token points at it
        return accounts.issue_token(session, account, name="scenario", hours=TOKEN_HOURS).secret


def _tokens(database: Database) -> dict[str, str]:
    with unit_of_work(database) as session:
        return {one: accounts.issue_token(session, one, name="scenario", hours=TOKEN_HOURS).secret for one in people.everybody(session)}
