"""Mediation, its sessions, and the settlement they lead to (data_and_kpis.md 4.7)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class Mediation(Table):
    """One attempt to settle with the help of a third person."""

    __tablename__ = "mediation"
    __table_args__ = (Index("ix_mediation_complaint", "complaint_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    route: Mapped[str]  # internal | external
    provider: Mapped[str | None]
    disputed_amount: Mapped[Decimal | None]
    organisation: Mapped[str | None]
    file_no: Mapped[str | None]
    mediator: Mapped[str | None]
    created_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    consent: Mapped[bool | None]
    consent_at: Mapped[datetime | None]
    consent_evidence: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    extension_agreed: Mapped[bool | None]  # both would go on if the time runs out: said in the last session
    extended: Mapped[bool] = mapped_column(default=False)
    agreed_amount: Mapped[Decimal | None]
    compensation_id: Mapped[str | None]
    result: Mapped[str | None]  # settled | failed | not_consented | unsigned | timeout
    ended_at: Mapped[datetime | None]


class MediationSession(Table):
    """One meeting, prepared and held."""

    __tablename__ = "mediation_session"
    __table_args__ = (UniqueConstraint("mediation_id", "no"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    mediation_id: Mapped[str] = mapped_column(ForeignKey("mediation.id"))
    no: Mapped[int]
    planned_at: Mapped[datetime | None]
    place: Mapped[str | None]
    held_at: Mapped[datetime | None]
    attendees: Mapped[list[Any]] = mapped_column(default=list)
    statements: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts_agreed: Mapped[list[Any]] = mapped_column(default=list)
    key_moments: Mapped[str | None]
    common_ground: Mapped[str | None]
    open_points: Mapped[str | None]
    legal_basis: Mapped[str | None]
    gap_amount: Mapped[Decimal | None]
    agreed_amount: Mapped[Decimal | None]
    outcome: Mapped[str | None]  # agreed | continue | failed


class Settlement(Table):
    """What both sides signed, and whether it was kept."""

    __tablename__ = "settlement"
    __table_args__ = (Index("ix_settlement_complaint", "complaint_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    mediation_id: Mapped[str] = mapped_column(ForeignKey("mediation.id"))
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    agreement_no: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str]
    parties: Mapped[list[Any]] = mapped_column(default=list)
    facts: Mapped[str | None]
    responsibility: Mapped[str | None]
    obligations: Mapped[list[Any]] = mapped_column(default=list)
    amount: Mapped[Decimal | None]
    method: Mapped[str | None]
    performance_due: Mapped[date | None]
    confidential: Mapped[bool] = mapped_column(default=False)
    legal_check: Mapped[str | None]  # ok | change
    signed_customer_at: Mapped[datetime | None]
    signed_company_at: Mapped[datetime | None]
    legal_effect_explained: Mapped[bool] = mapped_column(default=False)
    customer_satisfaction: Mapped[int | None]
    company_satisfaction: Mapped[int | None]
    remarks: Mapped[str | None]
    performance: Mapped[str] = mapped_column(default="pending")  # pending | fully | partly | not
    reported_to_authority_at: Mapped[datetime | None]
