"""Who works here: accounts, the groups (roles) they are in, departments and their managers.

Passwords and tokens are the business of `api`.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Table, new_id


class Account(Table):
    """A person or service that may sign in. `id` is the staff name (`u_lead1`), shown nowhere a `name` can be shown."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_zh: Mapped[str | None]
    email: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="zh")  # en | zh: the language of pages and letters
    active: Mapped[bool] = mapped_column(default=True)
    manager_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    department: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    time_zone: Mapped[str | None]  # an IANA name; None: the zone of the house
    theme: Mapped[str | None]  # light | dark; None: as the device
    keyboard: Mapped[bool] = mapped_column(default=True)  # whether single keys do something (WCAG 2.1.4: they can be turned off)
    revision: Mapped[int] = mapped_column(default=0)  # counted up with every change of the account
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise", order_by="Membership.group")


class Membership(Table):
    """An account is in a group: the role names of processes.md 2.1, which are the candidate groups of the diagrams."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_group", "group"),)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)  # the order of the group decides between equals


class Department(Table):
    """A department, by its code in the routing table (DMN-06)."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_zh: Mapped[str | None]


class DepartmentManager(Table):
    """Who manages a department, and who stands in for its manager."""

    __tablename__ = "department_manager"
    department: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str]  # manager | deputy


class Deputy(Table):
    """Who stands in for whom and when (processes.md 2.1: deputies are set per role and period).

    `role` None is everything the person does. `absent`: the person is away meanwhile and is assigned nothing; then nobody
    need stand in (`deputy_id` None). An entry that was ended early has its `ends_at` moved; rows are never deleted.
    """

    __tablename__ = "deputy"
    __table_args__ = (Index("ix_deputy_account", "account_id", "ends_at"), Index("ix_deputy_ends", "ends_at"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str | None]
    absent: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
