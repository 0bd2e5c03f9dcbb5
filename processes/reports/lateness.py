"""Which deadlines of a case were missed, and which are missed while it lasts."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal_column, or_

from engine import clock
from processes.case_measures import PROMISES
from processes.reports.sql import instant
from processes.tables.supervision import SlaClock

OWN = SlaClock.improvement_id.is_(None)  # a deadline of an improvement is not the case's
PROMISE = and_(OWN, SlaClock.clock.in_(PROMISES))
PROMISED = func.coalesce(SlaClock.clock, "").in_(PROMISES)  # so that not all promises are read, but all that is not met
NOT_HELD = SlaClock.held.is_not(True)  # and not "= false", which SQLite would rather build an index for than use ours
NOT_MET = SlaClock.result != literal_column("'met'")  # as it stands in ix_sla_clock_late, or that index is not used


def late() -> ColumnElement[bool]:
    """A deadline that ended late, or passed while it ran; one that is paused says nothing."""
    passed = SlaClock.due < func.coalesce(SlaClock.stop, instant(clock.now()))
    passed_while_it_ran = and_(NOT_HELD, passed)
    return and_(NOT_MET, or_(SlaClock.result == "breached", passed_while_it_ran))


def past_due_at(at: datetime) -> ColumnElement[bool]:
    """A promised date that had passed at this instant and was still not kept."""
    return and_(
        PROMISE,
        NOT_MET,
        SlaClock.result != "cancelled",
        NOT_HELD,
        SlaClock.due < instant(at),
        or_(SlaClock.stop.is_(None), SlaClock.stop >= instant(at)),
    )
