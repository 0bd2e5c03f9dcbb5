"""Copies of a prepared database: a file on SQLite, a template on PostgreSQL (`pristine.py`)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests import postgresql


def copy(url: str, file: Path, *, server: postgresql.Server | None) -> str:
    """A database that begins as the one at `url` is now; nobody may be connected to that one."""
    if server is None:
        shutil.copyfile(url.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"
    return server.borrow(template=make_url(url).database or "").render_as_string(hide_password=False)


@contextmanager
def borrowed(url: str, file: Path, *, server: postgresql.Server | None) -> Iterator[str]:
    """A copy for one test, which is gone afterwards."""
    made = copy(url, file, server=server)
    yield made
    remove(made, server=server)


def template(url: str, file: Path, *, server: postgresql.Server | None) -> str:
    """A copy that is prepared further, for others to be copied from it."""
    if server is None:
        return copy(url, file, server=None)
    return server.create(template=make_url(url).database or "").render_as_string(hide_password=False)


def remove(url: str, *, server: postgresql.Server | None) -> None:
    """The end of a copy; files go with their folder."""
    if server is not None:
        server.give_back(make_url(url))
