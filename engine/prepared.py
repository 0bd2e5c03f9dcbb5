"""Statements compiled once and given to the driver as they are.

SQLAlchemy's way through a statement takes three to five times the work of SQLite behind it, and a step writes ten. What is kept
of it: the types, the dialect's door to the driver, and the errors. Defaults of columns are not: rows name what they need.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVarTuple

from sqlalchemy import CompoundSelect, Delete, Insert, Select, Update
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Columns = TypeVarTuple("Columns")
Readers = Sequence[Callable[[Any], Any] | None]
Statement = Insert | Update | Delete | Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(kw_only=True)
class _Prepared:
    text: str
    positional: bool
    binds: Sequence[tuple[str, Callable[[Any], Any] | None]]  # name, and how the driver gets its values
    fixed: Mapping[str, Any]  # those the statement itself brings
    readers: Readers | None = None  # how the value of each column becomes ours; known once it was asked

    def values(self, row: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **row} if self.fixed else row
        if self.positional:
            return tuple([process(given[name]) if process else given[name] for name, process in self.binds])
        return {name: process(given[name]) if process else given[name] for name, process in self.binds}


def send(connection: Connection, statement: Insert | Update | Delete, *rows: Mapping[str, Any]) -> None:
    """Send a statement that is kept somewhere, once for each row of values. Errors are SQLAlchemy's."""
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    with closing(_cursor(connection)) as cursor:
        _execute(connection.dialect, cursor, prepared.text, [prepared.values(row) for row in rows])


def ask(connection: Connection, statement: Select[*Columns] | CompoundSelect[*Columns], **given: Any) -> list[tuple[*Columns]]:
    """The rows of a question that is kept somewhere; values are `given` by the names of its `bindparam`s. Errors are SQLAlchemy's."""
    dialect = connection.dialect
    prepared = _prepared(statement, dialect, ())
    with closing(_cursor(connection)) as cursor:
        _execute(dialect, cursor, prepared.text, [prepared.values(given)])
        rows = cursor.fetchall()
        if prepared.readers is None:
            prepared.readers = _readers(statement, dialect, cursor.description)
    return [tuple([reader(value) if reader else value for reader, value in zip(prepared.readers, row, strict=True)]) for row in rows]


def _cursor(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _execute(dialect: Dialect, cursor: Any, text: str, values: list[Any]) -> None:
    try:
        if len(values) == 1:
            dialect.do_execute(cursor, text, values[0])
        else:
            dialect.do_executemany(cursor, text, values)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(text, values, error, dialect.loaded_dbapi.Error, dialect=dialect) from error


def _readers(statement: Any, dialect: Dialect, description: Sequence[Any]) -> Readers:
    """Asked for once a statement: psycopg makes an object of each column it describes."""
    types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    return [one.result_processor(dialect, column[1]) for one, column in zip(types, description, strict=True)]


@cache
def _prepared(statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names if isinstance(statement, Insert) else None)
    types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    order = compiled.positiontup or list(types)
    return _Prepared(
        text=str(compiled),
        positional=compiled.positional,
        binds=[(name, types[name].bind_processor(dialect)) for name in order],
        fixed={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
    )
