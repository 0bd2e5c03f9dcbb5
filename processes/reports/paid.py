"""What customers were paid."""

from sqlalchemy import ColumnElement, and_, distinct, exists, func, select
from sqlalchemy.orm import Session

from processes.reports.asking import Asked
from processes.reports.figure import Figure
from processes.reports.periods import Period
from processes.reports.populations import COUNTED
from processes.reports.sql import Cells, Cents, counted, lies_in, spans, value_of
from processes.reports.words import Words
from processes.tables.cases import Complaint
from processes.tables.payments import Payment

_PAID = and_(Payment.state == "confirmed", Payment.confirmed_at.is_not(None))


def count(session: Session, asked: Asked) -> Cells:
    """Payments confirmed in each span, the cases they were for, and their sum in cents."""
    span = spans(asked)
    statement = (
        select(
            span.c.no.label("span_no"),
            value_of(asked).label("group_value"),
            func.count().label("payments"),
            func.count(distinct(Complaint.id)).label("cases_paid"),
            func.sum(Cents(Payment.amount)).label("paid_cents"),
        )
        .select_from(span)
        .join(Payment, lies_in(Payment.confirmed_at, span))
        .join(Complaint, Complaint.id == Payment.complaint_id)
        .where(_PAID, COUNTED, *asked.conditions())
        .group_by("span_no", "group_value")
    )
    return counted(session, asked, statement)


def _cases(period: Period) -> ColumnElement[bool]:
    paid = select(Payment.id).where(
        Payment.complaint_id == Complaint.id, _PAID, Payment.confirmed_at >= period.start, Payment.confirmed_at < period.end
    )
    return and_(COUNTED, exists(paid.correlate(Complaint)))


CONFIRMED = Words("Payments the bank or provider confirmed in the period.", "在该期间内经银行或支付机构确认的付款。")
FIGURES = (
    Figure(
        id="compensation",
        unit="money",
        name=Words("Compensation paid", "已付赔偿"),
        counted=Words("The amounts of payments that were confirmed, added up.", "已确认付款的金额之和。"),
        of=None,
        time=CONFIRMED,
        source="KPI-18 (S2-23)",
        numerator=("paid_cents",),
        per=100,
        all_cases=_cases,
    ),
    Figure(
        id="compensation-mean",
        unit="money",
        name=Words("Compensation a case", "案均赔偿"),
        counted=Words("The amounts of payments that were confirmed, added up.", "已确认付款的金额之和。"),
        of=Words("The cases they were paid for.", "获得付款的案件。"),
        time=CONFIRMED,
        source="KPI-18 (S2-23)",
        numerator=("paid_cents",),
        denominator=("cases_paid",),
        per=100,
        all_cases=_cases,
    ),
)
