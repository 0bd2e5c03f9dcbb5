"""The figures of a period beside what they are compared with, and among the periods around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from processes.reports import periods, report
from processes.reports.asking import Asked
from processes.reports.periods import Period
from processes.reports.report import Report, Values


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose cases are counted: those with these values (`{"category": "DL"}`), of these departments (None: of all)."""

    only: Mapping[str, str] = field(default_factory=dict)
    departments: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`before` is the period before, `year_before` the same of the year before (only over time), `course` those a chart shows."""

    period: Period
    before: Period
    year_before: Period | None
    course: Sequence[Period]
    report: Report

    def of(self, period: Period, group: str = "") -> Values:
        """The figures of one of these periods (of one value of the dimension)."""
        return self.report.values(self.report.asked.spans.index(period), group)

    def groups(self) -> list[str]:
        """The values of the dimension that occur in the period, the one with most complaints first."""
        return self.report.groups()


def over_time(session: Session, period: Period, scope: Scope) -> Overview:
    """Everything about one period: its figures, what they are compared with, and their course."""
    return _count(session, period, scope, course=periods.course(period))


def by_dimension(session: Session, period: Period, scope: Scope, *, by: str) -> Overview:
    """The figures of a period, told apart."""
    return _count(session, period, scope, by=by)


def _count(session: Session, period: Period, scope: Scope, *, course: Sequence[Period] = (), by: str | None = None) -> Overview:
    before, year_before = periods.before(period), periods.year_before(period) if by is None else None
    compared = (before,) if year_before is None else (before, year_before)
    spans = list(dict.fromkeys((period, *compared, *course)))  # the period itself is the first
    asked = Asked(spans=spans, by=by, only=scope.only, departments=scope.departments)
    return Overview(period=period, before=before, year_before=year_before, course=course, report=report.count(session, asked))
