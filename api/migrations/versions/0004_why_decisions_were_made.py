"""Every decision asked by a diagram keeps why it was what it was.

Decisions made before have no explanation: it cannot be known any more which data they saw.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from engine import database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_instance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("root_id", sa.String(), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("evaluated_at", database.Instant(), nullable=False),
        sa.Column("explanation", database.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_instance")),
    )
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.create_index("ix_decision_instance_instance", ["instance_id", "id"], unique=False)
        batch_op.create_index("ix_decision_instance_root", ["root_id"], unique=False)
