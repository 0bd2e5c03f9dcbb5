"""Payments of approved compensations (data_and_kpis.md 4.8)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id
from engine.seals import Sealed


class Payment(Table):
    """One attempt to pay. The payment provider drops a second order with the same `idempotency_key`."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("compensation_id", "attempt"),
        Index("ix_payment_complaint", "complaint_id", "id"),
        Index("ix_payment_confirmed", "confirmed_at", "complaint_id", "state", "amount"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    compensation_id: Mapped[str] = mapped_column(ForeignKey("compensation.id"))
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    attempt: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(unique=True)  # comp-{id}/{attempt}
    amount: Mapped[Decimal]
    payee_name: Mapped[str | None]
    method: Mapped[str | None]
    account: Mapped[str | None] = mapped_column(Sealed)
    id_checked: Mapped[bool] = mapped_column(default=False)
    prepared_by: Mapped[str | None]
    prepared_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="prepared")  # prepared | released | sent | confirmed | failed | unknown
    sent_at: Mapped[datetime | None]
    provider_reference: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    voucher_no: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    failure_code: Mapped[str | None]
    received_at: Mapped[datetime | None]
