"""What stayed open, and the closing rate, which asks how much of it should have been closed by then."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from processes.reports.asking import Asked, written
from processes.reports.closed import CLOSED_IN_PERIOD
from processes.reports.figure import Figure
from processes.reports.lateness import NOT_MET, PROMISED, past_due_at
from processes.reports.periods import Period
from processes.reports.populations import ANSWERABLE, COUNTED, closed_in
from processes.reports.sql import Cells, Counts, instant, number_of, value_of
from processes.reports.words import Words
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

Counted = Mapping[str, Counts]  # by the value of the dimension
MOVED = {"open": ("received", "closed"), "carried": ("answerable", "closed_answerable")}  # what adds to each, and what takes away


def count_open(session: Session, asked: Asked) -> Counted:
    """Cases that are open, by the value of the dimension."""
    statement = (
        select(value_of(asked).label("group_value"), func.count().label("open"), number_of(ANSWERABLE).label("carried"))
        .where(Complaint.closed_at.is_(None), COUNTED, *asked.conditions())
        .group_by("group_value")
    )
    found = session.execute(statement).mappings()
    return {written(row["group_value"]) if asked.by else "": {name: float(row[name]) for name in MOVED} for row in found}


def at_the_edges(asked: Asked, passed: Cells, still_open: Counted) -> Cells:
    """Cases open at the end of each span, and those it began with: those that are open, less what has come in since then, and
    what has been closed. `passed` are the counts of what came in and was closed, by piece.

    So no case is read that neither came in nor was closed since the first span began, unless it is open.
    """
    found: Cells = {}
    for group in {*still_open, *(group for _, group in passed)}:
        stocks = {name: _back_in_time(asked, passed, group, still_open, name) for name in MOVED}
        for number, one in enumerate(asked.spans):
            found[number, group] = {"open": stocks["open"][one.end], "carried": stocks["carried"][one.start]}
    return found


def _back_in_time(asked: Asked, passed: Cells, group: str, still_open: Counted, name: str) -> dict[datetime, float]:
    """How many were open when each piece began."""
    came, went = MOVED[name]
    stock = still_open.get(group, {}).get(name, 0.0)
    found = {}
    for piece in range(len(asked.pieces) - 1, -1, -1):
        counts = passed.get((piece, group), {})
        stock += counts.get(went, 0.0) - counts.get(came, 0.0)
        found[asked.pieces[piece][0]] = stock
    return found


def count_past_due(session: Session, asked: Asked) -> Cells:
    """Cases open at the end of each span (or now) although the date they were promised for had passed."""
    columns = [
        func.count(distinct(case((and_(_open_at(at), past_due_at(at)), Complaint.id)))).label(f"past_due_{number}")
        for number, at in enumerate(_looked_at(period) for period in asked.spans)
    ]
    statement = (
        select(value_of(asked).label("group_value"), *columns)
        .select_from(SlaClock)
        .join(Complaint, Complaint.id == SlaClock.complaint_id)
        .where(PROMISED, NOT_MET, ANSWERABLE, *asked.conditions())
        .where(or_(SlaClock.stop.is_(None), SlaClock.stop >= min(one.start for one in asked.spans)))
        .group_by("group_value")
    )
    return {
        (number, written(row["group_value"]) if asked.by else ""): {"past_due": float(row[f"past_due_{number}"])}
        for row in session.execute(statement).mappings()
        for number in range(len(asked.spans))
    }


def _looked_at(period: Period) -> datetime:
    """The end of a period; while it lasts, now."""
    return min(period.end, clock.now())


def _open_at(at: datetime) -> ColumnElement[bool]:
    return and_(Complaint.received_at < instant(at), or_(Complaint.closed_at.is_(None), Complaint.closed_at >= instant(at)))


def _all_open(period: Period) -> ColumnElement[bool]:
    return and_(COUNTED, _open_at(period.end))


def _past_due(period: Period) -> ColumnElement[bool]:
    at = _looked_at(period)
    clocks = select(SlaClock.id).where(SlaClock.complaint_id == Complaint.id, past_due_at(at))
    return and_(ANSWERABLE, _open_at(at), exists(clocks.correlate(Complaint)))


CLOSED_ANSWERABLE = Words("Cases closed that could be answered.", "可答复且已结案的案件。")
FIGURES = (
    Figure(
        id="open",
        unit="cases",
        name=Words("Open at the end", "期末在办"),
        counted=Words("Cases received and not yet closed.", "已收到尚未结案的案件。"),
        of=None,
        time=Words(
            "As it stood when the period ended; in the period that lasts, as it stands now.", "以期末为准；期间未结束的以当前为准。"
        ),
        source="data_and_kpis.md 5",
        numerator=("open",),
        all_cases=_all_open,
    ),
    Figure(
        id="closing",
        unit="percent",
        name=Words("Closing rate", "结案率"),
        counted=CLOSED_ANSWERABLE,
        of=Words(
            "These, and the cases still open at the end of the period whose date of resolution, promised or statutory, has passed.",
            "上述案件，加上期末仍未结案且已超过承诺或法定办结期限的案件。",
        ),
        time=Words(
            "Closed in the period; open as it stood when the period ended. Due dates are in working time and move with pauses.",
            "结案时间在该期间内；未结案以期末为准。到期日按工作时间计算，随暂停顺延。",
        ),
        source="KPI-02 (S2-30, S2-31)",
        numerator=("closed_answerable",),
        denominator=("closed_answerable", "past_due"),
        target=Decimal(95),
        aim=Decimal(98),
        better="more",
        missed=Words("open past their date", "逾期未结"),
        all_cases=lambda period: or_(and_(ANSWERABLE, closed_in(period)), _past_due(period)),
        missed_cases=_past_due,
    ),
    Figure(
        id="closing-raw",
        unit="percent",
        name=Words("Closed of all there were", "原始结案率"),
        counted=CLOSED_ANSWERABLE,
        of=Words(
            "Complaints received in the period and those that were open when it began, without those nobody could answer.",
            "该期间收到的和期初在办的投诉，不含无法答复的。",
        ),
        time=CLOSED_IN_PERIOD,
        source="KPI-02a (S2-30)",
        numerator=("closed_answerable",),
        denominator=("answerable", "carried"),
    ),
)
