"""Taking in what was written before there was a search, or all of it again: some cases at a time, while everybody works.

The upgrade leaves a job (`search.fill`), and `redress search rebuild` another one. Each run takes in a few cases and leaves the
next, so that nobody waits for it; taken in twice is taken in once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from engine import job_rows
from engine.database import Instant
from engine.extensions import Handler, ServiceTask, Values
from processes import search
from processes.search_results import FILL, is_unfinished
from processes.tables.cases import Complaint

CASES_AT_ONCE = 20  # with their letters some 20 ms of work


def handlers() -> Sequence[Handler]:
    """The topic of the job."""
    return (Handler(topic=FILL, kind="record", record=take_in_some),)


def begin(session: Session) -> bool:
    """Take in every case, from the oldest; False when that is being done already."""
    if is_unfinished(session):
        return False
    job_rows.add_effect(session, FILL, {})
    return True


def take_in_some(session: Session, task: ServiceTask) -> Values:
    """The next cases, and a job for those behind them."""
    last = take_in(session, after=(task.variables["received_at"], task.variables["id"]) if task.variables else None)
    if last is not None:
        job_rows.add_effect(session, FILL, {"received_at": last.received_at, "id": last.id})
    return {}


def take_in(session: Session, *, after: tuple[datetime, str] | None, most: int = CASES_AT_ONCE) -> Complaint | None:
    """The next cases behind `after` (received_at and id); the last of them, None at the end."""
    order = (Complaint.received_at, Complaint.id)
    # Held, or what is changed meanwhile would be written back into the search as it was.
    wanted = select(Complaint).order_by(*order).limit(most).with_for_update(key_share=True)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(literal(after[0], Instant()), literal(after[1])))
    found = session.scalars(wanted).all()
    search.index_cases(session, found)
    return found[-1] if len(found) == most else None
