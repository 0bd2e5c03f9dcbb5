"""Lists of tasks over many: to whom a task is offered in one word, who lent it, what changed; filters people keep.

Revision: 0007, after 0006.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import database
from engine.offers import audience_of

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NEVER = "'9999-12-31T00:00:00.000000Z'"
DUE = f"coalesce(due_at, {NEVER})"
SLACK = f"(CASE WHEN paused THEN {NEVER} ELSE {DUE} END)"
WATCHED = "state, assignee, owner, audience, due_at, warn_at, paused, priority, follow_up_at, pending_job_id"
COLUMNS = "mark, task_id, audience, audience_before, assignee, assignee_before, owner"
SQLITE_MARK = "(SELECT coalesce(max(mark), 0) + 1 FROM task_change)"
POSTGRESQL = f"""
CREATE FUNCTION note_task_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before user_task := CASE WHEN TG_OP = 'UPDATE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO task_change ({COLUMNS}) VALUES (
        pg_current_xact_id()::text::bigint, NEW.id, NEW.audience, before.audience, NEW.assignee, before.assignee,
        coalesce(NEW.owner, before.owner)
    );
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("audience", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("follow_up_at", database.Instant(), nullable=True))
    _tables()
    _offered()
    _indexes()
    _triggers()


def _indexes() -> None:
    seen = ["assignee", "paused", "warn_at"]
    op.drop_index("ix_user_task_open", "user_task")
    op.create_index("ix_user_task_by_due", "user_task", [sa.text(DUE), "id", *seen, "audience"], **_only("state = 'open'"))
    op.create_index("ix_user_task_by_slack", "user_task", [sa.text(SLACK), "id", "assignee", "audience"], **_only("state = 'open'"))
    op.create_index("ix_user_task_audience", "user_task", ["audience", sa.text(DUE), "id", *seen], **_only("state = 'open'"))
    op.create_index("ix_user_task_owner", "user_task", ["owner", "id"], **_only("owner IS NOT NULL"))
    op.create_index("ix_user_task_follow_up", "user_task", ["follow_up_at", "id"], **_only("follow_up_at IS NOT NULL"))


def _only(condition: str) -> dict[str, Any]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def _tables() -> None:
    op.create_table(
        "audience_member",
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "kind", "name", name=op.f("pk_audience_member")),
    )
    op.create_index("ix_audience_member_name", "audience_member", ["name", "kind", "audience"])
    op.create_table(
        "task_change",
        sa.Column("n", database.BigId, autoincrement=True, nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("audience_before", sa.String(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("assignee_before", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_task_change")),
    )
    op.create_index("ix_task_change_mark", "task_change", ["mark", "n"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("shared_with", sa.String(), nullable=True),
        sa.Column("wanted", database.Json(), nullable=False),
        sa.Column("created_at", database.Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index("ix_saved_filter_owner", "saved_filter", ["owner", "name"])
    op.create_index("ix_saved_filter_shared", "saved_filter", ["shared_with", "name"])


def _offered() -> None:
    """What is open already gets its word."""
    task = sa.table("user_task", sa.column("id", sa.String()), sa.column("state", sa.String()), sa.column("audience", sa.String()))
    offered = sa.table("user_task_candidate", *(sa.column(name, sa.String()) for name in ("user_task_id", "kind", "name")))
    member = sa.table("audience_member", *(sa.column(name, sa.String()) for name in ("audience", "kind", "name")))
    rows = sa.select(task.c.id, offered.c.kind, offered.c.name).join(offered, offered.c.user_task_id == task.c.id)
    found: dict[str, set[tuple[str, str]]] = {}
    for id_, kind, name in op.get_bind().execute(rows.where(task.c.state == "open", offered.c.kind != "excluded")):
        found.setdefault(id_, set()).add((kind, name))
    known: set[str] = set()
    for id_, members in found.items():
        word = audience_of(members)
        op.get_bind().execute(task.update().where(task.c.id == id_).values(audience=word))
        if word not in known:
            known.add(word)
            op.bulk_insert(member, [{"audience": word, "kind": kind, "name": name} for kind, name in members])


def _triggers() -> None:
    """They stand on the table itself: who makes it anew (a batch migration on SQLite) has to make them anew."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
        note = "FOR EACH ROW EXECUTE FUNCTION note_task_change()"
        op.execute(f"CREATE TRIGGER task_opened AFTER INSERT ON user_task {note}")
        op.execute(f"CREATE TRIGGER task_changed AFTER UPDATE OF {WATCHED} ON user_task {note}")
        return
    opened = f"{SQLITE_MARK}, NEW.id, NEW.audience, NEW.audience, NEW.assignee, NEW.assignee, NEW.owner"
    changed = f"{SQLITE_MARK}, NEW.id, NEW.audience, OLD.audience, NEW.assignee, OLD.assignee, coalesce(NEW.owner, OLD.owner)"
    for name, when, values in (("task_opened", "INSERT", opened), ("task_changed", f"UPDATE OF {WATCHED}", changed)):
        note = f"INSERT INTO task_change ({COLUMNS}) VALUES ({values});"
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON user_task BEGIN {note} END")
