"""What follows a person's step by itself, run at once: whoever took the step reads what came of it.

The scheduler would do the same a moment later, and may do it at the same time: a job is run once, whoever comes first.
Handlers that talk to the outside are left to it; nobody waits for a mail server.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, jobs
from engine.database import Database, reading
from engine.extensions import of
from engine.tables import Job

AT_MOST = timedelta(seconds=1)  # a person waits that long; what is left then goes on in the background


def run(database: Database, root_id: str) -> None:
    """Run the due steps of this root instance, and those they lead to, until none is left or the time is used up."""
    until, tried = clock.elapsed() + AT_MOST, set[str]()
    while clock.elapsed() < until:
        with reading(database) as session:
            found = [one for one in _due(session, root_id) if one not in tried]
        if not found:
            return
        tried.add(found[0])
        jobs.run(database, found[0])


def _due(session: Session, root_id: str) -> Sequence[str]:
    inside = [topic for topic, handler in of(session).handlers.items() if handler.record is not None]
    mine = select(Job.id, Job.kind, Job.topic).where(
        Job.root_id == root_id, Job.state.in_(("waiting", "dispatched")), Job.run_at <= clock.now()
    )
    rows = session.execute(mine.order_by(Job.run_at, Job.id)).all()
    return [id_ for id_, kind, topic in rows if kind in jobs.STEPS or (kind == "service_task" and topic in inside)]
