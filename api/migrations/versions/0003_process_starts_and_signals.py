"""What starts processes by itself, and who listens to signals.

Versions deployed before know messages only; the instance then begins at its first start event, as it did.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signal_subscription",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("root_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_subscription")),
    )
    with op.batch_alter_table("signal_subscription", schema=None) as batch_op:
        batch_op.create_index("ix_signal_subscription_name", ["name"], unique=False)
        batch_op.create_index("ix_signal_subscription_root", ["root_id"], unique=False)
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("definition_id", sa.String(), nullable=True))
        batch_op.create_index("ix_job_definition", ["definition_id"], unique=False)
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts", database.Json(), nullable=False, server_default="[]"))
    _keep_messages()
    # SQLite must not make the table anew: running instances refer to it.
    with op.batch_alter_table("process_definition", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("message_starts")


def _keep_messages() -> None:
    table = sa.table(
        "process_definition", sa.column("id", sa.String()), sa.column("message_starts", database.Json()), sa.column("starts", database.Json())
    )
    for id_, names in op.get_bind().execute(sa.select(table.c.id, table.c.message_starts)).all():
        starts = [{"node": None, "element_id": None, "event": "message", "text": name} for name in names or ()]
        op.get_bind().execute(table.update().where(table.c.id == id_).values(starts=starts))
