"""One statement for many spans of time: which span an instant is in, lengths of time and amounts, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Float, Select, and_, case, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from engine.database import Instant
from processes.reports.asking import DIMENSIONS, Asked, written
from processes.tables.cases import Complaint

Cell = tuple[int, str]  # the number of a span, and a value of the dimension as it is written ("" without one)
Counts = Mapping[str, float]
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


@compiles(Seconds, "sqlite")
def _seconds_sqlite(element: Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"ROUND((julianday({end}) - julianday({start})) * 86400.0, 3)"  # a day number is exact to some 40 microseconds


@compiles(Seconds, "postgresql")
def _seconds_postgresql(element: Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end}) - ({start})) AS DOUBLE PRECISION)"


@compiles(Cents, "sqlite")
@compiles(Cents, "postgresql")
def _cents(element: Cents, compiler: SQLCompiler, **kw: Any) -> str:
    (amount,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(ROUND({amount} * 100) AS BIGINT)"


def number_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """How many rows meet this."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


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


def by_span(asked: Asked, when: Any, **measures: Any) -> Select[Any]:
    """These measures of the cases whose instant `when` lies in each span; more conditions are the caller's."""
    span = spans(asked)
    columns = [measure.label(name) for name, measure in measures.items()]
    return (
        select(span.c.no.label("span_no"), value_of(asked).label("group_value"), *columns)
        .select_from(span)
        .join(Complaint, lies_in(when, span))
        .where(*asked.conditions())
        .group_by("span_no", "group_value")
    )
