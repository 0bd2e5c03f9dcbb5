"""Signals between instances: heard by everybody who waits at that moment, and kept for nobody.

Inside the throwing instance a signal is heard in the same step. Then a job spreads it (`steps`), and everybody else is told
by a job of his own: one step locks one instance.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import job_rows, start_events, steps
from engine.signal_tables import SignalSubscription
from engine.tables import Job, ProcessInstance


def run(session: Session, job: Job) -> None:
    """Spread a signal, or let one instance hear it."""
    if job.payload.get("heard"):
        _hear(session, job)
    else:
        _spread(session, job)


def _spread(session: Session, job: Job) -> None:
    name = job.payload["name"]
    listening = select(SignalSubscription.root_id).where(SignalSubscription.name == name, SignalSubscription.inside.is_(False)).distinct()
    roots = select(ProcessInstance.id).where(ProcessInstance.id.in_(listening), ProcessInstance.id != (job.root_id or ""))
    known = session.scalars(roots.order_by(ProcessInstance.started_at, ProcessInstance.id)).all()
    job_rows.add_to_each(session, "signal", known, payload={"name": name, "heard": True}, retries=job_rows.DEFAULT_RETRIES)
    start_events.start_by_signal(session, name)


def _hear(session: Session, job: Job) -> None:
    root = steps.lock(session, job.root_id or "")
    if root.state not in steps.ENDED:  # a lost race is normal: it has ended meanwhile
        steps.take(session, root, lambda execution: execution.receive_signal(job.payload["name"]))
