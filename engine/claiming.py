"""By when somebody should have claimed a task: worked out once, when it opens, so that finding the late ones is one look into
an index."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.extensions import calendar_of, of


def claim_by(session: Session, *, opened_at: datetime, due_at: datetime | None) -> datetime:
    """After the share of its time that the product's thresholds say; without a due time after a fixed working time."""
    calendar, thresholds = calendar_of(session), of(session).thresholds
    if due_at is None:
        return calendar.after(opened_at, thresholds.unclaimed) if calendar else opened_at + thresholds.unclaimed
    working = calendar.between(opened_at, due_at) if calendar else timedelta()
    if calendar is None or working <= timedelta():
        # Due before work begins again: of such a task the clock on the wall is all there is.
        return opened_at + max(due_at - opened_at, timedelta()) * thresholds.unclaimed_share
    return calendar.after(opened_at, working * thresholds.unclaimed_share)
