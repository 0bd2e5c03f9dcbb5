"""Rows of several tables in one statement, for what has few rows in each of many tables.

The tables stand side by side: each is joined to one line of a short list, and only there, so a row of the answer holds one
object. That saves the round trips; every row is as wide as all tables together, so a table with many rows is read by itself.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, and_, inspect, literal_column, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from engine.database import Table

T = TypeVar("T", bound=Table)


class Found:
    """What was found, by table."""

    def __init__(self, rows: Mapping[type[Table], list[Any]]) -> None:
        self._rows = rows

    def of(self, table: type[T]) -> list[T]:
        """The rows of a table in the order of their keys."""
        return sorted(self._rows[table], key=lambda one: inspect(one).identity)


class Gathered:
    """A question that is kept: which rows of which tables. Conditions name what is asked for with `bindparam`."""

    def __init__(self, wanted: Mapping[type[Table], ColumnElement[bool]], *options: ORMOption) -> None:
        """`options` replace joins that a table brings by itself: an inner one would leave the rows of the others out."""
        self._tables = tuple(wanted)
        numbers = [literal_column(str(number), Integer()) for number in range(len(wanted))]
        lines = union_all(*(select(number.label("number")) for number in numbers)).subquery("lines")
        joined = select(*wanted).select_from(lines)
        for number, (table, mine) in zip(numbers, wanted.items(), strict=True):
            joined = joined.outerjoin(table, and_(lines.c.number == number, mine))
        self._statement = joined.options(*options)

    def read(self, session: Session, **given: Any) -> Found:
        """Ask it with these values."""
        rows: dict[type[Table], list[Any]] = {table: [] for table in self._tables}
        for row in session.execute(self._statement, given):
            for table, one in zip(self._tables, row, strict=True):
                if one is not None:
                    rows[table].append(one)
        return Found(rows)
