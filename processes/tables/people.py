"""Who works here: accounts, the groups (roles) they are in, departments and their managers.

Passwords and tokens are the business of `api`.
"""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Table


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
