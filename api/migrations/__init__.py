"""Bringing a database to the tables of this version of the product, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.database import Database

HERE = Path(__file__).parent


def configuration() -> Config:
    """Alembic's configuration: there is no ini file, the database is handed over."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, *, revision: str = "head") -> None:
    """Apply what is missing, all or nothing."""
    config = configuration()
    with database.engine.connect().execution_options(redress_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has the tables of this version."""
    with database.engine.connect() as connection:
        applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(configuration()).get_heads())
