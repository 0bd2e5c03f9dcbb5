"""Complaints that tell something similar: those which share the rarest terms of a text, in whatever language it is.

The index that finds words finds them, too. How rare a term is, is counted no further than is needed to tell.
"""

from collections.abc import Sequence

from sqlalchemy import Integer, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.extensions import Actor
from processes import case_access, search_index, search_terms
from processes.search_terms import Phrase
from processes.tables.cases import Complaint
from processes.tables.search import SearchEntry

LOOKED_AT = 40  # terms of the text
TELLING = 8  # of them, the rarest: by these others are found
COUNTED = 500  # entries a term is in, at most: then it tells nothing
COMPARED = 60  # others, the newest
SHARED = 5  # terms at least, and this part of the shorter text
PART = 0.45
SHORTEST_WORD = 4  # Latin letters: shorter ones are in every text


def find(session: Session, text: str, *, actor: Actor, reads_all: bool, but: Complaint | None = None, most: int = 3) -> Sequence[Complaint]:
    """The cases this person may see whose complaint is most like this text; none for a text of a few words."""
    wanted = _terms(text)
    first = [term for term in dict.fromkeys(search_terms.of(text)) if term in wanted][:LOOKED_AT]
    telling = _rarest(session, first) if len(wanted) >= SHARED else ()
    if not telling:
        return ()
    index = search_index.joined()
    others = (
        select(Complaint, SearchEntry.text)
        .select_from(index)
        .join(SearchEntry, SearchEntry.id == index.c.rowid)
        .join(Complaint, Complaint.id == SearchEntry.complaint_id)
        .where(search_index.any_of(session, index, telling), SearchEntry.kind == "complaint")
        .where(*case_access.readable(actor, reads_all=reads_all))
        .order_by(index.c.rowid.desc())
        .limit(COMPARED)
    )
    found = [(one, _likeness(wanted, _terms(said))) for one, said in session.execute(others) if but is None or one.id != but.id]
    return [one for one, likeness in sorted(found, key=lambda pair: -pair[1]) if likeness >= PART][:most]


def _terms(text: str) -> frozenset[str]:
    """What a text is compared by: pairs of characters, and words that are not in every text."""
    return frozenset(term for term in search_terms.of(text) if len(term) >= (SHORTEST_WORD if term.isascii() else 2))


def _rarest(session: Session, terms: Sequence[str]) -> Sequence[str]:
    """Those in few entries, the rarest first, in one statement."""
    counts = []
    for term in terms:
        index = search_index.joined()
        few = select(literal(1)).select_from(index).where(search_index.matches(session, index, [Phrase(terms=(term,))], by="shown"))
        count = select(func.count()).select_from(few.limit(COUNTED).subquery()).scalar_subquery()
        counts.append(select(literal(term).label("term"), func.coalesce(count, 0).cast(Integer).label("entries")))
    counted = session.execute(union_all(*counts)).all()
    rare = [(entries, term) for term, entries in counted if entries > 0]
    return [term for _, term in sorted(rare)[:TELLING]]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared >= SHARED else 0.0
