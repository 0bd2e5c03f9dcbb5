"""The migrations give exactly the tables of the code, on both databases."""

from alembic import command
from sqlalchemy import text

from api import migrations
from engine.database import open_database


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
