"""Statements that write, compiled once and given to the driver as they are.

SQLAlchemy's way through a statement takes three to five times the work of SQLite behind it, and a step writes ten. What is kept
of it: the types, the dialect's door to the driver, and the errors. Defaults of columns are not: rows name what they need.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Delete, Insert, Update
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    text: str
    positional: bool
    binds: Sequence[tuple[str, Callable[[Any], Any] | None]]  # name, and how the driver gets its values

    def values(self, row: Mapping[str, Any]) -> Any:
        bound = [(name, process(row[name]) if process else row[name]) for name, process in self.binds]
        return tuple(value for _, value in bound) if self.positional else dict(bound)


def send(connection: Connection, statement: Insert | Update | Delete, *rows: Mapping[str, Any]) -> None:
    """Send a statement that is kept somewhere, once for each row of values. Errors are SQLAlchemy's."""
    dialect = connection.dialect
    prepared = _prepared(statement, dialect, tuple(rows[0]))
    values = [prepared.values(row) for row in rows]
    if not connection.in_transaction():
        connection.begin()
    with closing(connection.connection.cursor()) as cursor:
        try:
            if len(values) == 1:
                dialect.do_execute(cursor, prepared.text, values[0])
            else:
                dialect.do_executemany(cursor, prepared.text, values)
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(prepared.text, values, error, dialect.loaded_dbapi.Error, dialect=dialect) from error


@cache
def _prepared(statement: Insert | Update | Delete, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names if isinstance(statement, Insert) else None)
    types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    order = compiled.positiontup or list(types)
    return _Prepared(
        text=str(compiled), positional=compiled.positional, binds=[(name, types[name].bind_processor(dialect)) for name in order]
    )
