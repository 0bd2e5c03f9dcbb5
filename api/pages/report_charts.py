"""What a chart shows, as data for the chart library and as a table; the texts are made here, the browser only draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.pages import report_words
from api.pages.language import language
from api.pages.texts import gettext, lazy_gettext
from processes.reports import report
from processes.reports.figure import Figure, Value
from processes.reports.overview import Overview
from processes.reports.report import Values


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A chart of the overview: `figures` share one unit; the lines are the red line and the aim of the first."""

    id: str
    title: Any
    kind: str  # bars | line
    figures: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart with its table. `data` goes to the browser; `head` and `rows` are the table."""

    id: str
    title: str
    figures: Sequence[Figure]
    current: Value
    label: str
    data: Mapping[str, Any]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


PLANS = (
    Plan(id="volume", title=lazy_gettext("Received and closed"), kind="bars", figures=("received", "closed", "open")),
    Plan(id="response", title=lazy_gettext("First response within 24 hours"), kind="line", figures=("first-response",)),
    Plan(id="response-time", title=lazy_gettext("Time to first response"), kind="bars", figures=("first-response-hours",)),
    Plan(id="resolution", title=lazy_gettext("Resolved within 5 working days"), kind="line", figures=("resolution",)),
    Plan(id="handling", title=lazy_gettext("Handling time"), kind="line", figures=("handling-days", "handling-median")),
    Plan(id="closing", title=lazy_gettext("Closing rate"), kind="line", figures=("closing",)),
    Plan(id="overdue", title=lazy_gettext("Overdue cases"), kind="bars", figures=("overdue", "overdue-any")),
    Plan(id="satisfaction", title=lazy_gettext("Satisfied customers"), kind="line", figures=("satisfaction",)),
    Plan(id="compensation", title=lazy_gettext("Compensation paid"), kind="bars", figures=("compensation",)),
    Plan(id="quality", title=lazy_gettext("Reopened and repeated"), kind="bars", figures=("reopened", "repeated")),
)


def of_course(overview: Overview) -> list[Chart]:
    """Every chart of the overview."""
    names = [report_words.short_name(one) for one in overview.course]
    values = [overview.of(one) for one in overview.course]
    current = overview.course.index(overview.period) if overview.period in overview.course else None
    return [_chart(plan, overview, names, values, current) for plan in PLANS]


def _chart(plan: Plan, overview: Overview, names: Sequence[str], values: Sequence[Values], current: int | None) -> Chart:
    figures = [report.figure(id) for id in plan.figures]
    now = overview.of(overview.period)[plan.figures[0]]
    return Chart(
        id=plan.id,
        title=str(plan.title),
        figures=figures,
        current=now,
        label=gettext(
            "%(title)s, %(first)s to %(last)s; the numbers are in the table.", title=str(plan.title), first=names[0], last=names[-1]
        ),
        data={
            "kind": plan.kind,
            "names": names,
            "current": current,
            "series": [_series(one, [value[one.id] for value in values]) for one in figures],
            "lines": lines(figures[0]),
            "percent": figures[0].unit == "percent",
            "axis": report_words.on_axis(figures[0].unit),
        },
        head=[gettext("Period"), *_head(figures)],
        rows=[[report_words.period_name(one), *_cells(figures, value)] for one, value in zip(overview.course, values, strict=True)],
    )


def _head(figures: Sequence[Figure]) -> list[str]:
    return [text for one in figures for text in (one.name.said(language()), *([gettext("of")] if _has_of(one) else []))]


def _cells(figures: Sequence[Figure], values: Values) -> list[str]:
    return [text for one in figures for text in (report_words.shown(values[one.id]), *([of_many(values[one.id])] if _has_of(one) else []))]


def _has_of(figure: Figure) -> bool:
    """Whether its table says of how many cases."""
    return figure.of is not None and figure.of_cases


def of_many(value: Value) -> str:
    """Of how many, where it is a share or a mean."""
    return "" if value.denominator is None else report_words.amount(Decimal(int(value.denominator)), "cases")


def _series(figure: Figure, values: Sequence[Value]) -> dict[str, Any]:
    return {
        "name": figure.name.said(language()),
        "values": [None if one.value is None else float(one.value) for one in values],
        "shown": [report_words.shown(one) for one in values],
        "missed": [one.standing == "missed" for one in values],
    }


def lines(figure: Figure) -> list[dict[str, Any]]:
    """The red line, and what is aimed at beyond it."""
    found = [("red", gettext("Red line"), figure.target), ("aim", gettext("Aim"), figure.aim)]
    return [
        {"kind": kind, "name": f"{name} {report_words.limit(value, figure.unit)}", "value": float(value)}
        for kind, name, value in found
        if value is not None
    ]


def of_groups(overview: Overview, figure: Figure, groups: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """A bar for each value of a dimension, the period before beside it."""
    now = [overview.of(overview.period, one)[figure.id] for one in groups]
    then = [overview.of(overview.before, one)[figure.id] for one in groups]
    series = [_series(figure, now) | {"name": report_words.period_name(overview.period)}]
    series.append(_series(figure, then) | {"name": report_words.period_name(overview.before), "missed": [False] * len(then)})
    return {
        "kind": "groups",
        "names": list(names),
        "current": None,
        "series": series,
        "lines": lines(figure),
        "percent": figure.unit == "percent",
        "axis": report_words.on_axis(figure.unit),
    }
