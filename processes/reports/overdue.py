"""How many cases missed a date: the one promised for their resolution, or any."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, union_all
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
    concerned, missed = _concerned(asked), _missed()
    value = concerned.c.value
    statement = (
        select(
            concerned.c.span_no,
            (func.coalesce(missed.c.charged_to, value) if asked.by == "owner" else value).label("group_value"),
            func.count().label("ended_or_due"),
            number_of(missed.c.promises > 0).label("overdue"),
            number_of(missed.c.complaint_id.is_not(None)).label("overdue_any"),
        )
        .select_from(concerned)
        .outerjoin(missed, missed.c.complaint_id == concerned.c.id)
        .group_by("span_no", "group_value")
    )
    return counted(session, asked, statement)


def _concerned(asked: Asked) -> Any:
    """Each case once in each span it was closed or due in: those closed there, and those due there that were not."""
    span, value = spans(asked), value_of(asked)
    cases = select(Complaint.id.label("id"), span.c.no.label("span_no"), value.label("value")).select_from(span)
    closed = cases.join(Complaint, lies_in(Complaint.closed_at, span))
    due = cases.join(SlaClock, lies_in(SlaClock.due, span)).join(Complaint, Complaint.id == SlaClock.complaint_id)
    closed_elsewhere = or_(Complaint.closed_at.is_(None), not_(lies_in(Complaint.closed_at, span)))
    of_these = (ANSWERABLE, *asked.conditions())
    return union_all(closed.where(*of_these), due.where(_ENDS, closed_elsewhere, *of_these).distinct()).subquery()


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
