"""`redress scenario run`: play scenario files and say every difference."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import yaml

from api.scenarios import player, reader
from api.scenarios.report import Report, disagreements
from engine.errors import RedressError

DIAGRAMS = Path(__file__).parent.parent / "diagrams"
STORY = DIAGRAMS / "mediation" / "scenarios" / "missed_deadline.yaml"
JOURNEYS = Path(__file__).parent.parent / "tests" / "journeys"


@contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong in a play is in its report."""
    before = {name: logging.getLogger(name).level for name in ("redress", "alembic")}
    for talkative in before:
        logging.getLogger(talkative).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for talkative, level in before.items():
            logging.getLogger(talkative).setLevel(level)


@click.group()
def scenario() -> None:
    """Whole cases, written down as files."""


@scenario.command("run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--postgresql", help="Address of a PostgreSQL server to play on; a database is made there for each file and dropped.")
@click.option("--reload", is_flag=True, help="Forget everything but the database before every step.")
@click.option("--samples", type=click.Path(exists=True, path_type=Path), default=JOURNEYS / "samples.yaml", help="One valid sample a form.")
@click.option(
    "--disagreements", "known", type=click.Path(path_type=Path), default=JOURNEYS / "disagreements.yaml", help="Lines known to be wrong."
)
def run(paths: tuple[Path, ...], postgresql: str | None, reload: bool, samples: Path, known: Path) -> None:
    """Play files (folders: the *.yaml in them) through the application in virtual time. Exit code 1 when something differs."""
    report = Report(disagreements=disagreements(known))
    files = reader.files(paths)
    try:
        with _quiet():
            player.play(files, report, samples=yaml.safe_load(samples.read_text("utf-8")), postgresql=postgresql, reload=reload)
    except RedressError as error:
        for problem in error.problems:
            click.echo(" ".join(part for part in (problem.file, problem.element, problem.message) if part))
        raise click.ClickException(str(error)) from error
    for remark in report.remarks:
        click.echo(f"note: {remark}")
    for difference in report.differences:
        click.echo(str(difference))
    for line in report.conclusion(files=len(files)):
        click.echo(line)
    if not report.good:
        sys.exit(1)


@click.command()
def demo() -> None:
    """Watch one complaint from intake to closing in virtual time: a deadline is missed, somebody steps in, money is paid."""
    report = Report()
    click.echo("One complaint, played through the real application in virtual time (working hours of Shanghai).\n")
    with _quiet():
        player.play([STORY], report, samples=yaml.safe_load((JOURNEYS / "samples.yaml").read_text("utf-8")), tell=click.echo)
    for difference in report.differences:
        click.echo(str(difference), err=True)
    if not report.good:
        sys.exit(1)
