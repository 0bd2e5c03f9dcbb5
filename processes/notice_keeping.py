"""How long notices are kept: they help with today's work. What was done and decided stays in the case."""

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from engine import clock
from processes.tables.notifications import Notification
from processes.tables.people import Account

READ_KEPT = timedelta(days=90)  # after it was read
UNREAD_KEPT = timedelta(days=365)  # who is away for long finds what came meanwhile
AT_ONCE = 500


def forget_some(session: Session) -> int:
    """Remove the first of those that were kept long enough; gives how many, 0 when none is left. A digest to come keeps its own."""
    now = clock.now()
    read = Notification.read_at < now - READ_KEPT
    unread = Notification.read_at.is_(None) & (Notification.at < now - UNREAD_KEPT)
    old = select(Notification.id).where(
        Notification.account_id.in_(select(Account.id)),  # everybody's: the index begins with whose they are
        Notification.at < now - min(READ_KEPT, UNREAD_KEPT),
        Notification.mail_at.is_(None),
        or_(read, unread),
    )
    found = session.scalars(old.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    if found:
        session.execute(delete(Notification).where(Notification.id.in_(found)))
    return len(found)
