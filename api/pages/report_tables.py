"""The tables of a report as they are taken out of the house: as CSV, or as a workbook with one sheet for each."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from api.pages import report_words
from api.pages.language import language
from api.pages.texts import gettext
from processes.reports import overview, report
from processes.reports.asking import DIMENSIONS
from processes.reports.figure import Figure, Unit, Value
from processes.reports.overview import Overview, Scope
from processes.reports.periods import Period

Cell = str | Decimal | None
SHEET_NAME = 31  # letters a sheet may have, says the format
FORMATS: dict[Unit, str] = {
    "cases": "#,##0",
    "percent": '0.0" %"',
    "hours": "#,##0.0",
    "days": "#,##0.00",
    "score": "0.00",
    "money": "¥#,##0.00",
}
WIDEST = 60


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: a head, and rows that begin with a name. `units` are those of the columns, or of each row."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    units: Sequence[Sequence[Unit | None]]


def figures(found: Overview) -> Table:
    """Every figure of the period beside what it is compared with."""
    compared = [one for one in (found.period, found.before, found.year_before) if one is not None]
    values = [found.of(one) for one in compared]
    head = [gettext("Figure"), *(report_words.period_name(one) for one in compared), gettext("Counted"), gettext("Of"), gettext("Red line")]
    rows = [[_name(one), *(each[id].value for each in values), *_parts(values[0][id]), one.target] for id, one in report.FIGURES.items()]
    units = [_units(one, len(values)) for one in report.FIGURES.values()]
    return Table(name=gettext("Figures"), head=head, rows=rows, units=units)


def _units(figure: Figure, values: int) -> list[Unit | None]:
    return [None, *[figure.unit] * values, "cases" if figure.per == 1 else None, "cases", figure.unit]


def _parts(value: Value) -> tuple[Decimal | None, Decimal | None]:
    """Numerator and denominator, where they are cases and not seconds or cents."""
    figure = value.figure
    return (value.numerator if figure.per == 1 else None), (value.denominator if figure.of_cases else None)


def course(found: Overview) -> Table:
    """Every figure of every period a chart shows."""
    return _by_row(gettext("Over time"), gettext("Period"), [(report_words.period_name(one), found.of(one)) for one in found.course])


def groups(session: Session, found: Overview, by: str) -> Table:
    """Every figure of the period, told apart."""
    values = found.groups()
    names = report_words.GroupNames(session, by, values)
    rows = [(names(one), found.of(found.period, one)) for one in values]
    return _by_row(report_words.dimension_name(by), report_words.dimension_name(by), rows)


def _by_row(name: str, first: str, rows: Sequence[tuple[str, report.Values]]) -> Table:
    units: list[Unit | None] = [None, *(one.unit for one in report.FIGURES.values())]
    return Table(
        name=name,
        head=[first, *(_name(one) for one in report.FIGURES.values())],
        rows=[[label, *(values[id].value for id in report.FIGURES)] for label, values in rows],
        units=[units] * len(rows),
    )


def definitions() -> Table:
    """How every figure is counted."""
    head = [gettext("Figure"), gettext("Counted"), gettext("Of"), gettext("Which time counts"), gettext("Red line"), gettext("Source")]
    rows = [
        [_name(one), _said(one.counted), _said(one.of), _said(one.time), report_words.limit(one.target, one.unit), one.source]
        for one in report.FIGURES.values()
    ]
    return Table(name=gettext("How it is counted"), head=head, rows=rows, units=[[None] * len(head)] * len(rows))


def _said(words: Any) -> str:
    return "" if words is None else str(words.said(language()))


def _name(figure: Figure) -> str:
    return figure.name.said(language())


def everything(session: Session, period: Period, scope: Scope) -> Iterator[Table]:
    """All of them, for the workbook."""
    found = overview.over_time(session, period, scope)
    yield figures(found)
    yield course(found)
    for by in DIMENSIONS:
        yield groups(session, overview.by_dimension(session, period, scope, by=by), by)
    yield definitions()


def workbook(tables: Sequence[Table], *, title: str) -> bytes:
    """An XLSX file: numbers stay numbers, texts are never run as formulas."""
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": title})
        for table in tables:
            _write(book, table)
    return written.getvalue()


def _write(book: Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.name[:SHEET_NAME])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {unit: book.add_format({"num_format": FORMATS[unit]}) for unit in FORMATS}
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, table.head, head)
    for row, (cells, units) in enumerate(zip(table.rows, table.units, strict=True), 1):
        for column, (cell, unit) in enumerate(zip(cells, units, strict=True)):
            if isinstance(cell, Decimal):
                sheet.write_number(row, column, float(cell), formats[unit or "score"])
            elif cell:
                sheet.write_string(row, column, cell, plain)
    widths = [max([len(str(one[column] or "")) for one in table.rows], default=0) for column in range(len(table.head))]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width, 10) + 2, WIDEST))
    sheet.freeze_panes(1, 1)
