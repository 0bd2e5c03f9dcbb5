"""The migrations give exactly the tables of the code, on both databases."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Column, Date, DateTime, MetaData, func, select, text

from api import migrations
from engine.database import Database, open_database

# Nobody can compare an index over an expression: SQLite does not tell what it is made of, PostgreSQL writes it in its own words.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index:sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning"),
]


def test_migrations_match_the_tables(database_url: str) -> None:
    database = open_database(database_url)
    config = migrations.configuration()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises and lists what a new migration would have to do
    database.close()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    database = open_database(database_url)
    assert migrations.is_current(database)
    migrations.upgrade(database)
    assert migrations.is_current(database)
    database.close()


def test_a_database_without_tables_is_not_current() -> None:
    database = open_database("sqlite://")
    assert not migrations.is_current(database)
    database.close()


def test_a_failed_migration_leaves_nothing(database_url: str) -> None:
    database = open_database(database_url)
    with database.engine.connect() as connection:
        revisions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert len(revisions) == 1
    database.close()


FIRST_WITH_CASES = "0002"
TEXT = "2026-03-09T01:00:00+00:00"  # in every column of text: SQLite keeps instants as text
VALUES: dict[type[Any], Any] = {str: TEXT, int: 1, bool: True, bytes: b"1", Decimal: 1, float: 1.0}


def test_a_database_with_rows_in_every_table_keeps_them(database_url: str, tmp_path: Path) -> None:
    database = _at(FIRST_WITH_CASES, database_url, tmp_path)
    with database.engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        filled = [
            table for table in tables.sorted_tables if table.name.islower() and not table.name.startswith(("alembic", "procrastinate"))
        ]
        for table in filled:
            connection.execute(table.insert().values({column.name: _given(column) for column in table.columns}))
    migrations.upgrade(database)
    assert migrations.is_current(database)
    with database.engine.connect() as connection:
        kept = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in filled}
        starts = connection.scalars(text("SELECT starts FROM process_definition")).all()
    database.close()
    assert kept.pop("job") == 2  # one more takes the case into the search
    assert set(kept.values()) == {1}, kept
    assert '"news"' in str(starts).replace("'", '"')


def _at(revision: str, database_url: str, tmp_path: Path) -> Database:
    """A database as it was at this revision, of the kind of `database_url`."""
    if database_url.startswith("sqlite"):
        database = open_database(f"sqlite:///{tmp_path / 'before.db'}")
    else:
        database = open_database(database_url)
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrations.upgrade(database, revision=revision)
    return database


def _given(column: Column[Any]) -> Any:
    """Something this column takes; all rows refer to each other by `TEXT`."""
    if column.name == "message_starts":
        return ["news"] if isinstance(column.type, JSON) else '["news"]'
    if isinstance(column.type, JSON):
        return {}
    if isinstance(column.type, DateTime):
        return datetime(2026, 3, 9, tzinfo=UTC)
    if isinstance(column.type, Date):
        return date(2026, 3, 9)
    return VALUES[column.type.python_type]
