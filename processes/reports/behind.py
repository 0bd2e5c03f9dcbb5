"""The cases a figure stands for: what a list shows to who wants to know which they are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from engine.errors import Invalid, Problem
from processes.reports import report
from processes.reports.figure import Part
from processes.reports.periods import Period


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The cases one figure of one period was counted from (`all`), or those of them that need a look (`missed`)."""

    figure: str
    part: Part
    period: Period


def condition(asked: Behind) -> ColumnElement[bool]:
    """On `complaint`. Invalid: the figure has no such cases."""
    figure = report.figure(asked.figure)
    found = figure.missed_cases if asked.part == "missed" else figure.all_cases
    if found is None:
        message = f"The figure '{asked.figure}' has no cases that need a look."
        raise Invalid(problems=[Problem(code="UNKNOWN", pointer="/part", message=message)])
    return found(asked.period)
