"""Which jobs are due, and when the next one will be.

Every serving process looks twice a second, so the statements are built once: building one costs more than its answer.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.database import Instant
from engine.jobs import CALLS, STEPS
from engine.tables import Job

DUE_AT_ONCE = 200
_NOW, _ELAPSED = bindparam("now", type_=Instant()), bindparam("elapsed", type_=Instant())


def due(session: Session, *, kinds: frozenset[str] = STEPS | CALLS) -> Sequence[tuple[str, str | None]]:
    """(job id, root id) of what should run now, in order; expired locks included."""
    return [(id_, root) for id_, root, _kind in session.execute(in_order(kinds), moments())]


def moments() -> dict[str, datetime]:
    """The values of `in_order`."""
    return {"now": clock.now(), "elapsed": clock.elapsed()}


@cache
def in_order(kinds: frozenset[str] = STEPS | CALLS) -> Select[str, str | None, str]:
    """(job id, root id, kind) of what is due, as a statement without its `moments`."""
    found = select(Job.id, Job.root_id, Job.kind).where(_ready(Job), Job.kind.in_(sorted(kinds)), _in_turn())
    return found.order_by(Job.run_at, Job.id).limit(DUE_AT_ONCE)


def _ready(job: type[Job]) -> ColumnElement[bool]:
    """The job should run now: its time has come, and nobody holds it."""
    expired = job.state.in_(("running", "dispatched")) & (job.lock_expires_at <= _ELAPSED)
    return or_(job.state == "waiting", expired) & (job.run_at <= _NOW)


def _in_turn() -> ColumnElement[bool]:
    """The job is no step, or the first due step of its root: a repeated timer leaves a next one due before the others."""
    other = aliased(Job)
    sent = (other.state == "dispatched") & (other.lock_expires_at > _ELAPSED)
    earlier = _ready(other) & (tuple_(other.run_at, other.id) < tuple_(Job.run_at, Job.id))
    before = select(other.id).where(other.root_id == Job.root_id, other.kind.in_(STEPS), or_(sent, earlier))
    return or_(Job.kind.not_in(STEPS), ~before.exists())


def next_due(session: Session) -> datetime | None:
    """When the next waiting job is due."""
    return session.scalar(_NEXT)


_NEXT = select(Job.run_at).where(Job.state == "waiting").order_by(Job.run_at).limit(1)
