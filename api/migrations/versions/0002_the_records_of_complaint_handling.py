"""The records of complaint handling.

A server default fills the rows that are there; new rows get theirs from the tables.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("gender", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("preferred_contact", sa.String(), nullable=True),
        sa.Column("contact_hours", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("marketing_consent", sa.Boolean(), nullable=False),
        sa.Column("do_not_call", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_email", ["email"], unique=False)
        batch_op.create_index("ix_customer_phone", ["phone"], unique=False)

    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=True),
        sa.Column("at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_sent_form_complaint_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )

    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("mime", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("waived_by", sa.String(), nullable=True),
        sa.Column("waive_reason", sa.String(), nullable=True),
        sa.Column("assessed", sa.String(), nullable=True),
        sa.Column("pd_class", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_attachment_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_complaint", ["complaint_id", "type", "id"], unique=False)

    op.create_table(
        "case_event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("details", database.Json(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_case_event_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index("ix_case_event_complaint", ["complaint_id", "at", "id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("delivered_at", database.Instant(), nullable=True),
        sa.Column("read_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_contact_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_key")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_complaint", ["complaint_id", "at", "id"], unique=False)

    op.create_table(
        "content_addition",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("from_complaint", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_content_addition_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_addition")),
    )
    with op.batch_alter_table("content_addition", schema=None) as batch_op:
        batch_op.create_index("ix_content_addition_complaint", ["complaint_id", "at", "id"], unique=False)

    op.create_table(
        "decision_record",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=True),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("inputs", database.Json(), nullable=False),
        sa.Column("rows", database.Json(), nullable=False),
        sa.Column("result", database.Json(), nullable=False),
        sa.Column("overruled", database.Json(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_decision_record_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_record")),
    )
    with op.batch_alter_table("decision_record", schema=None) as batch_op:
        batch_op.create_index("ix_decision_record_complaint", ["complaint_id", "decision", "id"], unique=False)

    op.create_table(
        "department_input",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", database.Instant(), nullable=False),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("evidence", database.Json(), nullable=False),
        sa.Column("agrees_responsibility", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", database.Instant(), nullable=True),
        sa.Column("waived_by", sa.String(), nullable=True),
        sa.Column("waive_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_department_input_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_input")),
    )
    with op.batch_alter_table("department_input", schema=None) as batch_op:
        batch_op.create_index("ix_department_input_complaint", ["complaint_id", "department"], unique=False)

    op.create_table(
        "escalation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("supervisor", sa.String(), nullable=False),
        sa.Column("supervise_within", sa.String(), nullable=True),
        sa.Column("triggers", database.Json(), nullable=False),
        sa.Column("user_task_id", sa.String(), nullable=True),
        sa.Column("opened_at", database.Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("instruction", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("new_owner", sa.String(), nullable=True),
        sa.Column("new_assignee", sa.String(), nullable=True),
        sa.Column("new_level", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", database.Instant(), nullable=True),
        sa.Column("end_element_id", sa.String(), nullable=True),
        sa.Column("ended_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_escalation_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "improvement_action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=True),
        sa.Column("complaints", database.Json(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("root_cause", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("goal_metric", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("measured", sa.String(), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=True),
        sa.Column("loops", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", database.Instant(), nullable=False),
        sa.Column("closed_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_improvement_action_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_action")),
    )
    with op.batch_alter_table("improvement_action", schema=None) as batch_op:
        batch_op.create_index("ix_improvement_action_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "investigation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("facts_found", sa.String(), nullable=True),
        sa.Column("complainant_statement", sa.String(), nullable=True),
        sa.Column("respondent_statement", sa.String(), nullable=True),
        sa.Column("evidence", database.Json(), nullable=False),
        sa.Column("founded", sa.String(), nullable=True),
        sa.Column("root_cause", sa.String(), nullable=True),
        sa.Column("responsible_link", sa.String(), nullable=True),
        sa.Column("key_issue", sa.String(), nullable=True),
        sa.Column("multi_department", sa.Boolean(), nullable=False),
        sa.Column("need_customer_info", sa.Boolean(), nullable=False),
        sa.Column("info_items", database.Json(), nullable=False),
        sa.Column("involved_departments", database.Json(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_investigation_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation")),
        sa.UniqueConstraint("complaint_id", "version", name=op.f("uq_investigation_complaint_id_version")),
    )
    op.create_table(
        "mediation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("disputed_amount", database.Money(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("file_no", sa.String(), nullable=True),
        sa.Column("mediator", sa.String(), nullable=True),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("offered_at", database.Instant(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("consent_at", database.Instant(), nullable=True),
        sa.Column("consent_evidence", sa.String(), nullable=True),
        sa.Column("opened_at", database.Instant(), nullable=True),
        sa.Column("extension_agreed", sa.Boolean(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("agreed_amount", database.Money(), nullable=True),
        sa.Column("compensation_id", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("ended_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_mediation_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation")),
    )
    with op.batch_alter_table("mediation", schema=None) as batch_op:
        batch_op.create_index("ix_mediation_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "responsibility_share",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("persons", database.Json(), nullable=False),
        sa.Column("basis", database.Json(), nullable=False),
        sa.Column("evidence", database.Json(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", database.Instant(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("objection_until", database.Instant(), nullable=True),
        sa.Column("objection", database.Json(), nullable=True),
        sa.Column("accountability", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_responsibility_share_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_share")),
        sa.UniqueConstraint("complaint_id", "version", "department", name=op.f("uq_responsibility_share_complaint_id_version_department")),
    )
    op.create_table(
        "return_visit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("planned_from", database.Instant(), nullable=True),
        sa.Column("first_within", sa.String(), nullable=True),
        sa.Column("methods", database.Json(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("visitor_role", sa.String(), nullable=True),
        sa.Column("opened_at", database.Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("objection", sa.Boolean(), nullable=False),
        sa.Column("new_facts", sa.Boolean(), nullable=False),
        sa.Column("performed", sa.String(), nullable=True),
        sa.Column("needs", sa.String(), nullable=True),
        sa.Column("suggestions", sa.String(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("ended_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_return_visit_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_visit")),
    )
    with op.batch_alter_table("return_visit", schema=None) as batch_op:
        batch_op.create_index("ix_return_visit_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "sla_clock",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("improvement_id", sa.String(), nullable=True),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("thresholds", database.Json(), nullable=False),
        sa.Column("pausable", sa.Boolean(), nullable=False),
        sa.Column("start", database.Instant(), nullable=False),
        sa.Column("due", database.Instant(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("pauses", database.Json(), nullable=False),
        sa.Column("stop", database.Instant(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("fired", database.Json(), nullable=False),
        sa.Column("done", database.Json(), nullable=False),
        sa.Column("retroactive", sa.Integer(), nullable=True),
        sa.Column("regraded_at", database.Instant(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("next_at", database.Instant(), nullable=True),
        sa.Column("warn_at", database.Instant(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("charged_to", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_sla_clock_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clock")),
    )
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.create_index("ix_sla_clock_complaint", ["complaint_id", "id"], unique=False)
        batch_op.create_index("ix_sla_clock_next", ["next_at"], unique=False)
        batch_op.create_index("ix_sla_clock_result", ["result", "due"], unique=False)

    op.create_table(
        "mediation_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mediation_id", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("planned_at", database.Instant(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("held_at", database.Instant(), nullable=True),
        sa.Column("attendees", database.Json(), nullable=False),
        sa.Column("statements", database.Json(), nullable=False),
        sa.Column("facts_agreed", database.Json(), nullable=False),
        sa.Column("key_moments", sa.String(), nullable=True),
        sa.Column("common_ground", sa.String(), nullable=True),
        sa.Column("open_points", sa.String(), nullable=True),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("gap_amount", database.Money(), nullable=True),
        sa.Column("agreed_amount", database.Money(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], name=op.f("fk_mediation_session_mediation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_session")),
        sa.UniqueConstraint("mediation_id", "no", name=op.f("uq_mediation_session_mediation_id_no")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("compensation_id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("amount", database.Money(), nullable=False),
        sa.Column("payee_name", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("id_checked", sa.Boolean(), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=True),
        sa.Column("prepared_at", database.Instant(), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("released_at", database.Instant(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_at", database.Instant(), nullable=True),
        sa.Column("provider_reference", sa.String(), nullable=True),
        sa.Column("confirmed_at", database.Instant(), nullable=True),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("failed_at", database.Instant(), nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("received_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["compensation_id"], ["compensation.id"], name=op.f("fk_payment_compensation_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_payment_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("compensation_id", "attempt", name=op.f("uq_payment_compensation_id_attempt")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_idempotency_key")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("measures", database.Json(), nullable=False),
        sa.Column("remedy_case", sa.String(), nullable=True),
        sa.Column("inputs", database.Json(), nullable=False),
        sa.Column("requested_amount", database.Money(), nullable=False),
        sa.Column("standard_amount", database.Money(), nullable=True),
        sa.Column("approved_amount", database.Money(), nullable=True),
        sa.Column("over_standard", sa.Boolean(), nullable=True),
        sa.Column("statutory", sa.Boolean(), nullable=True),
        sa.Column("rationale", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=True),
        sa.Column("reviewers", database.Json(), nullable=False),
        sa.Column("legal_reviewed", sa.Boolean(), nullable=False),
        sa.Column("compensation_id", sa.String(), nullable=True),
        sa.Column("communicated_at", database.Instant(), nullable=True),
        sa.Column("offer_text", sa.String(), nullable=True),
        sa.Column("answer_until", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decision_evidence", sa.String(), nullable=True),
        sa.Column("decided_at", database.Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("counter_amount", database.Money(), nullable=True),
        sa.Column("wants_mediation", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["compensation_id"], ["compensation.id"], name=op.f("fk_proposal_compensation_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_proposal_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("complaint_id", "version", name=op.f("uq_proposal_complaint_id_version")),
    )
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("process_score", sa.Integer(), nullable=False),
        sa.Column("result_score", sa.Integer(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_satisfaction_complaint_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["return_visit.id"], name=op.f("fk_satisfaction_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
    )
    with op.batch_alter_table("satisfaction", schema=None) as batch_op:
        batch_op.create_index("ix_satisfaction_complaint", ["complaint_id", "at", "id"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mediation_id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("agreement_no", sa.String(), nullable=False),
        sa.Column("drafted_at", database.Instant(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("parties", database.Json(), nullable=False),
        sa.Column("facts", sa.String(), nullable=True),
        sa.Column("responsibility", sa.String(), nullable=True),
        sa.Column("obligations", database.Json(), nullable=False),
        sa.Column("amount", database.Money(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("performance_due", sa.Date(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("legal_check", sa.String(), nullable=True),
        sa.Column("signed_customer_at", database.Instant(), nullable=True),
        sa.Column("signed_company_at", database.Instant(), nullable=True),
        sa.Column("legal_effect_explained", sa.Boolean(), nullable=False),
        sa.Column("customer_satisfaction", sa.Integer(), nullable=True),
        sa.Column("company_satisfaction", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.String(), nullable=True),
        sa.Column("performance", sa.String(), nullable=False),
        sa.Column("reported_to_authority_at", database.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_settlement_complaint_id")),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], name=op.f("fk_settlement_mediation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index("ix_settlement_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "visit_attempt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["return_visit.id"], name=op.f("fk_visit_attempt_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_attempt")),
        sa.UniqueConstraint("visit_id", "no", name=op.f("uq_visit_attempt_visit_id_no")),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("improvement_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("due", database.Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_at", database.Instant(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_action_complaint_id")),
        sa.ForeignKeyConstraint(["improvement_id"], ["improvement_action.id"], name=op.f("fk_action_improvement_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_action_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index("ix_action_complaint", ["complaint_id", "id"], unique=False)
        batch_op.create_index("ix_action_improvement", ["improvement_id", "id"], unique=False)

    op.create_table(
        "review_vote",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("user_task_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("vote", sa.String(), nullable=False),
        sa.Column("lawful", sa.Boolean(), nullable=True),
        sa.Column("feasible", sa.Boolean(), nullable=True),
        sa.Column("fair", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_review_vote_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_vote")),
        sa.UniqueConstraint("user_task_id", name=op.f("uq_review_vote_user_task_id")),
    )
    with op.batch_alter_table("review_vote", schema=None) as batch_op:
        batch_op.create_index("ix_review_vote_proposal", ["proposal_id", "id"], unique=False)

    with op.batch_alter_table("compensation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_opinion_needed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("finance_check_needed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("cost_by_department", database.Json(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("proposal_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("supplement_of", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("payee_name", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("payee_method", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("payee_account", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("agreement_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("agreement_signed", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret_hash", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("profile", sa.String(), nullable=False, server_default="NONE"))
        batch_op.add_column(sa.Column("org_unit", sa.String(), nullable=False, server_default="main"))
        batch_op.add_column(sa.Column("calendar", sa.String(), nullable=False, server_default="CN"))
        batch_op.add_column(sa.Column("locale", sa.String(), nullable=False, server_default="zh"))
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("agent_name", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("representatives", database.Json(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("source", sa.String(), nullable=False, server_default="customer"))
        batch_op.add_column(sa.Column("external_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("authority", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("authority_due_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("registered_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("business_type", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("product_code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("order_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("contract_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("batch_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("serial_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("complained_object", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("complained_user", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("demand", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("claim_amount", database.Money(), nullable=True))
        batch_op.add_column(sa.Column("event_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("in_legal_proceeding", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("our_business", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("previously_final", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("authorised", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("affected_customers", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("safety", sa.String(), nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("time_critical", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("media", sa.String(), nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("consent_data_use", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("vulnerable", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("injury", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("legal_action", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("source_regulator", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("severity_tier", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("repeat_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("duplicate_of", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("category", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("sub_category", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("secondary_category", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("classification_source", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("level_reasons", database.Json(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("level_history", database.Json(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("priority_score", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("priority_band", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("handler_group", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("case_owner_group", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("supervisor_role", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("first_inquiry_owner", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("status_before", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("close_code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("outcome_code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("founded", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("root_cause", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("responsible_link", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("key_issue", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("demand_confirmed", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("resolved_on_contact", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("acked_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("accepted_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("first_response_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("prelim_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("proposed_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("decided_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("resolved_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("feedback_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("first_visit_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("procedure_ended_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("payment_received_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("archived_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("reopen_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("negotiation_round", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rework_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("secondary_complaint", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("evidence_pending", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("payment_objection_open", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("merged_into", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("contacts_count", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("completeness", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lessons", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("capa_needed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("capa_title", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("archive_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("retention_years", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("retention_class", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("retention_until", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("instance_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("definition_id", sa.String(), nullable=True))
        batch_op.create_index("ix_complaint_contract", ["contract_no"], unique=False)
        batch_op.create_index("ix_complaint_order", ["order_no"], unique=False)
        batch_op.create_index("ix_complaint_status", ["status", "received_at", "id"], unique=False)

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_starts", database.Json(), nullable=False, server_default="[]"))

    stalled, open_ = sa.text("stalled_at IS NOT NULL"), sa.text("state = 'open'")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stalled_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("called_from", sa.String(), nullable=True))
        batch_op.create_index("ix_process_instance_parent", ["parent_id"], unique=False)
        batch_op.create_index(
            "ix_process_instance_stalled", ["stalled_at", "id"], unique=False, sqlite_where=stalled, postgresql_where=stalled
        )

    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claim_by", database.Instant(), nullable=True))
        batch_op.create_index(
            "ix_user_task_claim", ["assignee", "claim_by", "id"], unique=False, sqlite_where=open_, postgresql_where=open_
        )
        batch_op.create_index("ix_user_task_business_key", ["business_key", "state"], unique=False)

    # Tasks that are open already should be claimed by the time they are due; one without a due time is waiting long enough.
    op.execute("UPDATE user_task SET claim_by = COALESCE(due_at, created_at) WHERE state = 'open'")
