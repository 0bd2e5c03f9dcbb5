"""What those who work on a case say to each other about it, and who wants to hear of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class Comment(Table):
    """Something an account said about a case, for the house only. In `text` a person is `@` and the account id.

    `user_task_id`: said at this task. A deleted comment keeps its row without its words: `deleted_at` is its trace.
    """

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_complaint", "complaint_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    user_task_id: Mapped[str | None]
    by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    mentions: Mapped[list[Any]] = mapped_column(default=list)  # account ids
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)


class Watcher(Table):
    """An account is told what happens in a case."""

    __tablename__ = "watcher"
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
