"""What a list of tasks in the order of a search attribute walks: the attributes of instances that have not ended.

Those of ended ones are many more in time, and stand together where the attribute is the status of the case.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from engine.dialects import only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ENDED = """UPDATE search_attribute SET ended = true WHERE instance_id IN
(SELECT id FROM process_instance WHERE state IN ('completed', 'terminated', 'cancelled'))"""


def upgrade() -> None:
    with op.batch_alter_table("search_attribute") as batch_op:
        batch_op.add_column(sa.Column("ended", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(ENDED)
    for kind in ("text", "number", "instant"):
        columns = ["name", "ended", kind, "instance_id"]
        op.create_index(f"ix_search_attribute_by_{kind}", "search_attribute", columns, **only(f"{kind} IS NOT NULL"))
    open_ones = only("state = 'open'")
    op.create_index("ix_user_task_open_root", "user_task", ["root_id", "id", "assignee", "audience"], **open_ones)
