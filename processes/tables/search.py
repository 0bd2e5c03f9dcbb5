"""What the search finds, and which cases somebody put side by side.

The terms of an entry are in `search_index`, beside these tables because each database has its own kind of full-text index:
an FTS5 table on SQLite, a `tsvector` with a GIN index on PostgreSQL. It is written by `processes/search_index.py` only.
"""

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import BigId, Table, new_id

# `shown`: terms everybody finds a text by; `personal`: those of the customer's data, for who reads them in full.
# Terms are ASCII-folded by us already: the `ascii` tokenizer only takes them apart at blanks.
FTS5 = "CREATE VIRTUAL TABLE search_index USING fts5(shown, personal, tokenize='ascii')"
TSVECTOR = "CREATE TABLE search_index (rowid BIGINT PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, terms TSVECTOR NOT NULL)"
GIN = "CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)"
INDEX_OF = {"sqlite": (FTS5,), "postgresql": (TSVECTOR, GIN)}


class SearchEntry(Table):
    """A text that can be found. Later ones have a higher `id`; it is the row of `search_index`, too.

    `text` is what excerpts are cut from, kept in plain: who reads the case masked gets them masked.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_subject", "kind", "subject_id", unique=True),
        Index("ix_search_entry_complaint", "complaint_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str]  # complaint | addition | letter | message | comment
    subject_id: Mapped[str]  # the row the text is kept in
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]
    text: Mapped[str]


class CaseLink(Table):
    """Somebody said that two cases belong together. `complaint_id` is the smaller id, so that a pair is there once."""

    __tablename__ = "case_link"
    __table_args__ = (Index("ix_case_link_pair", "complaint_id", "other_id", unique=True), Index("ix_case_link_other", "other_id"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    other_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


for _dialect, _statements in INDEX_OF.items():
    for _statement in _statements:
        event.listen(SearchEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy types no DDL
event.listen(SearchEntry.__table__, "before_drop", DDL("DROP TABLE IF EXISTS search_index"))  # type: ignore[no-untyped-call]  # as above
