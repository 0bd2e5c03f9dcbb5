"""The full-text index of both databases: terms go in beside their entry, and a question becomes a condition.

`search_index.rowid` is `search_entry.id`. SQLite has two columns, PostgreSQL one `tsvector` whose positions carry the weight A
for what everybody finds a text by and B for the customer's data.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, Insert, String, bindparam, column, delete, insert, table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import NamedFromClause

from engine.database import connection_of
from processes.search_terms import Phrase

By = Literal["everything", "shown", "personal"]
LAST_POSITION = 16_383  # of a tsvector; what stands behind counts as if it stood there
GAP = 1  # between what is shown and what is personal: no phrase reaches from one into the other

_COLUMNS = (column("rowid", BigInteger()), column("shown", String()), column("personal", String()), column("search_index", String()))
_TABLE = table("search_index", *_COLUMNS, column("terms", TSVECTOR()))
_ERASE = delete(_TABLE).where(_TABLE.c.rowid.in_(bindparam("entries", expanding=True)))


def is_postgresql(session: Session) -> bool:
    """Which of the two kinds."""
    return session.get_bind().dialect.name == "postgresql"


def write(session: Session, terms: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Put in the terms, shown and personal, of entries that have none yet."""
    if is_postgresql(session):
        rows = [{"rowid": id_, "terms": _vector(shown, personal)} for id_, (shown, personal) in terms.items()]
    else:
        rows = [{"rowid": id_, "shown": " ".join(shown), "personal": " ".join(personal)} for id_, (shown, personal) in terms.items()]
    connection_of(session).execute(_insert(*rows[0]), rows)


def erase(session: Session, entry_ids: Sequence[int]) -> None:
    """Take out everything these entries are found by."""
    if entry_ids:
        connection_of(session).execute(_ERASE, {"entries": list(entry_ids)})


def joined(name: str = "found") -> NamedFromClause:
    """The index, to be joined with entries by `rowid`."""
    return _TABLE.alias(name)


def matches(session: Session, index: NamedFromClause, phrases: Sequence[Phrase], *, by: By) -> ColumnElement[bool]:
    """All phrases are in this row of the index.

    `by`: counted is everything, only what everybody finds it by, or everything while the customer's data hold a part of it.
    """
    shown = "A" if by == "shown" else ""
    if is_postgresql(session):
        wanted = " & ".join(_query(one, shown) for one in phrases)
        if by == "personal":
            wanted = f"{wanted} & ({' | '.join(_query(one, 'B') for one in phrases)})"
        return index.c.terms.op("@@")(bindparam(None, wanted, type_=TSQUERY))
    wanted = " AND ".join(_said(one) for one in phrases)
    if by == "shown":
        wanted = f"{{shown}} : ({wanted})"
    elif by == "personal":
        wanted = f"({wanted}) AND {{personal}} : ({' OR '.join(_said(one) for one in phrases)})"
    return index.c.search_index.op("MATCH")(wanted)


def any_of(session: Session, index: NamedFromClause, terms: Sequence[str]) -> ColumnElement[bool]:
    """At least one of these terms is there for everybody."""
    phrases = [Phrase(terms=(term,)) for term in terms]
    if is_postgresql(session):
        return index.c.terms.op("@@")(bindparam(None, " | ".join(_query(one, "A") for one in phrases), type_=TSQUERY))
    return index.c.search_index.op("MATCH")(f"{{shown}} : ({' OR '.join(_said(one) for one in phrases)})")


@cache
def _insert(*names: str) -> Insert:
    """Built once: making a statement costs more than executing it."""
    return insert(_TABLE).values({name: bindparam(name, type_=_TABLE.c[name].type) for name in names})


def _said(phrase: Phrase) -> str:
    # Terms are letters and digits only, so nothing in them is a word of the query language once they are quoted.
    return " + ".join(f'"{term}"' for term in phrase.terms) + (" *" if phrase.begins else "")


def _query(phrase: Phrase, weight: str) -> str:
    *before, last = phrase.terms
    flags = ("*" if phrase.begins else "") + weight
    parts = [*(_lexeme(term, weight) for term in before), _lexeme(last, flags)]
    return f"({' <-> '.join(parts)})"


def _lexeme(term: str, flags: str) -> str:
    return f"'{term}':{flags}" if flags else f"'{term}'"


def _vector(shown: Sequence[str], personal: Sequence[str]) -> str:
    behind = len(shown) + 1 + GAP
    placed = [*((term, n, "A") for n, term in enumerate(shown, 1)), *((term, n, "B") for n, term in enumerate(personal, behind))]
    return " ".join(f"'{term}':{min(place, LAST_POSITION)}{weight}" for term, place, weight in placed)
