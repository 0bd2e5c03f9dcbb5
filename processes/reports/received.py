"""How many complaints came in, and how many of them were not the first about their matter."""

from decimal import Decimal

from sqlalchemy import and_, func, or_

from processes.reports.figure import Figure
from processes.reports.populations import COUNTED, received_in
from processes.reports.sql import number_of
from processes.reports.words import Words
from processes.tables.cases import Complaint

RECEIVED_IN_PERIOD = Words("Received in the period.", "在该期间内收到。")
REPEATED = or_(Complaint.repeat_count >= 1, Complaint.secondary_complaint)
MEASURES = {"received": func.count(), "repeated": number_of(REPEATED)}
WHEN, WHERE = Complaint.received_at, COUNTED

FIGURES = (
    Figure(
        id="received",
        unit="cases",
        name=Words("Received", "收到"),
        counted=Words("Complaints that came in. One merged into another is not counted.", "收到的投诉；已并案的不计。"),
        of=None,
        time=RECEIVED_IN_PERIOD,
        source="",
        numerator=("received",),
        all_cases=received_in,
    ),
    Figure(
        id="repeated",
        unit="percent",
        name=Words("Repeat rate", "重复投诉率"),
        counted=Words(
            "Complaints of somebody who had complained about the same matter within 90 days, or complained again about how it was handled.",
            "90 天内就同一事项再次投诉，或对处理过程再次投诉的案件。",
        ),
        of=Words("All complaints received.", "收到的全部投诉。"),
        time=RECEIVED_IN_PERIOD,
        source="KPI-10 (S4-122, X-38)",
        numerator=("repeated",),
        denominator=("received",),
        target=Decimal(3),
        better="less",
        missed=Words("repeated", "重复"),
        all_cases=received_in,
        missed_cases=lambda period: and_(received_in(period), REPEATED),
    ),
)
