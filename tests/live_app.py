"""A whole product in a process of its own, with the diagrams of a test deployed.

`counted` is a service task whose every run is written down.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from sqlalchemy.orm import Session

from api import accounts, migrations
from api.app import create_app, dispatch_of, settle, start_scheduler
from api.settings import Settings
from engine import deployments, operations
from engine.database import Database, unit_of_work
from engine.extensions import SYSTEM, Actor, Handler, ServiceTask, Values, of
from engine.tables import ProcessInstance
from processes import people
from processes.tables.people import Account

PASSWORD = "a long enough one"
WORKERS = ("worker1", "worker2", "worker3")
GROUPS = ("team_lead", "complaint_manager", "ops", "process_owner")

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def count(session: Session, task: ServiceTask) -> Values:
    """A record handler: one operation a run, in the transaction of its step."""
    instance = session.get_one(ProcessInstance, task.root_id)
    operations.record(session, "counted", actor=SYSTEM, subject=instance, root_id=task.root_id, element=task.element_id)
    return {"counted": task.element_id}


def build(database_url: str, diagrams: Path) -> Flask:
    """The application with the files of the folder deployed and three accounts that may do everything."""
    settings = Settings(database_url=database_url, secret_key="of a test", mail_url=os.devnull)  # nothing here sends letters
    app = create_app(settings=settings, scheduler=False)
    redress = app.extensions["redress"]
    with_counted(redress.database)
    migrations.upgrade(redress.database)
    _prepare(redress.database, {path.name: path.read_bytes() for path in sorted(diagrams.iterdir()) if path.suffix in (".bpmn", ".dmn")})
    redress.scheduler = start_scheduler(redress.database, dispatch=dispatch_of(redress.database, settings))
    return app


def with_counted(database: Database) -> Database:
    """The database, its sessions told of the `counted` handler beside those of the product."""
    given = database.sessions.kw["info"]["extensions"]
    handlers = {**given.handlers, "counted": Handler(topic="counted", kind="record", record=count)}
    database.sessions.configure(info={"extensions": replace(given, handlers=handlers)})
    return database


def _prepare(database: Database, files: dict[str, bytes]) -> None:
    password_hash = accounts.hashed(PASSWORD)
    with unit_of_work(database) as session:
        deployments.deploy(session, deployments.prepare(files, extensions=of(session)), Actor(id="test"))
        for name in WORKERS:
            if session.get(Account, name) is None:  # a database that was served before
                people.add_account(session, name, name=name, groups=GROUPS)
                session.flush()  # the credential points at the account
                accounts.set_password(session, name, password_hash=password_hash)


def serve(told: Connection, application: Wsgi | Flask, *, port: int) -> None:
    """Answer requests until the process is ended; the port is told first."""
    server = waitress.create_server(application, host="127.0.0.1", port=port, threads=8, ident=None)
    settle()  # as `redress serve` does
    told.send(server.effective_port)
    server.run()


def run(told: Connection, database_url: str, diagrams: Path, port: int) -> None:
    """What a server process does; 0 is any port."""
    serve(told, build(database_url, diagrams), port=port)
