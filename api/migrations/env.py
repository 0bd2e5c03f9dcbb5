"""What Alembic runs: on the connection it was handed, inside the transaction of the caller."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Column
from sqlalchemy.types import TypeDecorator

import api.tables
import engine.decision_instance_tables
import engine.signal_tables
import engine.tables
import engine.task_tables
import processes.tables
from engine.database import Table

# Importing them makes their tables known.
ALL = (api.tables, engine.decision_instance_tables, engine.signal_tables, engine.tables, engine.task_tables, processes.tables)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as `database.Instant()`."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__ == "engine.database":
        autogen.imports.add("from engine import database")
        return f"database.{type(item).__name__}()"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The queue's tables are not ours (`engine.dispatch.install_queue`); the full-text index is of another kind on each database."""
    return kind != "table" or not (name or "").startswith(("procrastinate_", "search_index"))


def include_object(item: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """An index over an expression is not compared: each database writes the expression in its own words."""
    return kind != "index" or all(isinstance(one, Column) for one in item.expressions)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_item=render_item,
    include_name=include_name,
    include_object=include_object,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,
)
context.run_migrations()
