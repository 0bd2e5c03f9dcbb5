"""How soon somebody spoke to the customer: within 24 hours of the wall, weekends included."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, not_, or_

from engine import clock
from processes.case_measures import FIRST_RESPONSE
from processes.reports.figure import Figure
from processes.reports.periods import Period
from processes.reports.populations import ANSWERABLE, received_in
from processes.reports.received import RECEIVED_IN_PERIOD
from processes.reports.sql import Seconds, instant, number_of
from processes.reports.words import Words
from processes.tables.cases import Complaint

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1) // SECOND
_TAKEN = Seconds(Complaint.received_at, Complaint.first_response_at)
_ANSWERED = and_(ANSWERABLE, Complaint.first_response_at.is_not(None))
_IN_TIME = and_(_ANSWERED, _TAKEN <= FIRST_RESPONSE // SECOND)


def _due() -> ColumnElement[bool]:
    """Answered, or too old to be answered in time."""
    too_old = Complaint.received_at < instant(clock.now() - FIRST_RESPONSE)
    return and_(ANSWERABLE, or_(Complaint.first_response_at.is_not(None), too_old))


def measures() -> dict[str, ColumnElement[float]]:
    """Of the cases received: to answer, answered in time, answered, and the seconds that took."""
    return {
        "response_due": number_of(_due()),
        "response_in_time": number_of(_IN_TIME),
        "answered": number_of(_ANSWERED),
        "response_seconds": func.coalesce(func.sum(case((_ANSWERED, _TAKEN), else_=0.0)), 0.0),
    }


def _all(period: Period) -> ColumnElement[bool]:
    return and_(received_in(period), _due())


ANSWERED_OF = Words(
    "Complaints that can be answered (not inadmissible, not anonymous, not closed for want of information) and have been, "
    "or are older than 24 hours.",
    "可答复的投诉（不含不予受理、无法答复、因未补充信息而关闭的），且已首次响应或已超过 24 小时。",
)
FIGURES = (
    Figure(
        id="first-response",
        unit="percent",
        name=Words("First response within 24 h", "24 小时首次响应率"),
        counted=Words(
            "Those whose first response came at most 24 hours after they were received, nights and weekends included.",
            "收到后 24 小时内（含夜间和周末）作出首次响应的投诉。",
        ),
        of=ANSWERED_OF,
        time=RECEIVED_IN_PERIOD,
        source="KPI-01 (S2-15)",
        numerator=("response_in_time",),
        denominator=("response_due",),
        target=Decimal(95),
        better="more",
        missed=Words("answered late, or not yet", "响应超时或尚未响应"),
        all_cases=_all,
        missed_cases=lambda period: and_(_all(period), not_(func.coalesce(_IN_TIME, False))),
    ),
    Figure(
        id="first-response-hours",
        unit="hours",
        name=Words("Mean time to first response", "平均首次响应时间"),
        counted=Words("The hours from receipt to first response, added up.", "从收到到首次响应的小时数之和。"),
        of=Words("Complaints that have been answered.", "已首次响应的投诉。"),
        time=RECEIVED_IN_PERIOD,
        source="KPI-01a (S2-11)",
        numerator=("response_seconds",),
        denominator=("answered",),
        per=HOUR,
        target=Decimal(24),
        better="less",
        all_cases=lambda period: and_(received_in(period), _ANSWERED),
    ),
)
