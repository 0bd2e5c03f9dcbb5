"""The command line: `redress serve`, `worker`, `deploy` and what else `redress --help` lists."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
import waitress

from api import accounts, app, cli_scenarios, demo, docs, listening, migrations, permissions, uploaded
from api.settings import Settings, from_environment
from engine import called_processes, deployment_groups, deployments
from engine.database import Database, reading, unit_of_work
from engine.dispatch import Fleet
from engine.errors import Invalid, InvalidDeployment, Problem, RedressError
from engine.extensions import Actor, of
from processes import file_cleaning, people, search_fill
from processes.roles import ROLES
from processes.tables.people import Account

P = ParamSpec("P")
SLOWEST_CLIENT_SECONDS = 10  # without sending or taking a byte; a body is read completely before a view runs
COMMAND_LINE = Actor(id="command_line", name="command line")


@click.group()
def main() -> None:
    """Redress: complaint handling that runs as BPMN."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "apscheduler", "spiff"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


main.add_command(cli_scenarios.scenario)
main.add_command(cli_scenarios.demo)


def _says_errors(command: Callable[P, None]) -> Callable[P, None]:
    """A refusal is a sentence and exit code 1, no traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except RedressError as error:
            for problem in error.problems:
                click.echo(_line(problem))
            click.echo(str(error), err=True)
            sys.exit(1)

    return told


def _line(problem: Problem) -> str:
    """`file:line element rule sentence`, what there is of it."""
    place = ":".join(str(part) for part in (problem.file, problem.line) if part is not None)
    parts = (place or problem.pointer, problem.element, problem.rule or problem.code, problem.message)
    severity = "warning: " if problem.severity == "warning" else ""
    return severity + " ".join(part for part in parts if part)


def _open(settings: Settings) -> Database:
    database = app.open_product_database(settings)
    if not migrations.is_current(database):
        raise click.ClickException("The database is not up to date: run `redress db upgrade` first.")
    return database


@main.command()
@click.option("--host", help="Address to listen on; REDRESS_HOST, 127.0.0.1 by default.")
@click.option("--port", type=int, help="Port to listen on; REDRESS_PORT, 8000 by default.")
@click.option("--demo", "with_demo", is_flag=True, help="Bring the database up to date, fill it if it is empty, show the accounts.")
@_says_errors
def serve(host: str | None, port: int | None, with_demo: bool) -> None:
    """Serve pages and API, and run what falls due."""
    given: dict[str, Any] = {"host": host, "port": port, "demo": with_demo or None}
    settings = replace(from_environment(), **{name: value for name, value in given.items() if value is not None})
    listening.demand_free(settings.host, settings.port)
    if settings.demo:
        click.echo("Preparing the demonstration; the first time it takes about a minute.")
        _fill(settings)
    _open(settings).close()
    served = app.create_app(settings=settings)
    click.echo(f"Redress is at http://{settings.host}:{settings.port}/ and its API at /docs (stop with Ctrl+C)")
    if settings.demo:
        _show_accounts()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.settle()
    try:
        waitress.serve(
            served,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            max_request_body_size=max(settings.max_body_bytes, settings.max_upload_bytes),
            ident=None,
            channel_timeout=SLOWEST_CLIENT_SECONDS,
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,  # else ProxyFix reads them
        )
    finally:
        app.close(served)


def _show_accounts() -> None:
    click.echo(f"Demo accounts, all with the password {demo.PASSWORD}:")
    for account, role in demo.SHOWN:
        click.echo(f"  {account:<10} {ROLES[role].name:<22} {demo.DOES[account]}")


def _fill(settings: Settings) -> bool:
    database = app.open_product_database(settings)
    migrations.upgrade(database)
    alarm = logging.getLogger("redress.database")
    alarm.setLevel(logging.ERROR)  # nobody waits for a write lock while a company is made up
    filled = demo.fill(database, uploaded.uploads(settings))
    alarm.setLevel(logging.NOTSET)
    database.close()
    return filled


@main.command()
@_says_errors
def worker() -> None:
    """Run what falls due, without serving: one of any number on PostgreSQL (REDRESS_DISPATCH=fleet)."""
    settings = from_environment()
    database = _open(settings)
    dispatch = app.dispatch_of(database, settings)
    scheduler = app.start_scheduler(database, dispatch=dispatch)
    app.settle()
    click.echo("Redress worker: running what falls due (stop with Ctrl+C)")
    try:
        if isinstance(dispatch, Fleet):
            dispatch.work()
        else:
            _wait_for_stop()
    finally:
        scheduler.stop()
        database.close()


def _wait_for_stop() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check.")
@click.option("--note", default="", help="What changes, and why.")
@_says_errors
def deploy(paths: tuple[Path, ...], dry_run: bool, note: str) -> None:
    """Deploy folders of diagrams, or files that belong together. Problems are printed one a line."""
    database = _open(from_environment())
    try:
        prepared = _prepared(database, paths)
        for warning in (warning for one in prepared for warning in one.warnings):
            click.echo(_line(warning))
        if dry_run:
            keys = sorted(process.key for one in prepared for process in one.compiled.processes)
            click.echo(f"Nothing was changed. These can be deployed: {', '.join(keys)}")
        else:
            _deploy(database, prepared, note=note)
    finally:
        database.close()


def _prepared(database: Database, paths: tuple[Path, ...]) -> list[deployments.Prepared]:
    """Everything is checked before anything is deployed, so that all problems are seen at once."""
    # The folders below one path are one deployment: processes find each other's decisions and forms.
    below = [demo.folders(path) for path in paths if path.is_dir()]
    groups = [{name: content for files in found.values() for name, content in files.items()} for found in below if found]
    single = {path.name: path.read_bytes() for path in paths if path.is_file()}
    prepared: list[deployments.Prepared] = []
    problems: list[Problem] = []
    with reading(database) as session:
        extensions = of(session)
        groups = [deployments.with_neighbours(session, files) for files in groups]
    for files in [*groups, *([single] if single else [])]:
        try:
            prepared.append(deployments.prepare_upload(files, extensions=extensions))
        except InvalidDeployment as error:
            problems += error.problems
    if problems:
        raise InvalidDeployment(problems=sorted(problems, key=lambda one: one.severity == "error"))  # what is read last stops it
    if not prepared:
        raise Invalid(problems=[Problem(code="REQUIRED", message="There is no .bpmn file in these folders.")])
    with reading(database) as session:
        return [deployment_groups.judged(session, one) for one in prepared]


def _deploy(database: Database, prepared: list[deployments.Prepared], *, note: str) -> None:
    with unit_of_work(database) as session:
        together = called_processes.keys(*(one.compiled for one in prepared))
        done = [deployments.deploy(session, one, COMMAND_LINE, note=note, beside=together) for one in prepared]
    for deployed in done:
        for made in deployed.definitions:
            click.echo(f"{made.key} version {made.version} is live")
        for same in deployed.unchanged:
            click.echo(f"{same.key} version {same.version} was live already as it is")


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(sorted(permissions.ROLES)), help="May be given several times."
)
@click.option("--display-name", help="The name people read; NAME by default.")
@click.option("--locale", type=click.Choice(["en", "zh"]), default="zh", show_default=True)
@click.password_option(help="Asked for when not given.")
@_says_errors
def add_user(name: str, roles: tuple[str, ...], display_name: str | None, locale: str, password: str) -> None:
    """Add the account NAME with these roles."""
    password_hash = accounts.hashed(password)
    database = _open(from_environment())
    with unit_of_work(database) as session:
        if session.get(Account, name) is not None:
            raise Invalid(problems=[Problem(code="NOT_UNIQUE", pointer="NAME", message=f"There is an account '{name}' already.")])
        people.add_account(session, name, name=display_name or name, locale=locale, groups=roles)
        session.flush()  # the credential points at the account
        accounts.set_password(session, name, password_hash=password_hash)
    database.close()
    click.echo(f"{name} can sign in as {', '.join(roles)}")


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the tables of this version."""
    database = app.open_product_database(from_environment())
    migrations.upgrade(database)
    database.close()
    click.echo("The database is up to date.")


@db.command("fill")
@_says_errors
def fill_demo() -> None:
    """Fill an empty database with a company to look at."""
    filled = _fill(from_environment())
    click.echo("Filled with the demonstration." if filled else "There are accounts already; nothing was changed.")


@main.group()
def files() -> None:
    """Uploaded files."""


@files.command("clean")
@_says_errors
def clean_files() -> None:
    """Remove the files that nothing speaks of any more, a day after they came: run it every night."""
    settings = from_environment()
    database = _open(settings)
    removed = file_cleaning.clean(database, uploaded.uploads(settings).store)
    database.close()
    click.echo(f"{removed} files were removed.")


@main.group()
def search() -> None:
    """The full-text search."""


@search.command("rebuild")
@_says_errors
def rebuild_search() -> None:
    """Take every text into the search again, beside the daily work: the server or a worker does it."""
    database = _open(from_environment())
    with unit_of_work(database) as session:
        begun = search_fill.begin(session)
    database.close()
    click.echo("The server takes in every case again, from the oldest." if begun else "That is being done already.")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document; `redress openapi > api/openapi.json` commits a change of the API."""
    settings = replace(from_environment(), database_url="sqlite:///:memory:", secret_key="none")
    written = app.create_app(settings=settings, scheduler=False)
    click.echo(docs.as_text(written.extensions["redress-api"]), nl=False)
