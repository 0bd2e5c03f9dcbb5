"""Cases and what is paid for them (data_and_kpis.md 4.1, 4.2, 4.8)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Table, new_id
from engine.seals import Sealed
from processes.tables.counting import TOLD_APART_BY, only


class Customer(Table):
    """A person who complains (data_and_kpis.md 4.2), the same one in every case: found again by phone or e-mail."""

    __tablename__ = "customer"
    __table_args__ = (Index("ix_customer_phone", "phone"), Index("ix_customer_email", "email"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    gender: Mapped[str | None]  # F | M | X
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[str | None]
    preferred_contact: Mapped[str | None]  # phone | sms | email | app | wechat | letter
    contact_hours: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="zh")  # the language letters are written in
    marketing_consent: Mapped[bool] = mapped_column(default=False)
    do_not_call: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Complaint(Table):
    """A case (data_and_kpis.md 4.1). `excluded_users` are the accounts that may neither see nor do its tasks: those it is
    about, and theirs.

    Groups of columns: who and how; what; the answers DMN-01 and DMN-03 ask for; the result of triage; people; where it
    stands; findings; instants (the source of the KPIs); counters and guards; the end.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_received", "received_at", "id", "first_response_at", "repeat_count", "secondary_complaint", *TOLD_APART_BY),
        Index("ix_complaint_closed", "closed_at", "id", "reopen_count", "completeness", *TOLD_APART_BY, **only("closed_at IS NOT NULL")),
        Index("ix_complaint_resolved", "resolved_at", "handled_seconds", *TOLD_APART_BY, **only("resolved_at IS NOT NULL")),
        Index("ix_complaint_open", "received_at", *TOLD_APART_BY, **only("closed_at IS NULL")),
        Index("ix_complaint_counted", "id", "closed_at", *TOLD_APART_BY),  # of a deadline or a payment: its case, but not its wide row
        Index("ix_complaint_customer", "customer_id"),
        Index("ix_complaint_status", "status", "received_at", "id"),
        Index("ix_complaint_order", "order_no"),
        Index("ix_complaint_contract", "contract_no"),
        Index("ix_complaint_product", "product_code", "received_at"),
        Index("ix_complaint_owner", "case_owner"),
        Index("ix_complaint_registrar", "registered_by"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)  # TS-YYYYMMDD-NNNNN
    secret_hash: Mapped[str | None]  # SHA-256 of the salted code that opens the case to the complainant
    profile: Mapped[str] = mapped_column(default="NONE")  # DMN-16
    org_unit: Mapped[str] = mapped_column(default="main")
    calendar: Mapped[str] = mapped_column(default="CN")
    locale: Mapped[str] = mapped_column(default="zh")

    customer_id: Mapped[str]  # the same person has the same one in every case: goodwill is counted by it
    customer_name: Mapped[str]
    anonymous: Mapped[bool] = mapped_column(default=False)
    agent_name: Mapped[str | None]
    representatives: Mapped[list[Any]] = mapped_column(default=list)
    channel: Mapped[str]
    source: Mapped[str] = mapped_column(default="customer")  # customer | internal | third_party | regulator
    external_no: Mapped[str | None]
    authority: Mapped[str | None]
    authority_due_at: Mapped[datetime | None]
    registered_by: Mapped[str | None]  # account id; None: the public door

    business_type: Mapped[str | None]  # goods | service | finance | delivery | other
    product_code: Mapped[str | None]
    order_no: Mapped[str | None]
    contract_no: Mapped[str | None]
    batch_no: Mapped[str | None]
    serial_no: Mapped[str | None]
    complained_object: Mapped[str | None]
    complained_user: Mapped[str | None]
    content: Mapped[str]
    demand: Mapped[str | None]
    claim_amount: Mapped[Decimal | None]
    event_date: Mapped[date | None]

    in_legal_proceeding: Mapped[bool] = mapped_column(default=False)
    our_business: Mapped[bool] = mapped_column(default=True)
    previously_final: Mapped[bool] = mapped_column(default=False)
    authorised: Mapped[bool] = mapped_column(default=True)
    affected_customers: Mapped[int] = mapped_column(default=1)
    safety: Mapped[str] = mapped_column(default="none")  # none | potential | actual
    time_critical: Mapped[bool] = mapped_column(default=False)
    media: Mapped[str] = mapped_column(default="none")  # none | threatened | published
    consent_data_use: Mapped[bool] = mapped_column(default=False)
    vulnerable: Mapped[bool] = mapped_column(default=False)
    injury: Mapped[bool] = mapped_column(default=False)
    legal_action: Mapped[bool] = mapped_column(default=False)
    source_regulator: Mapped[bool] = mapped_column(default=False)
    severity_tier: Mapped[str | None]  # serious | urgent: the word of the customer desk
    repeat_count: Mapped[int] = mapped_column(default=0)
    duplicate_of: Mapped[str | None]  # id of the open case of the same person about the same thing

    category: Mapped[str | None]
    sub_category: Mapped[str | None]
    secondary_category: Mapped[str | None]
    classification_source: Mapped[str | None]  # rule | human
    level: Mapped[int]  # 1 ordinary .. 4 major
    level_reasons: Mapped[list[Any]] = mapped_column(default=list)
    level_history: Mapped[list[Any]] = mapped_column(default=list)  # {"at", "from", "to", "by", "reason"}
    priority_score: Mapped[int | None]
    priority_band: Mapped[str | None]  # PR1 .. PR4
    handler_group: Mapped[str | None]
    case_owner_group: Mapped[str | None]
    supervisor_role: Mapped[str | None]

    first_inquiry_owner: Mapped[str | None]
    case_owner: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    owner_department: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    involved_departments: Mapped[list[Any]] = mapped_column(default=list)
    excluded_users: Mapped[list[Any]] = mapped_column(default=list)
    conflict_unresolved: Mapped[bool] = mapped_column(default=False)

    status: Mapped[str] = mapped_column(default="NEW")
    status_before: Mapped[str | None]  # what SUSPENDED gives back
    close_code: Mapped[str | None]
    outcome_code: Mapped[str | None]  # with_money | with_non_money_relief | with_explanation | rejected | partly
    founded: Mapped[str | None]  # founded | partly | unfounded | undetermined
    root_cause: Mapped[str | None]
    responsible_link: Mapped[str | None]
    key_issue: Mapped[str | None]
    demand_confirmed: Mapped[str | None]
    resolved_on_contact: Mapped[bool] = mapped_column(default=False)

    received_at: Mapped[datetime]  # never changes
    acked_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    prelim_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    handled_seconds: Mapped[int | None]  # working seconds from received_at to resolved_at, counted when it was resolved (KPI-07)
    feedback_at: Mapped[datetime | None]
    first_visit_at: Mapped[datetime | None]
    procedure_ended_at: Mapped[datetime | None]  # the customer withdrew, or a court took over
    payment_received_at: Mapped[datetime | None]  # the customer says so
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]  # the last time: what counts "since the last reopening"

    reopen_count: Mapped[int] = mapped_column(default=0)
    negotiation_round: Mapped[int] = mapped_column(default=0)
    rework_count: Mapped[int] = mapped_column(default=0)
    secondary_complaint: Mapped[bool] = mapped_column(default=False)
    evidence_pending: Mapped[bool] = mapped_column(default=False)
    payment_objection_open: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[str | None]
    contacts_count: Mapped[int] = mapped_column(default=1)
    completeness: Mapped[int | None]  # percent of the mandatory fields

    lessons: Mapped[str | None]
    capa_needed: Mapped[bool] = mapped_column(default=False)
    capa_title: Mapped[str | None]
    archive_no: Mapped[str | None]
    retention_years: Mapped[int | None]
    retention_class: Mapped[str | None]
    retention_until: Mapped[datetime | None]
    legal_hold: Mapped[bool] = mapped_column(default=False)
    instance_id: Mapped[str | None]
    definition_id: Mapped[str | None]


class ContentAddition(Table):
    """What was added to the content of a case later: by its customer, or by a second complaint merged into it."""

    __tablename__ = "content_addition"
    __table_args__ = (Index("ix_content_addition_complaint", "complaint_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    from_complaint: Mapped[str | None]


class CaseEvent(Table):
    """Something that happened to a case and is no record of its own: a status, an instruction, a withdrawal. The timeline."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_complaint", "complaint_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]
    kind: Mapped[str]  # status | owner | level | engagement | withdrawal | suspended | merged | ...
    by: Mapped[str]
    text: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DayNumber(Table):
    """The last complaint number given out on a day (local date of received_at, as YYYYMMDD)."""

    __tablename__ = "day_number"
    day: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class SentForm(Table):
    """A form of the public that has come in: sent again, it is the same complaint. Keys are kept as digests."""

    __tablename__ = "sent_form"
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of what was typed: the same form with other contents is no repetition
    complaint_id: Mapped[str | None] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]


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
    state: Mapped[str] = mapped_column(default="draft")  # draft | in_approval | approved | rejected | partly_paid | paid
    approved_amount: Mapped[Decimal | None]
    legal_opinion_needed: Mapped[bool] = mapped_column(default=False)
    finance_check_needed: Mapped[bool] = mapped_column(default=False)
    cost_center: Mapped[str | None]
    cost_by_department: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposal_id: Mapped[str | None]
    supplement_of: Mapped[str | None]  # the claim this one adds to, after an objection
    payee_name: Mapped[str | None]
    payee_method: Mapped[str | None]  # bank | alipay | wechat | original payment route | voucher
    payee_account: Mapped[str | None] = mapped_column(Sealed)
    agreement_no: Mapped[str | None]
    agreement_signed: Mapped[bool] = mapped_column(default=False)
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
