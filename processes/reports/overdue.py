"""How many cases missed a date: the one promised for their resolution, or any."""

from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from processes.reports.asking import Asked, written
from processes.reports.figure import Figure
from processes.reports.lateness import NOT_HELD, OWN, PROMISE, late
from processes.reports.periods import Period
from processes.reports.populations import ANSWERABLE, closed_in
from processes.reports.sql import Cell, Cells, lies_in, number_of, spans, value_of
from processes.reports.words import Words
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

COUNTS = ("due_elsewhere", "overdue", "overdue_any", "moved")  # moved: to who owned the case when the date passed, from who does now
_ENDS = and_(PROMISE, SlaClock.result != "cancelled", NOT_HELD)


def count(session: Session, asked: Asked) -> Cells:
    """Cases due in each span and not closed in it (those closed there are counted with `closed`); and of all of them, those
    that missed their date of resolution, and those that missed any date.

    Few cases miss a date, so these are looked for from the missed dates on, and the many that are closed in time not at all.
    """
    found: dict[Cell, dict[str, float]] = {}

    def add(span: int, group: str, **amounts: float) -> None:
        counts = found.setdefault((span, group), dict.fromkeys(COUNTS, 0.0))
        for name, amount in amounts.items():
            counts[name] += amount

    span = spans(asked)
    due = _due_elsewhere(asked, span)
    for row in session.execute(union_all(_due(due), _late(asked, span, due))).mappings():
        number, of, charged = row["span_no"], *(written(row[name]) if asked.by else "" for name in ("value", "charged"))
        add(number, of, due_elsewhere=row["due_elsewhere"], moved=-row["overdue_any"])
        add(number, charged, overdue=row["overdue"], overdue_any=row["overdue_any"], moved=row["overdue_any"])
    return dict(found)


def _due_elsewhere(asked: Asked, span: CTE) -> CTE:
    """Each case once in each span it was due in and not closed in."""
    return (
        select(Complaint.id.label("complaint_id"), span.c.no.label("span_no"), value_of(asked).label("value"))
        .select_from(span)
        .join(SlaClock, lies_in(SlaClock.due, span))
        .join(Complaint, Complaint.id == SlaClock.complaint_id)
        .where(_ENDS, or_(Complaint.closed_at.is_(None), not_(lies_in(Complaint.closed_at, span))))
        .where(ANSWERABLE, *asked.conditions())
        .distinct()
        .cte("due")
    )


def _due(due: CTE) -> Select[Any]:
    columns = (due.c.span_no, due.c.value, due.c.value.label("charged"), func.count().label("due_elsewhere"))
    return select(*columns, literal(0).label("overdue"), literal(0).label("overdue_any")).group_by("span_no", "value")


def _late(asked: Asked, span: CTE, due: CTE) -> Select[Any]:
    late = _late_concerned(asked, span, due)
    charged = func.coalesce(late.c.charged_to, late.c.value) if asked.by == "owner" else late.c.value
    counts = (literal(0).label("due_elsewhere"), number_of(late.c.promises > 0).label("overdue"), func.count().label("overdue_any"))
    return select(late.c.span_no, late.c.value, charged.label("charged"), *counts).group_by("span_no", "value", "charged")


def _late_concerned(asked: Asked, span: CTE, due: CTE) -> Any:
    """Each case with a missed date once in each span it was closed or due in."""
    missed = _missed()
    of_case = (missed.c.promises, missed.c.charged_to)
    closed = (
        select(span.c.no.label("span_no"), value_of(asked).label("value"), *of_case)
        .select_from(missed)
        .join(Complaint, Complaint.id == missed.c.complaint_id)
        .join(span, lies_in(Complaint.closed_at, span))
        .where(ANSWERABLE, *asked.conditions())
    )
    found = select(due.c.span_no, due.c.value, *of_case).select_from(due).join(missed, missed.c.complaint_id == due.c.complaint_id)
    return union_all(closed, found).subquery()


def _missed() -> Any:
    """Each case with a missed date: how many promises were missed, and who owned it then (the case is charged to him or her)."""
    return (
        select(
            SlaClock.complaint_id,
            number_of(PROMISE).label("promises"),
            func.max(SlaClock.charged_to).filter(PROMISE).label("charged_to"),
        )
        .where(OWN, late())
        .group_by(SlaClock.complaint_id)
        .cte("missed")
    )


def _all(period: Period) -> ColumnElement[bool]:
    due = select(SlaClock.id).where(SlaClock.complaint_id == Complaint.id, _ENDS, SlaClock.due >= period.start, SlaClock.due < period.end)
    return and_(ANSWERABLE, or_(closed_in(period), exists(due.correlate(Complaint))))


def _late_cases(period: Period, kind: ColumnElement[bool]) -> ColumnElement[bool]:
    clocks = select(SlaClock.id).where(SlaClock.complaint_id == Complaint.id, kind, late())
    return and_(_all(period), exists(clocks.correlate(Complaint)))


ENDED_OR_DUE = Words(
    "Cases that could be answered and were closed, or due to be resolved, in the period.", "可答复且在该期间内结案或应办结的案件。"
)
WHEN = Words(
    "Closed or due in the period; late is what is known today. Due dates are in working time and move with pauses. "
    "Of owners: who had the case when the date passed.",
    "结案或到期时间在该期间内；是否逾期以目前所知为准。到期日按工作时间计算，随暂停顺延。按责任人统计时，计入逾期当时的责任人。",
)
FIGURES = (
    Figure(
        id="overdue",
        unit="percent",
        name=Words("Overdue", "逾期率"),
        counted=Words("Those that missed the date of their resolution, promised or statutory.", "超过承诺或法定办结期限的案件。"),
        of=ENDED_OR_DUE,
        time=WHEN,
        source="KPI-06 (S0-31)",
        numerator=("overdue",),
        denominator=("closed_answerable", "due_elsewhere", "moved"),
        target=Decimal(5),
        better="less",
        missed=Words("past their date", "已逾期"),
        all_cases=_all,
        missed_cases=lambda period: _late_cases(period, PROMISE),
    ),
    Figure(
        id="overdue-any",
        unit="percent",
        name=Words("Missed any deadline", "任一时限逾期率"),
        counted=Words("Those that missed any deadline: of a step, a response, a payment.", "任一时限（步骤、响应、付款等）逾期的案件。"),
        of=ENDED_OR_DUE,
        time=WHEN,
        source="KPI-06a (S2-02)",
        numerator=("overdue_any",),
        denominator=("closed_answerable", "due_elsewhere", "moved"),
        target=Decimal(10),
        better="less",
        missed=Words("missed a deadline", "有时限逾期"),
        all_cases=_all,
        missed_cases=lambda period: _late_cases(period, OWN),
    ),
)
