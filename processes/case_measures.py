"""What one case adds to the KPIs (data_and_kpis.md 5): the figures a report counts, for a case alone."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from engine.extensions import Calendar
from processes.case_file import CaseFile
from processes.tables.supervision import SlaClock

FIRST_RESPONSE = timedelta(hours=24)
PRELIMINARY = timedelta(hours=48)
WORKING_DAY = timedelta(hours=8)
HUNDREDTH = Decimal("0.01")
NOT_RATED = frozenset({"CLOSED_WITHDRAWN", "CLOSED_MERGED", "CLOSED_UNREACHABLE", "CLOSED_INADMISSIBLE"})
NOT_CLOSED = frozenset({"CLOSED_MERGED"})
NOT_ANSWERABLE = frozenset({"CLOSED_INADMISSIBLE", "CLOSED_NO_REPLY_POSSIBLE", "CLOSED_INFO_NOT_PROVIDED"})
PROMISES = ("C-RESOLVE", "C-REG")


def of(case: CaseFile, *, calendar: Calendar) -> dict[str, Any]:
    """Every figure of one case; None where it has none."""
    complaint, rating = case.complaint, case.rating()
    breached = sorted((row for row in case.own_clocks if _late(row)), key=lambda row: (row.due, row.start, row.id))
    return {
        **_response(case),
        "handling_working_days": _working_days(case, calendar),
        "reopened": complaint.reopen_count,
        "fcr": complaint.resolved_on_contact and complaint.reopen_count == 0,
        "data_complete": complaint.completeness == 100,
        "satisfaction_process": rating.process_score if rating else None,
        "satisfaction_result": rating.result_score if rating else None,
        "satisfied": rating.satisfied if rating else None,
        "overdue_any": bool(breached),
        "overdue_clocks": [label(row) for row in breached],
        "case_overdue": any(row.clock in PROMISES for row in breached),
        "regulatory_met": all(row.result == "met" for row in case.own_clocks if row.clock == "C-REG"),
        "mediation_settled": any(one.result == "settled" for one in case.mediations),
        "regraded": max(len(_regrades(case)), 0),
        "in_satisfaction_population": complaint.closed_at is not None and rating is not None and complaint.close_code not in NOT_RATED,
        "counts_as_closed": complaint.closed_at is not None and complaint.close_code not in NOT_CLOSED,
        "return_visit_done": any(one.state in ("visited", "unreachable") for one in case.visits),
        "capa_effective_first_time": any(one.effective and one.loops == 0 for one in case.improvements),
        "capa_on_time": all(row.result == "met" for row in case.clocks if row.clock.startswith("C-CAPA")),
    }


def _response(case: CaseFile) -> dict[str, Any]:
    complaint = case.complaint
    taken = complaint.first_response_at - complaint.received_at if complaint.first_response_at else None
    return {
        "first_response_minutes": int(taken.total_seconds() // 60) if taken is not None else None,
        "response_24h": taken is not None and taken <= FIRST_RESPONSE,
        "ack_12h": any(row.clock == "C-ACK" and row.result == "met" for row in case.own_clocks),
        "prelim_48h": any(_in_time(row, case) for row in case.own_clocks if row.clock == "C-PRELIM"),
    }


def _in_time(row: SlaClock, case: CaseFile) -> bool:
    return row.stop is not None and row.result != "cancelled" and row.stop - case.complaint.received_at <= PRELIMINARY


def _late(row: SlaClock) -> bool:
    return row.result == "breached" or any(one["percent"] >= 100 for one in row.fired)


def _regrades(case: CaseFile) -> Sequence[Any]:
    """Changes of the level after triage."""
    accepted = case.complaint.accepted_at
    history = case.complaint.level_history
    return [one for one in history if one["from"] is not None and accepted is not None and one["at"] > accepted]


def _working_days(case: CaseFile, calendar: Calendar) -> Decimal | None:
    complaint = case.complaint
    if complaint.resolved_at is None:
        return None
    worked = calendar.between(complaint.received_at, complaint.resolved_at)
    days = Decimal(worked // timedelta(microseconds=1)) / Decimal(WORKING_DAY // timedelta(microseconds=1))
    return days.quantize(HUNDREDTH, rounding=ROUND_HALF_EVEN)


def label(row: SlaClock) -> str:
    """The name of a deadline with its key."""
    return f"{row.clock}/{row.key}" if row.key else row.clock


def received(cases: Sequence[CaseFile]) -> Sequence[CaseFile]:
    """Those that count as received: without merged ones."""
    return [one for one in cases if one.complaint.close_code != "CLOSED_MERGED"]


def answerable(cases: Sequence[CaseFile]) -> Sequence[CaseFile]:
    """Those somebody could answer."""
    return [one for one in received(cases) if one.complaint.close_code not in NOT_ANSWERABLE]
