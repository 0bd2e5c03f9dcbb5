"""How much working time each case took, and what reports are counted by.

Revision: 0006, after 0005.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import database
from engine.calendars import WorkingCalendar

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handled_seconds", sa.Integer(), nullable=True))
        batch_op.drop_index("ix_complaint_received")
    apart = ["close_code", "category", "level", "channel", "owner_department", "case_owner", "root_cause"]
    answered = ["first_response_at", "repeat_count", "secondary_complaint"]
    op.create_index("ix_complaint_received", "complaint", ["received_at", "id", *answered, *apart])
    op.create_index("ix_complaint_closed", "complaint", ["closed_at", "id", "reopen_count", "completeness", *apart], **_only("closed_at IS NOT NULL"))
    op.create_index("ix_complaint_resolved", "complaint", ["resolved_at", "handled_seconds", *apart], **_only("resolved_at IS NOT NULL"))
    op.create_index("ix_sla_clock_due", "sla_clock", ["clock", "due", "complaint_id", "result", "held", "improvement_id"])
    afterwards = ["result", "due", "stop", "held", "charged_to", "improvement_id"]
    op.create_index("ix_sla_clock_late", "sla_clock", ["complaint_id", "clock", *afterwards], **_only("result <> 'met'"))
    op.create_index("ix_payment_confirmed", "payment", ["confirmed_at", "complaint_id", "state", "amount"])
    op.drop_index("ix_satisfaction_complaint", "satisfaction")
    rated = ["satisfied", "process_score", "result_score"]
    op.create_index("ix_satisfaction_complaint", "satisfaction", ["complaint_id", "at", "id", *rated])
    _count_what_is_resolved()


def _only(condition: str) -> dict[str, Any]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def _count_what_is_resolved() -> None:
    table = sa.table(
        "complaint",
        sa.column("id", sa.String()),
        sa.column("received_at", database.Instant()),
        sa.column("resolved_at", database.Instant()),
        sa.column("handled_seconds", sa.Integer()),
    )
    calendar = WorkingCalendar()
    resolved = sa.select(table.c.id, table.c.received_at, table.c.resolved_at).where(table.c.resolved_at.is_not(None))
    for id_, received_at, resolved_at in op.get_bind().execute(resolved).all():
        worked = calendar.between(received_at, resolved_at) // timedelta(seconds=1)
        op.get_bind().execute(table.update().where(table.c.id == id_).values(handled_seconds=worked))
