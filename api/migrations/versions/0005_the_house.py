"""What administrators and people themselves decide: settings, deputies, password links, calendars, the texts of letters.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("theme", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    _people()
    _door()
    _house()


def _people() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("deputy_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("starts_at", database.Instant(), nullable=False),
        sa.Column("ends_at", database.Instant(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_deputy_account_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_deputy_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index("ix_deputy_account", ["account_id", "ends_at"], unique=False)
        batch_op.create_index("ix_deputy_ends", ["ends_at"], unique=False)
    op.create_table(
        "notification_rule",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("screen", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notification_rule_account_id")),
        sa.PrimaryKeyConstraint("account_id", "event", name=op.f("pk_notification_rule")),
    )


def _door() -> None:
    op.create_table(
        "password_link",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("expires_at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_password_link_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("sha256", name=op.f("uq_password_link_sha256")),
    )


def _house() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("days_off", database.Json(), nullable=False),
        sa.Column("working_days", database.Json(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "calendar_hours",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("weekly", database.Json(), nullable=False),
        sa.Column("moved", database.Json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_hours")),
    )
    op.create_table(
        "letter_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_version")),
    )
    with op.batch_alter_table("letter_version", schema=None) as batch_op:
        batch_op.create_index("ix_letter_version_number", ["template", "locale", "version"], unique=True)
