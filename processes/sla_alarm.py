"""The timer of the instance that watches a case (P9): started with the first clock, moved whenever a clock changes.

Moving it is one UPDATE and no step. The watching instance is never locked from here: who changes clocks holds the guard
of the case instead, and the handlers of the watch take the same guard before they read clocks.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, job_rows, jobs
from engine.tables import Job, ProcessInstance
from processes import cases, sla_rows
from processes.tables.cases import Complaint

PROCESS = "sla_watch"
TIMER = "eg_watch"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # every clock is paused: whoever ends the pause moves the timer


def guard(session: Session, complaint: Complaint) -> None:
    """One transaction at a time changes or reads the clocks of a case: the lock of the case itself, so that there is no order of two."""
    if session.get_bind().dialect.name == "postgresql":
        cases.lock(session, complaint)


def next_at(session: Session, complaint: Complaint) -> datetime | None:
    """The instant of the next threshold of the case, `NEVER` while all are paused or past; None when no clock runs."""
    rows = sla_rows.running(session, complaint)
    if not rows:
        return None
    return min((row.next_at for row in rows if row.next_at is not None), default=NEVER)


def rearm(session: Session, complaint: Complaint) -> None:
    """Move the timer to the next threshold; start the watch of a case that has none."""
    due_at = next_at(session, complaint)
    watch = _watch(session, complaint)
    if watch is None:
        if due_at is not None:
            _start(session, complaint)
        return
    timer = session.execute(select(Job.id, Job.due_at).where(Job.root_id == watch, Job.kind == "timer", Job.element_id == TIMER)).first()
    # No timer: the watch is on its way to it, and will read these rows when it gets there. The last clock has stopped:
    # it wakes up to see that nothing is left.
    wanted = due_at or clock.now()
    if timer is not None and timer.due_at != wanted:
        jobs.move(session, timer.id, due_at=wanted)


def _watch(session: Session, complaint: Complaint) -> str | None:
    watching = select(ProcessInstance.id).where(
        ProcessInstance.definition_key == PROCESS,
        ProcessInstance.business_key == complaint.reference,
        ProcessInstance.state.in_(("running", "suspended")),
    )
    return session.scalar(watching.limit(1))


def _start(session: Session, complaint: Complaint) -> None:
    """One job for it in this transaction; that another one starts it too is settled by `unique`."""
    asked: set[str] = session.info.setdefault("sla_watch_asked", set())
    if complaint.id in asked:
        return
    asked.add(complaint.id)
    payload = {
        "key": PROCESS,
        "variables": {"complaint_id": complaint.id},
        "business_key": complaint.reference,
        "unique": "running",
    }
    job_rows.add(session, "start", root=None, due_at=clock.now(), payload=payload)
