"""What became of the letters of a case: mailed, still on their way, or refused by the mail server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.tables import Job
from processes.notice_mail import MAIL_TOPIC
from processes.tables.correspondence import Contact

LONGEST_WAIT = timedelta(hours=1)  # between two attempts: `job_rows.DEFAULT_RETRIES`, and room
Delivery = Literal["handed_over", "waiting", "failed", "read_out"]


@dataclass(frozen=True, kw_only=True)
class State:
    """`handed_over`: the mail server took it; `failed`: it did not, and `error` says why; `read_out`: there is no address to mail to."""

    delivery: Delivery
    error: str | None = None


def of(session: Session, contacts: Sequence[Contact]) -> dict[str, State]:
    """How each letter among them was delivered, by the contact's id, in one statement. Calls and what came in are no letters."""
    letters = [one for one in contacts if one.direction == "out" and one.template is not None]
    pending = _pending(session, [one for one in letters if one.address])
    return {one.id: _state(one, pending) for one in letters}


def _state(one: Contact, pending: dict[str, Job]) -> State:
    if not one.address:
        return State(delivery="read_out")
    job = pending.get(one.key)
    if job is None:
        return State(delivery="handed_over")  # its job is deleted with the answer of the mail server
    return State(delivery="waiting") if job.retries_left else State(delivery="failed", error=job.error)


def _pending(session: Session, mailed: Sequence[Contact]) -> dict[str, Job]:
    """The mails that are not out of the house, by the key of their letter."""
    if not mailed:
        return {}
    # The payload is kept as JSON text; the quotation marks make it this key and no other that ends or begins like it.
    named = or_(*(cast(Job.payload, String).contains(f'"{one.key}"', autoescape=True) for one in mailed))
    # Due since the first of them, or soon again: an index leads to these few, past the timers of every case.
    due = Job.run_at.between(min(one.at for one in mailed), clock.now() + LONGEST_WAIT)
    jobs = session.scalars(select(Job).where(due, Job.kind == "effect", Job.topic == MAIL_TOPIC, named))
    return {job.payload["key"]: job for job in jobs}
