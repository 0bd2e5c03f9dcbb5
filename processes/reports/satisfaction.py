"""What customers said afterwards, of how their case was handled and of what came out."""

from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, tuple_
from sqlalchemy.orm import aliased

from processes.case_measures import NOT_RATED
from processes.reports.closed import CLOSED_IN_PERIOD
from processes.reports.figure import Figure
from processes.reports.periods import Period
from processes.reports.populations import closed_in
from processes.reports.sql import number_of
from processes.reports.words import Words
from processes.tables.cases import Complaint
from processes.tables.visits import Satisfaction

_Later = aliased(Satisfaction)
_IS_NOT_THE_LAST = exists().where(
    _Later.complaint_id == Satisfaction.complaint_id, tuple_(_Later.at, _Later.id) > tuple_(Satisfaction.at, Satisfaction.id)
)
_ASKED = func.coalesce(Complaint.close_code, "").not_in(sorted(NOT_RATED))
JOINED = and_(Satisfaction.complaint_id == Complaint.id, _ASKED, not_(_IS_NOT_THE_LAST))  # the last rating of a case that has one
MEASURES = {
    "rated": func.count(Satisfaction.id),
    "satisfied": number_of(Satisfaction.satisfied.is_(True)),
    "process_score": func.sum(Satisfaction.process_score),
    "result_score": func.sum(Satisfaction.result_score),
}
RATED_OF = Words(
    "Closed cases their customer rated; the last rating counts. Withdrawn, inadmissible and unreachable ones are left out.",
    "客户作过评价的已结案件，以最后一次评价为准；不含撤诉、不予受理和联系不上的。",
)


def _rated(period: Period, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(closed_in(period), exists(select(Satisfaction.id).where(JOINED, *more).correlate(Complaint)))


def _score(id: str, name: Words, counted: Words, measure: str) -> Figure:
    return Figure(
        id=id,
        unit="score",
        name=name,
        counted=counted,
        of=RATED_OF,
        time=CLOSED_IN_PERIOD,
        source="KPI-03a (S2-25, X-12)",
        numerator=(measure,),
        denominator=("rated",),
        target=Decimal("4.0"),
        better="more",
        all_cases=_rated,
    )


FIGURES = (
    Figure(
        id="satisfaction",
        unit="percent",
        name=Words("Satisfied", "满意率"),
        counted=Words(
            "Those who gave 4 or more of 5, as the mean of their ratings of the handling and of the result.",
            "对处理过程和处理结果评分的平均值不低于 4 分（满分 5 分）的案件。",
        ),
        of=RATED_OF,
        time=CLOSED_IN_PERIOD,
        source="KPI-03 (S2-26, S2-27)",
        numerator=("satisfied",),
        denominator=("rated",),
        target=Decimal(90),
        better="more",
        missed=Words("not satisfied", "不满意"),
        all_cases=_rated,
        missed_cases=lambda period: _rated(period, Satisfaction.satisfied.is_(False)),
    ),
    _score(
        "process-score",
        Words("Handling, 1 to 5", "过程评分"),
        Words("The ratings of the handling, added up.", "处理过程评分之和。"),
        "process_score",
    ),
    _score(
        "result-score",
        Words("Result, 1 to 5", "结果评分"),
        Words("The ratings of the result, added up.", "处理结果评分之和。"),
        "result_score",
    ),
)
