"""How many cases missed a date: the one promised for their resolution, or any."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session

from processes.reports.asking import Asked
from processes.reports.figure import Figure
from processes.reports.lateness import NOT_HELD, OWN, PROMISE, late
from processes.reports.periods import Period
from processes.reports.populations import ANSWERABLE, closed_in
from processes.reports.sql import Cells, counted, lies_in, number_of, spans, value_of
from processes.reports.words import Words
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

_ENDS = and_(PROMISE, SlaClock.result != "cancelled", NOT_HELD)


def count(session: Session, asked: Asked) -> Cells:
    """Cases closed or due in each span; those of them that missed their date of resolution, and those that missed any date."""
    concerned = _concerned(asked)
    missed = _missed()
    statement = (
        select(
            concerned.c.span_no,
            value_of(asked, {"owner": func.coalesce(missed.c.charged_to, Complaint.case_owner)}).label("group_value"),
            func.count().label("ended_or_due"),
            number_of(missed.c.promises > 0).label("overdue"),
            number_of(missed.c.complaint_id.is_not(None)).label("overdue_any"),
        )
        .select_from(concerned)
        .join(Complaint, Complaint.id == concerned.c.id)
        .outerjoin(missed, missed.c.complaint_id == Complaint.id)
        .where(ANSWERABLE, *asked.conditions())
        .group_by("span_no", "group_value")
    )
    return counted(session, asked, statement)


def _concerned(asked: Asked) -> Any:
    """Each case once in each span it was closed or due in."""
    span = spans(asked)
    closed = select(Complaint.id.label("id"), span.c.no.label("span_no")).join_from(span, Complaint, lies_in(Complaint.closed_at, span))
    due = select(SlaClock.complaint_id, span.c.no).join_from(span, SlaClock, lies_in(SlaClock.due, span)).where(_ENDS)
    return union(closed.where(ANSWERABLE), due).subquery()


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
        .subquery()
    )


def _all(period: Period) -> ColumnElement[bool]:
    due = select(SlaClock.id).where(SlaClock.complaint_id == Complaint.id, _ENDS, SlaClock.due >= period.start, SlaClock.due < period.end)
    return and_(ANSWERABLE, or_(closed_in(period), exists(due.correlate(Complaint))))


def _late(period: Period, kind: ColumnElement[bool]) -> ColumnElement[bool]:
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
        denominator=("ended_or_due",),
        target=Decimal(5),
        better="less",
        missed=Words("past their date", "已逾期"),
        all_cases=_all,
        missed_cases=lambda period: _late(period, PROMISE),
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
        denominator=("ended_or_due",),
        target=Decimal(10),
        better="less",
        missed=Words("missed a deadline", "有时限逾期"),
        all_cases=_all,
        missed_cases=lambda period: _late(period, OWN),
    ),
)
