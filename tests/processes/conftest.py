"""A real database with the tables of the product and the people of the demonstration, and a letter box."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import clock
from engine.database import Database, Table, open_database, unit_of_work
from processes import extensions, tables
from processes.demo import staff
from processes.ports import LedgerMail

MONDAY = datetime(2026, 9, 14, 1, tzinfo=UTC)  # 09:00 in Shanghai, a working day


@dataclass(frozen=True, kw_only=True)
class Office:
    """What a test works with: the database, its clock and the folder where letters land."""

    database: Database
    time: clock.MovableClock
    letters: Path

    def letter_texts(self) -> list[str]:
        """Every letter sent so far, decoded."""
        return [path.read_text(encoding="utf-8") for path in sorted(self.letters.glob("*.eml"))]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    assert tables.people and tables.cases  # importing them makes their tables known
    letters = tmp_path / "letters"
    database = open_database(f"sqlite:///{tmp_path / 'redress.db'}", extensions=extensions.build(mail=LedgerMail(letters)))
    Table.metadata.create_all(database.engine)
    time = clock.MovableClock(MONDAY)
    with clock.use(time):
        with unit_of_work(database) as session:
            staff.hire(session)
        yield Office(database=database, time=time, letters=letters)
    database.close()
