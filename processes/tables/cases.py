"""Complaints and what is paid for them (data_and_kpis.md 4.1, 4.3, 4.8): the part that compensation approval needs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Table, new_id


class Complaint(Table):
    """A case. `excluded_users` are the accounts that may neither see nor do its tasks: those it is about, and theirs."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_received", "received_at", "id"), Index("ix_complaint_customer", "customer_id"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)  # TS-YYYYMMDD-NNNNN
    customer_id: Mapped[str]  # the same person has the same one in every case: goodwill is counted by it
    customer_name: Mapped[str]
    level: Mapped[int]  # 1 ordinary .. 4 major
    channel: Mapped[str]
    content: Mapped[str]
    received_at: Mapped[datetime]
    case_owner: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    owner_department: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    involved_departments: Mapped[list[Any]] = mapped_column(default=list)
    excluded_users: Mapped[list[Any]] = mapped_column(default=list)
    conflict_unresolved: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="PROPOSING")


class DayNumber(Table):
    """The last complaint number given out on a day (local date of received_at, as YYYYMMDD)."""

    __tablename__ = "day_number"
    day: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Compensation(Table):
    """A claim to pay a customer, and what became of it.

    `inputs` are the facts DMN-08 counts with, by name. `standard_amount` to `chain` are what the decision tables said
    last; they are empty until the first step has run. `revisions` counts how often the claim was changed after a return.
    """

    __tablename__ = "compensation"
    __table_args__ = (
        Index("ix_compensation_complaint", "complaint_id"),
        Index("ix_compensation_instance", "instance_id"),
        Index("ix_compensation_state", "state", "created_at", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    requester: Mapped[str] = mapped_column(ForeignKey("account.id"))
    remedy_case: Mapped[str]
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_amount: Mapped[Decimal]
    standard_amount: Mapped[Decimal | None]
    statutory: Mapped[bool | None]
    over_standard: Mapped[bool | None]
    method: Mapped[str | None]
    pay_within: Mapped[str | None]
    legal_basis: Mapped[str | None]
    band: Mapped[int | None]  # -1 no money, 0 automatic, 1 .. 5
    label: Mapped[str | None]
    chain: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="draft")  # draft | in_approval | approved | rejected
    approved_amount: Mapped[Decimal | None]
    cost_center: Mapped[str | None]
    revisions: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    complaint: Mapped[Complaint] = relationship(lazy="joined", innerjoin=True)
    approvals: Mapped[list["Approval"]] = relationship(lazy="raise", order_by="Approval.id")


class Approval(Table):
    """What one person said about a claim: a vote, a legal opinion, a finance check or a revision.

    `step` is the form it was said in, `role` the group that had to say it, `round` 1 plus the revisions before it.
    """

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_compensation", "compensation_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    compensation_id: Mapped[str] = mapped_column(ForeignKey("compensation.id"))
    user_task_id: Mapped[str | None] = mapped_column(unique=True)  # None: said by the system
    step: Mapped[str]
    round: Mapped[int]
    role: Mapped[str | None]
    account: Mapped[str]  # an account id, or "system"
    vote: Mapped[str]
    approved_amount: Mapped[Decimal | None]
    reason: Mapped[str | None]
    at: Mapped[datetime]


class Notification(Table):
    """Something a person is told, shown in Redress and mailed. `key` drops a repetition; `role` is why this person."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_account", "account_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str | None]
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    template: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
