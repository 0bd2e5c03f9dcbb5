"""Reports: the figures of data_and_kpis.md 5 for a period, their course, told apart, and how each is counted."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import NAME, SHORT, Input, Output, many, maybe, shown, text, truth
from processes.reports import overview, periods, report
from processes.reports.asking import DIMENSIONS
from processes.reports.figure import Figure, Value
from processes.reports.overview import Scope
from processes.reports.periods import Period
from processes.reports.report import Values

resource = Resource("reports", "/reports", "Reports: what the records hold so far, counted. No customer is named in them.")
NUMBER = r"^-?\d+(\.\d+)?$"


def number(description: str) -> fields.String:
    """A number as output: a decimal as text, or null where there is nothing to count."""
    return fields.String(required=True, allow_none=True, metadata={"pattern": NUMBER, "description": description, "examples": ["97.5"]})


class ReportQuery(Input):
    """Which period, and whose cases: several values are parted by commas, `none` are those without one."""

    period = text(SHORT, metadata={"description": f"Written as {periods.EXAMPLES}; the month it is without one.", "example": "2026-09"})
    category = text(NAME)
    level = text(NAME)
    channel = text(NAME)
    department = text(NAME)
    owner = text(NAME)
    cause = text(NAME)


class BreakdownQuery(ReportQuery):
    """And by what they are told apart."""

    by = fields.String(required=True, validate=validate.OneOf(list(DIMENSIONS)))


class ReportPeriod(Output):
    """Whole local days, the last one included."""

    period = shown(example="2026-09")
    first = shown(example="2026-09-01")
    last = shown(example="2026-09-30")
    ended = truth("Whether nothing more can happen in it.")


class FigureValue(Output):
    """A figure as it came out."""

    figure = shown("Its id, as in the definitions.", example="first-response")
    value = number("In the unit of its definition; null where there is nothing to count.")
    numerator = number("What was counted: cases, seconds or cents.")
    denominator = number("Of how many; null for a plain count.")
    standing = fields.String(required=True, allow_none=True, validate=validate.OneOf(["met", "missed", None]))


class PeriodFigures(ReportPeriod):
    """A period with its figures."""

    figures = many(FigureValue)


class ReportFigures(PeriodFigures):
    """A period beside the one before and the same of the year before (null where that is the same, or overlaps)."""

    before = fields.Nested(PeriodFigures, required=True)
    year_before = fields.Nested(PeriodFigures, required=True, allow_none=True)


class ReportCourse(Output):
    """The periods a chart shows, in order."""

    items = many(PeriodFigures)


class GroupFigures(Output):
    """One value of the dimension."""

    value = shown("`none`: the cases that have none.", example="DL")
    figures = many(FigureValue)


class ReportBreakdown(ReportPeriod):
    """A period told apart, the value with most complaints first."""

    by = shown(example="category")
    groups = many(GroupFigures)


class FigureDefinition(Output):
    """How a figure is counted."""

    figure = shown(example="first-response")
    name = shown()
    name_zh = shown()
    unit = fields.String(required=True, validate=validate.OneOf(["cases", "percent", "hours", "days", "score", "money"]))
    counted = shown("The numerator.")
    of = maybe("The denominator.")
    time = shown("Which time decides in which period a case counts.")
    source = shown(example="KPI-01 (S2-15)")
    target = number("The red line.")
    aim = number("What is hoped for beyond it.")
    better = fields.String(required=True, allow_none=True, validate=validate.OneOf(["more", "less", None]))


class FigureDefinitions(Output):
    """All of them."""

    items = many(FigureDefinition)


def _asked(session: Session, call: Call) -> tuple[Period, Scope]:
    departments = permissions.report_departments(session, call.actor)
    only = {name: call.query[name] for name in DIMENSIONS if name in call.query}
    return periods.read(call.query.get("period")), Scope(only=only, departments=departments)


def _period(period: Period) -> dict[str, Any]:
    return {"period": period.key, "first": str(period.first), "last": str(period.last), "ended": period.has_ended}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}" if value else "0"


def _value(one: Value) -> dict[str, Any]:
    numbers = {"value": _text(one.value), "numerator": _text(one.numerator), "denominator": _text(one.denominator)}
    return {"figure": one.figure.id, **numbers, "standing": one.standing}


def _figures(values: Values) -> dict[str, Any]:
    return {"figures": [_value(one) for one in values.values()]}


@resource.get("/figures")
@reads(query=ReportQuery, answers={200: ReportFigures})
def figures(session: Session, call: Call) -> Answer:
    """The figures of a period, beside what they are compared with. Who manages a department sees that of the department."""
    period, scope = _asked(session, call)
    found = overview.over_time(session, period, scope)
    compared: Mapping[str, Period | None] = {"before": found.before, "year_before": found.year_before}
    others = {name: None if one is None else _period(one) | _figures(found.of(one)) for name, one in compared.items()}
    return Answer(body=_period(period) | _figures(found.of(period)) | others)


@resource.get("/course")
@reads(query=ReportQuery, answers={200: ReportCourse})
def course(session: Session, call: Call) -> Answer:
    """The figures of the periods around: of a month the twelve before it, of a year its months."""
    period, scope = _asked(session, call)
    found = overview.over_time(session, period, scope)
    return Answer(body={"items": [_period(one) | _figures(found.of(one)) for one in found.course]})


@resource.get("/breakdown")
@reads(query=BreakdownQuery, answers={200: ReportBreakdown})
def breakdown(session: Session, call: Call) -> Answer:
    """The figures of a period for each category, level, channel, department, owner or cause."""
    period, scope = _asked(session, call)
    found = overview.by_dimension(session, period, scope, by=call.query["by"])
    groups = [{"value": one, **_figures(found.of(period, one))} for one in found.groups()]
    return Answer(body=_period(period) | {"by": call.query["by"], "groups": groups})


@resource.get("/definitions")
@reads(answers={200: FigureDefinitions})
def definitions(session: Session, call: Call) -> Answer:
    """How every figure is counted."""
    permissions.report_departments(session, call.actor)
    return Answer(body={"items": [_definition(one) for one in report.FIGURES.values()]})


def _definition(one: Figure) -> dict[str, Any]:
    words = {
        "name": one.name.en,
        "name_zh": one.name.zh,
        "counted": one.counted.en,
        "of": one.of.en if one.of else None,
        "time": one.time.en,
    }
    targets = {"target": _text(one.target), "aim": _text(one.aim), "better": one.better}
    return {"figure": one.id, "unit": one.unit, **words, "source": one.source, **targets}
