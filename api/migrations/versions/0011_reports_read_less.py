"""What reports find open cases by, and the case of a deadline or a payment.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APART = ("close_code", "category", "level", "channel", "owner_department", "case_owner", "root_cause")


def upgrade() -> None:
    condition = sa.text("closed_at IS NULL")
    op.create_index("ix_complaint_open", "complaint", ["received_at", *APART], sqlite_where=condition, postgresql_where=condition)
    op.create_index("ix_complaint_counted", "complaint", ["id", "closed_at", *APART])
