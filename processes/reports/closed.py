"""How many cases were closed, how many had to be opened again, how complete their records are."""

from decimal import Decimal

from sqlalchemy import and_, func

from processes.reports.figure import Figure
from processes.reports.populations import ANSWERABLE, COUNTED, closed_in
from processes.reports.sql import number_of
from processes.reports.words import Words
from processes.tables.cases import Complaint

CLOSED_IN_PERIOD = Words(
    "Closed in the period; a reopened case counts at its last closing.", "在该期间内结案；重开的案件以最后一次结案为准。"
)
ALL_CLOSED = Words("All cases closed.", "全部已结案件。")
REOPENED = Complaint.reopen_count >= 1
INCOMPLETE = func.coalesce(Complaint.completeness, 0) < 100
WHEN, WHERE = Complaint.closed_at, COUNTED
MEASURES = {
    "closed": func.count(),
    "closed_answerable": number_of(ANSWERABLE),
    "reopened": number_of(REOPENED),
    "completeness": func.coalesce(func.sum(Complaint.completeness), 0),
    "completeness_known": func.count(Complaint.completeness),
}

FIGURES = (
    Figure(
        id="closed",
        unit="cases",
        name=Words("Closed", "结案"),
        counted=Words("Cases closed, withdrawn ones too. One merged into another is not counted.", "已结案件，含撤诉；已并案的不计。"),
        of=None,
        time=CLOSED_IN_PERIOD,
        source="",
        numerator=("closed",),
        all_cases=closed_in,
    ),
    Figure(
        id="reopened",
        unit="percent",
        name=Words("Reopened", "重开率"),
        counted=Words("Cases that were handled a second time, once or more often.", "曾经重新办理（一次或多次）的案件。"),
        of=ALL_CLOSED,
        time=CLOSED_IN_PERIOD,
        source="KPI-13 (S1-42)",
        numerator=("reopened",),
        denominator=("closed",),
        target=Decimal(5),
        better="less",
        missed=Words("reopened", "重开"),
        all_cases=closed_in,
        missed_cases=lambda period: and_(closed_in(period), REOPENED),
    ),
    Figure(
        id="completeness",
        unit="percent",
        name=Words("Data completeness", "数据完整率"),
        counted=Words("The share of the mandatory fields that are filled, of each case, added up.", "每个案件必填项填写比例之和。"),
        of=Words("Closed cases whose record has been checked.", "已核对记录的已结案件。"),
        time=CLOSED_IN_PERIOD,
        source="KPI-09 (S2-09)",
        numerator=("completeness",),
        denominator=("completeness_known",),
        per=100,
        target=Decimal(100),
        better="more",
        missed=Words("with gaps", "有缺项"),
        all_cases=closed_in,
        missed_cases=lambda period: and_(closed_in(period), INCOMPLETE),
    ),
)
