"""How long cases took, from receipt to resolution, in working time."""

from decimal import Decimal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from engine.calendars import WORKING_DAY
from processes.reports.asking import Asked
from processes.reports.figure import Figure
from processes.reports.populations import COUNTED, resolved_in
from processes.reports.sql import Cells, Middle, counted, lies_in, number_of, spans, value_of
from processes.reports.words import Words
from processes.tables.cases import Complaint

DAY = int(WORKING_DAY.total_seconds())
PROMISED_DAYS = 5
LIMIT = PROMISED_DAYS * DAY
RESOLVED_IN_PERIOD = Words(
    "Resolved in the period, for the last time. A working day has 8 working hours; pauses are not taken off.",
    "在该期间内（最后一次）办结。1 个工作日为 8 个工作小时，不扣除暂停时间。",
)
RESOLVED = Words("Cases resolved.", "已办结的案件。")


def count(session: Session, asked: Asked) -> Cells:
    """Resolved, within five working days, the seconds all of them took, and the middle one of them."""
    span, seconds = spans(asked), Complaint.handled_seconds
    statement = (
        select(
            span.c.no.label("span_no"),
            value_of(asked).label("group_value"),
            func.count().label("resolved"),
            number_of(seconds <= LIMIT).label("resolved_in_time"),
            func.sum(seconds).label("handling_seconds"),
            Middle(seconds).label("middle_seconds"),
            (2 - func.count() % 2).label("middle"),
        )
        .select_from(span)
        .join(Complaint, lies_in(Complaint.resolved_at, span))
        .where(COUNTED, seconds.is_not(None), *asked.conditions())
        .group_by("span_no", "group_value")
    )
    return counted(session, asked, statement)


FIGURES = (
    Figure(
        id="resolution",
        unit="percent",
        name=Words("Resolved within 5 working days", "5 个工作日办结率"),
        counted=Words("Those that took at most 5 working days from receipt to resolution.", "从收到到办结不超过 5 个工作日的案件。"),
        of=RESOLVED,
        time=RESOLVED_IN_PERIOD,
        source="KPI-07 (S2-17)",
        numerator=("resolved_in_time",),
        denominator=("resolved",),
        better="more",
        missed=Words("took longer", "超过 5 个工作日"),
        all_cases=resolved_in,
        missed_cases=lambda period: and_(resolved_in(period), Complaint.handled_seconds > LIMIT),
    ),
    Figure(
        id="handling-days",
        unit="days",
        name=Words("Mean handling time", "平均处理时间"),
        counted=Words("The working days from receipt to resolution, added up.", "从收到到办结的工作日之和。"),
        of=RESOLVED,
        time=RESOLVED_IN_PERIOD,
        source="KPI-07 (S2-17, S3-16)",
        numerator=("handling_seconds",),
        denominator=("resolved",),
        per=DAY,
        target=Decimal(PROMISED_DAYS),
        aim=Decimal("3.2"),
        better="less",
        all_cases=resolved_in,
    ),
    Figure(
        id="handling-median",
        unit="days",
        name=Words("Median handling time", "处理时间中位数"),
        counted=Words(
            "The working days of the case in the middle, when all are put in the order of how long they took; of two, their mean.",
            "按处理时间排序后居中案件的工作日数；居中有两件时取平均。",
        ),
        of=RESOLVED,
        time=RESOLVED_IN_PERIOD,
        source="KPI-07 (S2-17, S3-16)",
        numerator=("middle_seconds",),
        denominator=("middle",),
        of_cases=False,
        per=DAY,
        target=Decimal(PROMISED_DAYS),
        better="less",
        all_cases=resolved_in,
    ),
)
