"""Who waits for which signal. The other tables of the engine are in `tables.py`."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table


class SignalSubscription(Table):
    """Somebody in an instance waits for a signal."""

    __tablename__ = "signal_subscription"
    __table_args__ = (Index("ix_signal_subscription_name", "name"), Index("ix_signal_subscription_root", "root_id"))
    id: Mapped[str] = mapped_column(primary_key=True)
    root_id: Mapped[str]
    instance_id: Mapped[str]
    token_id: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    inside: Mapped[bool]  # it comes from the same instance only
    created_at: Mapped[datetime]
