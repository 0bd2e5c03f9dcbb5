"""By when somebody should have claimed a task, and from when on it is at risk: worked out once, when it opens or its due time
moves, so that finding those is one look into an index."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.extensions import calendar_of, of


def claim_by(session: Session, *, opened_at: datetime, due_at: datetime | None) -> datetime:
    """After the share of its time that the product's thresholds say; without a due time after a fixed working time."""
    thresholds = of(session).thresholds
    if due_at is not None:
        return _when_used(session, thresholds.unclaimed_share, opened_at=opened_at, due_at=due_at)
    calendar = calendar_of(session)
    return calendar.after(opened_at, thresholds.unclaimed) if calendar else opened_at + thresholds.unclaimed


def warn_at(session: Session, *, opened_at: datetime, due_at: datetime | None) -> datetime | None:
    """After the share of its time from which on it is at risk; None without a due time."""
    if due_at is None:
        return None
    return _when_used(session, of(session).thresholds.at_risk_share, opened_at=opened_at, due_at=due_at)


def _when_used(session: Session, share: float, *, opened_at: datetime, due_at: datetime) -> datetime:
    calendar = calendar_of(session)
    working = calendar.between(opened_at, due_at) if calendar else timedelta()
    if calendar is None or working <= timedelta():
        # Due before work begins again: of such a task the clock on the wall is all there is.
        return opened_at + max(due_at - opened_at, timedelta()) * share
    return calendar.after(opened_at, working * share)
