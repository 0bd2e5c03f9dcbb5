"""Facts, responsibility, proposals and what is to be done (data_and_kpis.md 4.5, 4.6)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class Investigation(Table):
    """One finished investigation of a case; a rework or a reopening makes another."""

    __tablename__ = "investigation"
    __table_args__ = (UniqueConstraint("complaint_id", "version"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    facts_found: Mapped[str | None]
    complainant_statement: Mapped[str | None]
    respondent_statement: Mapped[str | None]
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    founded: Mapped[str | None]
    root_cause: Mapped[str | None]
    responsible_link: Mapped[str | None]
    key_issue: Mapped[str | None]
    multi_department: Mapped[bool] = mapped_column(default=False)
    need_customer_info: Mapped[bool] = mapped_column(default=False)
    info_items: Mapped[list[Any]] = mapped_column(default=list)
    involved_departments: Mapped[list[Any]] = mapped_column(default=list)


class DepartmentInput(Table):
    """A department was asked; what it said, or who waived it."""

    __tablename__ = "department_input"
    __table_args__ = (Index("ix_department_input_complaint", "complaint_id", "department"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    department: Mapped[str]
    question: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    statement: Mapped[str | None]
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    agrees_responsibility: Mapped[bool | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    waived_by: Mapped[str | None]
    waive_reason: Mapped[str | None]


class ResponsibilityShare(Table):
    """A department's part of the responsibility; the shares of one version add up to 100."""

    __tablename__ = "responsibility_share"
    __table_args__ = (UniqueConstraint("complaint_id", "version", "department"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    version: Mapped[int]
    department: Mapped[str]
    share: Mapped[int]
    persons: Mapped[list[Any]] = mapped_column(default=list)
    basis: Mapped[list[Any]] = mapped_column(default=list)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    source: Mapped[str]  # auto | determined | arbitrated | ruled
    objection_until: Mapped[datetime | None]
    objection: Mapped[dict[str, Any] | None]
    accountability: Mapped[str] = mapped_column(default="none")


class Proposal(Table):
    """A solution as proposed, reviewed and communicated, and the customer's answer to it."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("complaint_id", "version"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    version: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    measures: Mapped[list[Any]] = mapped_column(default=list)
    remedy_case: Mapped[str | None]
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    standard_amount: Mapped[Decimal | None]
    approved_amount: Mapped[Decimal | None]
    over_standard: Mapped[bool | None]
    statutory: Mapped[bool | None]
    rationale: Mapped[str | None]
    reasons: Mapped[str | None]
    reviewers: Mapped[list[Any]] = mapped_column(default=list)
    legal_reviewed: Mapped[bool] = mapped_column(default=False)
    compensation_id: Mapped[str | None] = mapped_column(ForeignKey("compensation.id"))
    communicated_at: Mapped[datetime | None]
    offer_text: Mapped[str | None]
    answer_until: Mapped[date | None]
    decision: Mapped[str | None]  # accept | counter | reject | no_response
    decision_evidence: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    counter_amount: Mapped[Decimal | None]
    wants_mediation: Mapped[bool] = mapped_column(default=False)


class ReviewVote(Table):
    """What one reviewer said about a proposal."""

    __tablename__ = "review_vote"
    __table_args__ = (Index("ix_review_vote_proposal", "proposal_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"))
    user_task_id: Mapped[str | None] = mapped_column(unique=True)
    role: Mapped[str]
    account: Mapped[str]
    vote: Mapped[str]  # approve | return | reject
    lawful: Mapped[bool | None]
    feasible: Mapped[bool | None]
    fair: Mapped[bool | None]
    remark: Mapped[str | None]
    at: Mapped[datetime]


class Action(Table):
    """One thing to do, with its owner and due instant: of a proposal, of a first contact, or of an improvement."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_complaint", "complaint_id", "id"), Index("ix_action_improvement", "improvement_id", "id"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str | None] = mapped_column(ForeignKey("complaint.id"))
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("proposal.id"))
    improvement_id: Mapped[str | None] = mapped_column(ForeignKey("improvement_action.id"))
    type: Mapped[str]
    text: Mapped[str | None]
    owner: Mapped[str]
    department: Mapped[str | None]
    due: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")  # open | done | cancelled
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    proof: Mapped[str | None]
    overdue: Mapped[bool] = mapped_column(default=False)
