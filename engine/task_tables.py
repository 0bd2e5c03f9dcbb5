"""Tables around user tasks: what is typed into them, to whom they are offered, what changed, and filters people keep."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import BigId, Table, new_id


class FormDraft(Table):
    """What a person typed into a task's form and has not sent."""

    __tablename__ = "form_draft"
    user_task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class AudienceMember(Table):
    """One of those a task is offered to. Tasks offered to the same people have the same audience: a list of a person's tasks
    looks for a few words instead of asking of each task whom it is offered to."""

    __tablename__ = "audience_member"
    __table_args__ = (Index("ix_audience_member_name", "name", "kind", "audience"),)
    audience: Mapped[str] = mapped_column(primary_key=True)  # a digest of its members
    kind: Mapped[str] = mapped_column(primary_key=True)  # group | user
    name: Mapped[str] = mapped_column(primary_key=True)


class TaskChange(Table):
    """A task that looks different now, and who could see it before and can now. Written by triggers: no way of changing a task
    is forgotten, and none costs a statement more. Only the last ones are kept (task_changes.py)."""

    __tablename__ = "task_change"
    __table_args__ = (Index("ix_task_change_mark", "mark", "n"),)
    n: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    mark: Mapped[int] = mapped_column(BigInteger)  # PostgreSQL: its transaction; SQLite, where there is one writer: counted up
    task_id: Mapped[str]
    audience: Mapped[str]
    audience_before: Mapped[str]
    assignee: Mapped[str | None]
    assignee_before: Mapped[str | None]
    owner: Mapped[str | None]


class SavedFilter(Table):
    """A filter of the list of tasks that somebody keeps, for himself or herself or for a group."""

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_owner", "owner", "name"), Index("ix_saved_filter_shared", "shared_with", "name"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner: Mapped[str]
    name: Mapped[str]
    colour: Mapped[str]
    shared_with: Mapped[str | None]  # a group
    wanted: Mapped[dict[str, Any]]  # what task_lists.Wanted takes
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
