"""What people are told, and how they want to be told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id
from processes.tables.counting import only


class Notification(Table):
    """Something a person is told. `key` drops a repetition; `role` is why this person; `instead_of` is who is away meanwhile.

    `text` is English, `text_zh` Chinese, the first line of each its title. What is not `shown` in Redress counts as read.
    `mail_at` is when the digest takes it along; None: not at all, or it has.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_account", "account_id", "at", "id"),
        Index("ix_notification_unread", "account_id", "at", "id", **only("read_at IS NULL")),
        Index("ix_notification_digest", "account_id", "at", "id", **only("mail_at IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str | None]
    instead_of: Mapped[str | None]
    kind: Mapped[str]  # one of notification_rules.KINDS
    complaint_id: Mapped[str | None] = mapped_column(ForeignKey("complaint.id"))
    user_task_id: Mapped[str | None]
    template: Mapped[str]
    text: Mapped[str]
    text_zh: Mapped[str | None]  # None: a text from before there were two
    at: Mapped[datetime]
    shown: Mapped[bool] = mapped_column(default=True)
    browser: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]


class NotificationRule(Table):
    """How somebody wants to be told of one kind of event; what has no row is told as `notification_rules` says."""

    __tablename__ = "notification_rule"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    screen: Mapped[bool]
    browser: Mapped[bool]
    mail: Mapped[str]  # off | now | digest
    deputy: Mapped[bool] = mapped_column(default=True)  # is whoever stands in told, too, while the person is away?


class NotificationSchedule(Table):
    """When somebody's digest comes, and when it is quiet: times of the person's own zone, `HH:MM`."""

    __tablename__ = "notification_schedule"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[str]  # daily | hourly
    digest_at: Mapped[str]
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
