"""What people are told has a kind, two languages and a place in the bell; rules go by these kinds, and know quiet hours.

Revision: 0010, after 0009.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = {  # the letters there were, by what they are about
    "deadline": ("N-SLA-REMIND", "N-SLA-WARN"),
    "breached": ("N-SLA-LATE",),
    "escalated": ("N-SUPERVISE",),
    "incident": ("N-INCIDENT",),
}
RENAMED = {  # kinds of events as rules called them
    "task_assigned": "assigned",
    "deadline_near": "deadline",
    "deadline_missed": "breached",
    "mentioned": "mention",
    "case_watched": "watched",
}


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keyboard", sa.Boolean(), nullable=False, server_default="1"))
    _notifications()
    _rules()
    op.create_table(
        "notification_schedule",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("digest_at", sa.String(), nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=True),
        sa.Column("quiet_until", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notification_schedule_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notification_schedule")),
    )


def _notifications() -> None:
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.alter_column("complaint_id", existing_type=sa.String(), nullable=True)
        batch_op.add_column(sa.Column("instead_of", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="case"))
        batch_op.add_column(sa.Column("user_task_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("text_zh", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("shown", sa.Boolean(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("browser", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("read_at", database.Instant(), nullable=True))
        batch_op.add_column(sa.Column("mail_at", database.Instant(), nullable=True))
    table = sa.table(
        "notification",
        sa.column("template", sa.String()),
        sa.column("kind", sa.String()),
        sa.column("at", database.Instant()),
        sa.column("read_at", database.Instant()),
    )
    for kind, templates in KINDS.items():
        op.execute(table.update().where(table.c.template.in_(templates)).values(kind=kind))
    op.execute(table.update().values(read_at=table.c.at))  # they were mailed, and there was no bell to clear
    op.create_index("ix_notification_unread", "notification", ["account_id", "at", "id"], **_only("read_at IS NULL"))
    op.create_index("ix_notification_digest", "notification", ["account_id", "at", "id"], **_only("mail_at IS NOT NULL"))


def _rules() -> None:
    with op.batch_alter_table("notification_rule", schema=None) as batch_op:
        batch_op.alter_column("event", new_column_name="kind", existing_type=sa.String(), existing_nullable=False)
        batch_op.add_column(sa.Column("deputy", sa.Boolean(), nullable=False, server_default="1"))
    table = sa.table("notification_rule", sa.column("kind", sa.String()))
    for before, kind in RENAMED.items():
        op.execute(table.update().where(table.c.kind == before).values(kind=kind))
    op.execute(table.delete().where(table.c.kind == "task_offered"))  # nobody was ever told of it: the inbox shows it


def _only(condition: str) -> dict[str, Any]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}
