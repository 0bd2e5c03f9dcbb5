"""One statement for many spans of time: which span an instant is in, lengths of time and amounts, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Dialect,
    Float,
    Select,
    String,
    TypeDecorator,
    and_,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from engine.database import Instant
from processes.reports.asking import DIMENSIONS, Asked, written
from processes.tables.cases import Complaint

Cell = tuple[int, str]  # the number of a span (or piece), and a value of the dimension as it is written ("" without one)
Counts = Mapping[str, float]
DIGITS = 3  # of a sum of seconds: each is counted to the millisecond, and floats add up to a little more or less
Cells = dict[Cell, Counts]


class Seconds(GenericFunction[float]):
    """The time of the wall from one instant to another."""

    type = Float()
    inherit_cache = True
    name = "redress_seconds"


class Cents(GenericFunction[int]):
    """An amount as a whole number: SQLite keeps amounts as text, and adds text up as floats."""

    type = BigInteger()
    inherit_cache = True
    name = "redress_cents"


class _Middle(TypeDecorator[float]):
    """SQLite has no aggregate for it: there it is found in the values themselves, which it hands over as one text."""

    impl = Float
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Float())

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:
        if not isinstance(value, str):
            return None if value is None else float(value)
        numbers = sorted(map(int, value.split(",")))
        middle = len(numbers) // 2
        return float(numbers[middle] if len(numbers) % 2 else numbers[middle - 1] + numbers[middle])


class Middle(GenericFunction[float]):
    """The whole number in the middle when all are put in order; of an even number of them the two there, added up. None is NULL."""

    type = _Middle()
    inherit_cache = True
    name = "redress_middle"


@compiles(Seconds, "sqlite")
def _seconds_sqlite(element: Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"ROUND((julianday({end}) - julianday({start})) * 86400.0, 3)"  # a day number is exact to some 40 microseconds


@compiles(Seconds, "postgresql")
def _seconds_postgresql(element: Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end}) - ({start})) AS DOUBLE PRECISION)"


@compiles(Middle, "sqlite")
def _middle_sqlite(element: Middle, compiler: SQLCompiler, **kw: Any) -> str:
    (number,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"GROUP_CONCAT({number})"


@compiles(Middle, "postgresql")
def _middle_postgresql(element: Middle, compiler: SQLCompiler, **kw: Any) -> str:
    (number,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {number}) * (2 - MOD(COUNT({number}), 2))"


@compiles(Cents, "sqlite")
@compiles(Cents, "postgresql")
def _cents(element: Cents, compiler: SQLCompiler, **kw: Any) -> str:
    (amount,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(ROUND({amount} * 100) AS BIGINT)"


def number_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """How many rows meet this."""
    return func.count().filter(condition)


def instant(value: Any) -> ColumnElement[Any]:
    """An instant as a literal: text on SQLite."""
    return literal(value, Instant())


def spans_of(periods: Sequence[tuple[datetime, datetime]]) -> CTE:
    """Spans of time as rows: `no`, `begins`, `ends`. Each is joined by a range of an index; they may overlap."""
    rows = (
        select(literal(no).label("no"), instant(one[0]).label("begins"), instant(one[1]).label("ends")) for no, one in enumerate(periods)
    )
    return union_all(*rows).cte("span")


def spans(asked: Asked) -> CTE:
    """Those that were asked for."""
    return spans_of([(one.start, one.end) for one in asked.spans])


def lies_in(column: Any, span: CTE) -> ColumnElement[bool]:
    """Whether an instant lies in a span."""
    return and_(column >= span.c.begins, column < span.c.ends)


def value_of(asked: Asked, instead: Mapping[str, Any] | None = None) -> ColumnElement[Any]:
    """What the rows are told apart by; `instead` where a population has a column of its own for it."""
    if asked.by is None:
        return literal(0)
    return (instead or {}).get(asked.by, DIMENSIONS[asked.by].column)  # type: ignore[no-any-return]


def counted(session: Session, asked: Asked, statement: Select[Any]) -> Cells:
    """Run a statement that gives the span, the value of the dimension, then numbers by name."""
    found: Cells = {}
    for row in session.execute(statement).mappings():
        key = (row["span_no"], written(row["group_value"]) if asked.by else "")
        found[key] = {name: float(row[name] or 0) for name in row if name not in ("span_no", "group_value")}
    return found


def by_piece(asked: Asked, when: Any, **measures: Any) -> Select[Any]:
    """These measures of the cases whose instant `when` lies in each piece; more conditions are the caller's."""
    span = spans_of(asked.pieces)
    columns = [measure.label(name) for name, measure in measures.items()]
    return (
        select(span.c.no.label("span_no"), value_of(asked).label("group_value"), *columns)
        .select_from(span)
        .join(Complaint, lies_in(when, span))
        .where(*asked.conditions())
        .group_by("span_no", "group_value")
    )


def added_up(asked: Asked, pieces: Cells) -> Cells:
    """The counts of each span, from those of its pieces."""
    found: dict[Cell, dict[str, float]] = {}
    for (piece, group), counts in pieces.items():
        begins = asked.pieces[piece][0]
        for number in (no for no, one in enumerate(asked.spans) if one.start <= begins < one.end):
            sums = found.setdefault((number, group), dict.fromkeys(counts, 0.0))
            for name, amount in counts.items():
                sums[name] = round(sums.get(name, 0.0) + amount, DIGITS)
    return dict(found)
