"""Reports for managers: the figures of a period, their course, told apart, as files; the cases behind each are a click away."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from api import permissions
from api.pages import csv_export, door, report_charts, report_tables, report_tiles, report_words
from api.pages.report_tiles import Links
from api.pages.texts import gettext, local
from engine import clock, operations
from engine.errors import Invalid, NotFound
from processes import people
from processes.reports import asking, overview, periods, report
from processes.reports.asking import DIMENSIONS
from processes.reports.figure import Value
from processes.reports.overview import Overview, Scope
from processes.reports.periods import KINDS, Period

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 200
COLUMNS = (
    "received",
    "closed",
    "open",
    "first-response",
    "handling-days",
    "closing",
    "overdue",
    "reopened",
    "satisfaction",
    "compensation",
)


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/reports", "reports", shown)
    pages.add_url_rule("/reports/by/<string:by>", "report_by", told_apart)
    pages.add_url_rule("/reports/definitions", "report_definitions", defined)
    pages.add_url_rule("/reports/export", "export_report", export, methods=["POST"])


def shown() -> str:
    """The figures of a period and their course."""
    period, problem = _period(request.args)
    with door.reads() as session:
        scope = _scope(session, request.args)
        found = overview.over_time(session, period, scope)
        frame = _frame(session, found.period, scope, "overview")
    return render_template(
        "reports/overview.html",
        tiles=report_tiles.of_period(found, Links(period, scope)),
        charts=report_charts.of_course(found),
        problem=problem,
        **frame,
    )


def told_apart(by: str) -> str:
    """The figures of a period for each category, level, channel, department, owner or cause."""
    if by not in DIMENSIONS:
        raise NotFound(kind="page", id=by)
    period, problem = _period(request.args)
    chosen = request.args.get("figure", "")
    figure = report.FIGURES[chosen if chosen in COLUMNS else COLUMNS[0]]
    with door.reads() as session:
        scope = _scope(session, request.args)
        found = overview.by_dimension(session, period, scope, by=by)
        groups = found.groups()
        names = report_words.GroupNames(session, by, groups)
        frame = _frame(session, period, scope, by)
    return render_template(
        "reports/by.html",
        by=by,
        figure=figure,
        figures=[report.FIGURES[id] for id in COLUMNS],
        rows=_rows(found, groups, names, by, scope),
        data=report_charts.of_groups(found, figure, groups, [names(one) for one in groups]),
        problem=problem,
        **frame,
    )


def _rows(found: Overview, groups: Sequence[str], names: report_words.GroupNames, by: str, scope: Scope) -> list[dict[str, Any]]:
    links = Links(found.period, scope)
    return [
        {
            "name": names(one),
            "url": url_for("pages.reports", **_given(found.period, scope) | {by: one}),
            "cells": [_cell(found.of(found.period, one)[id], links, {by: one}) for id in COLUMNS],
        }
        for one in groups
    ]


def _cell(value: Value, links: Links, like: Mapping[str, str]) -> dict[str, Any]:
    shown = report_words.shown(value)
    return {
        "name": value.figure.name,
        "shown": shown,
        "missed": value.standing == "missed",
        "title": report_tiles.parts(value),
        "url": links.cases(value.figure, "missed" if value.missed else "all", **like) if value.numerator or value.denominator else "",
    }


def defined() -> str:
    """How every figure is counted."""
    with door.reads() as session:
        permissions.report_departments(session, door.actor())
    return render_template(
        "reports/definitions.html", figures=list(report.FIGURES.values()), targets=report_tiles.target, tabs=_tabs({}, "how")
    )


def _period(given: Mapping[str, str]) -> tuple[Period, str]:
    """The period of the address, and what is wrong with one that is none: then it is the month it is."""
    text = f"{given['from']}..{given['to']}" if given.get("from") and given.get("to") else given.get("period")
    try:
        return periods.read(text), ""
    except Invalid:
        return periods.read(None), gettext(
            "These are no days of a period. The first must not come after the last, and ten years are the most."
        )


def _scope(session: Session, given: Mapping[str, str]) -> Scope:
    departments = permissions.report_departments(session, door.actor())
    only = {name: given[name][:LONGEST] for name in DIMENSIONS if given.get(name)}
    return Scope(only=only, departments=departments)


def _frame(session: Session, period: Period, scope: Scope, current: str) -> dict[str, Any]:
    """What every page of reports has: the way through time, the tabs, what it is narrowed to."""
    given = _given(period, scope)
    follows = periods.after(period)
    endpoint = "pages.reports" if current == "overview" else "pages.report_by"
    more: dict[str, Any] = {} if current == "overview" else {"by": current, "figure": request.args.get("figure")}

    def at(other: Period) -> str:
        return url_for(endpoint, **more, **given | {"period": other.key})

    middle = min(period.last, periods.today())
    return {
        "period": period,
        "title": report_words.period_name(period),
        "before_url": at(periods.before(period)),
        "after_url": at(follows) if follows else None,
        "kinds": [(_kind_name(kind), at(periods.containing(middle, kind)), kind == period.kind) for kind in KINDS],
        "first": period.first,
        "last": min(period.last, periods.today()) if period.first <= periods.today() else period.last,
        "latest": date(periods.LAST_YEAR, 12, 31),
        "given": given,
        "narrowed": _narrowed(session, period, scope, endpoint, more),
        "departments": _department_names(session, scope),
        "tabs": _tabs(given, current),
        "form_url": url_for(endpoint, **more),
    }


def _given(period: Period, scope: Scope) -> dict[str, Any]:
    """Period and filters as parts of an address."""
    return {"period": period.key, **scope.only}


def _kind_name(kind: str) -> str:
    return {"month": gettext("Month"), "quarter": gettext("Quarter"), "half": gettext("Half-year"), "year": gettext("Year")}[kind]


def _narrowed(session: Session, period: Period, scope: Scope, endpoint: str, more: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the report is narrowed to, each with the address without it."""
    found = []
    for name, value in scope.only.items():
        names = report_words.GroupNames(session, name, value.split(","))
        said = gettext(", ").join(names(one) for one in value.split(","))
        others = {other: it for other, it in _given(period, scope).items() if other != name}
        found.append((f"{report_words.dimension_name(name)}: {said}", url_for(endpoint, **more, **others)))
    return found


def _department_names(session: Session, scope: Scope) -> str | None:
    """The departments a manager sees; None for who sees all."""
    if scope.departments is None:
        return None
    names = report_words.GroupNames(session, "department", scope.departments)
    return gettext(", ").join(names(one) for one in sorted(scope.departments))


def _tabs(given: Mapping[str, Any], current: str) -> list[tuple[str, str, bool]]:
    by = [(report_words.dimension_name(name), url_for("pages.report_by", by=name, **given), name == current) for name in DIMENSIONS]
    how = (gettext("How it is counted"), url_for("pages.report_definitions"), current == "how")
    return [(gettext("Overview"), url_for("pages.reports", **given), current == "overview"), *by, how]


def export() -> Response:
    """The report as a file; that somebody took it out of the house is written down first."""
    period, _ = _period(request.form)
    by, kind = request.form.get("by", ""), request.form.get("format", "csv")
    actor = door.actor()
    with door.reads() as session:
        scope = _scope(session, request.form)
        tables = list(_tables(session, period, scope, by, kind))
    with door.writes() as session:
        told = {"report": by or "overview", "format": kind, **_given(period, scope)}
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table="report", **told)
    name = f"report-{period.key.replace('..', '-')}-{local(clock.now()):%Y%m%d-%H%M}"
    if kind == "xlsx":
        title = gettext("Complaints, %(period)s", period=report_words.period_name(period))
        return _file(report_tables.workbook(tables, title=title), f"{name}.xlsx")
    return csv_export.response(name, tables[0].head, [["" if cell is None else cell for cell in row] for row in tables[0].rows])


def _tables(session: Session, period: Period, scope: Scope, by: str, kind: str) -> Sequence[report_tables.Table]:
    if kind == "xlsx":
        return list(report_tables.everything(session, period, scope))
    if by:
        return [report_tables.groups(session, overview.by_dimension(session, period, scope, by=asking.dimension(by)), by)]
    return [report_tables.figures(overview.over_time(session, period, scope))]


def _file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
