"""What is said about a case inside the house, who watches it, and the files that belong to it.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("user_task_id", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mentions", database.Json(), nullable=False),
        sa.Column("edited_at", database.Instant(), nullable=True),
        sa.Column("deleted_at", database.Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_comment_by")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_comment_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_complaint", "comment", ["complaint_id", "at", "id"])
    op.create_table(
        "watcher",
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("since", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_watcher_account_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_watcher_complaint_id")),
        sa.PrimaryKeyConstraint("complaint_id", "account_id", name=op.f("pk_watcher")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        for name in ("scan", "comment_id", "contact_id", "user_task_id", "deleted_by", "delete_reason"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", database.Instant(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_attachment_comment_id"), "comment", ["comment_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_attachment_contact_id"), "contact", ["contact_id"], ["id"])
        batch_op.create_index("ix_attachment_sha256", ["sha256"])
