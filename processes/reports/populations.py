"""Which cases count (data_and_kpis.md 5, "population words"). A merged case is counted nowhere."""

from sqlalchemy import ColumnElement, and_, func

from processes.case_measures import NOT_ANSWERABLE, NOT_CLOSED
from processes.reports.periods import Period
from processes.tables.cases import Complaint

_CODE = func.coalesce(Complaint.close_code, "")
COUNTED: ColumnElement[bool] = _CODE.not_in(sorted(NOT_CLOSED))
ANSWERABLE: ColumnElement[bool] = _CODE.not_in(sorted(NOT_CLOSED | NOT_ANSWERABLE))


def received_in(period: Period) -> ColumnElement[bool]:
    """Received in it."""
    return and_(COUNTED, Complaint.received_at >= period.start, Complaint.received_at < period.end)


def closed_in(period: Period) -> ColumnElement[bool]:
    """Closed in it, for the last time."""
    return and_(COUNTED, Complaint.closed_at >= period.start, Complaint.closed_at < period.end)


def resolved_in(period: Period) -> ColumnElement[bool]:
    """Resolved in it, for the last time."""
    return and_(COUNTED, Complaint.resolved_at >= period.start, Complaint.resolved_at < period.end)
