"""Full-text search, and cases somebody put side by side. Texts that are there already are taken in afterwards, by a job.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from engine import clock, database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX_OF = {
    "sqlite": ("CREATE VIRTUAL TABLE search_index USING fts5(shown, personal, tokenize='ascii')",),
    "postgresql": (
        "CREATE TABLE search_index (rowid BIGINT PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)",
    ),
}


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_entry",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_search_entry_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_subject", "search_entry", ["kind", "subject_id"], unique=True)
    op.create_index("ix_search_entry_complaint", "search_entry", ["complaint_id", "id"])
    for statement in INDEX_OF[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "case_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", database.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_case_link_complaint_id")),
        sa.ForeignKeyConstraint(["other_id"], ["complaint.id"], name=op.f("fk_case_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )
    op.create_index("ix_case_link_pair", "case_link", ["complaint_id", "other_id"], unique=True)
    op.create_index("ix_case_link_other", "case_link", ["other_id"])
    op.create_index("ix_complaint_product", "complaint", ["product_code", "received_at"])
    op.create_index("ix_complaint_owner", "complaint", ["case_owner"])
    op.create_index("ix_complaint_registrar", "complaint", ["registered_by"])
    _take_in_what_is_there()


def _take_in_what_is_there() -> None:
    """A job, a few cases at a time: years of texts would hold up the upgrade, and everybody with it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM complaint LIMIT 1")) is None:
        return
    instants = {name: database.Instant() for name in ("due_at", "run_at", "created_at")}
    job = sa.table("job", *(sa.column(name) for name in _job()), *(sa.column(name, kind) for name, kind in instants.items()))
    now = clock.now()
    op.execute(job.insert().values(**_job(), **dict.fromkeys(instants, now)))


def _job() -> dict[str, object]:
    id_ = database.new_id()
    given = {"id": id_, "key": id_, "kind": "effect", "state": "waiting", "topic": "search.fill", "payload": "{}", "created_by": "system"}
    return {**given, "retries": "PT10S,PT1M,PT5M", "retries_left": 4, "attempts": 0, "revision": 1}
