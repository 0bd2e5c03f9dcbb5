"""The filters that lead from a figure of a report to its cases: in addresses, and said in words above the list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api.pages import report_words
from api.pages.language import language
from api.pages.texts import gettext
from engine.errors import Invalid
from processes.case_list import Wanted
from processes.reports import periods, report
from processes.reports.asking import DIMENSIONS
from processes.reports.behind import Behind

LIKE = tuple(name for name in DIMENSIONS if name != "level")  # the list has a filter of its own for levels
SELECTED = ("category", "channel")  # have a place in the form; the others are only taken away
LONGEST = 200


def like(given: Mapping[str, str]) -> dict[str, str]:
    """The values cases are asked to have."""
    return {name: given[name][:LONGEST] for name in LIKE if given.get(name)}


def behind(given: Mapping[str, str]) -> Behind | None:
    """The figure whose cases are asked for; what is none is left out."""
    figure = report.FIGURES.get(given.get("figure", ""))
    if figure is None:
        return None
    missed = given.get("part") == "missed" and figure.missed_cases is not None
    try:
        period = periods.read(given.get("period"))
    except Invalid:
        return None
    return Behind(figure=figure.id, part="missed" if missed else "all", period=period)


def args(wanted: Wanted) -> dict[str, Any]:
    """Both as parts of an address."""
    found: dict[str, Any] = dict(wanted.like)
    if wanted.behind is not None:
        missed = wanted.behind.part == "missed"
        found |= {"figure": wanted.behind.figure, "part": "missed" if missed else None, "period": wanted.behind.period.key}
    return found


def chips(session: Session, wanted: Wanted, filters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the form has no place for, in words, each with the address without it."""
    found = []
    if wanted.behind is not None:
        found.append((_said(wanted.behind), _without(filters, "figure", "part", "period")))
    for name, value in wanted.like.items():
        if name not in SELECTED or "," in value:
            names = report_words.GroupNames(session, name, value.split(","))
            said = gettext(", ").join(names(one) for one in value.split(","))
            found.append((f"{report_words.dimension_name(name)}: {said}", _without(filters, name)))
    return found


def _said(asked: Behind) -> str:
    figure = report.figure(asked.figure)
    name = figure.name.said(language())
    if asked.part == "missed" and figure.missed is not None:
        name = f"{name}: {figure.missed.said(language())}"
    return f"{name} ({report_words.period_name(asked.period)})"


def _without(filters: Mapping[str, Any], *names: str) -> str:
    return url_for("pages.complaints", **{name: value for name, value in filters.items() if name not in names})
