"""Looking for cases by what is written in them: those a person may see, each once, with the places it was found in.

Case by case, the one with the newest hit first: with all words in one text there is little to weigh, and who looks for a case
looks for what happened lately. What is exactly the number, the order or the customer asked for comes before everything else.
Who reads a case masked finds it neither by the customer's name nor by his or her numbers, whole or in part: an answer would
say whose they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import Job
from processes import case_access, case_contact_data, search_index, search_terms
from processes.search_terms import Phrase, Piece
from processes.tables.cases import Complaint, Customer
from processes.tables.search import SearchEntry

LIMIT = 20  # cases on a page
HITS = 3  # shown of one case
SHORTEST_NUMBER = 6  # characters of an order or contract number that stands for nothing else
MOST_EXACT = 20
FILL = "search.fill"  # the topic of the job that takes in what was there before the search


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for: in texts of these kinds (all, when none is named), written in this time."""

    question: str
    kinds: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def plain(self) -> bool:
        """Nothing but words."""
        return not (self.kinds or self.since or self.until)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A text it was found in."""

    kind: str
    subject_id: str
    at: datetime
    excerpt: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A case. `exact`: the question is its number, order, contract or customer, and no hit is shown then."""

    complaint: Complaint
    customer_name: str
    hits: Sequence[Hit] = ()
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page; `next` is the cursor of the following one. `unfinished`: older cases are still being taken in."""

    items: Sequence[Found] = field(default_factory=list)
    next: str | None = None
    unfinished: bool = False


def find(session: Session, asked: Asked, *, actor: Actor, reads_all: bool, cursor: str | None = None, limit: int = LIMIT) -> Results:
    """One page of what this person finds. Raises Invalid for a cursor of somebody else."""
    phrases = search_terms.read(asked.question)
    if not phrases:
        return Results()
    search = _Search(session=session, asked=asked, phrases=phrases, actor=actor, reads_all=reads_all)
    exact = search.exact() if asked.plain else ()
    newest = search.newest(before=_number(cursor), but=exact, limit=limit + 1)
    page = newest[:limit]
    shown = [*(() if cursor else exact), *(complaint for _, complaint in page)]
    hits = search.hits(shown)
    items = [search.found(one, hits.get(one.id, ()), exact=one in exact) for one in shown]
    return Results(items=items, next=str(page[-1][0]) if len(newest) > limit else None, unfinished=is_unfinished(session))


def only(session: Session, asked: Asked, *, actor: Actor, reads_all: bool) -> Complaint | None:
    """The one case whose number, order, contract or customer the question is: where a search need not stop over."""
    phrases = search_terms.read(asked.question)
    if not phrases or not asked.plain:
        return None
    found = _Search(session=session, asked=asked, phrases=phrases, actor=actor, reads_all=reads_all).exact()
    return found[0] if len(found) == 1 else None


def is_unfinished(session: Session) -> bool:
    """Whether older cases are still being taken in."""
    return session.scalar(select(Job.id).where(Job.topic == FILL, Job.kind == "effect").limit(1)) is not None


def _number(cursor: str | None) -> int | None:
    if cursor is None or re.fullmatch(r"[0-9]{1,18}", cursor, re.ASCII):
        return None if cursor is None else int(cursor)
    raise Invalid(problems=[Problem(code="QUERY", pointer="/cursor", message="This cursor was not made by this list.")])


@dataclass(frozen=True, kw_only=True)
class _Search:
    session: Session
    asked: Asked
    phrases: Sequence[Phrase]
    actor: Actor
    reads_all: bool

    def exact(self) -> Sequence[Complaint]:
        """The cases the question names, the newest first."""
        question = self.asked.question.strip()
        named: list[ColumnElement[bool]] = [Complaint.reference == question.upper()]
        if len(question) >= SHORTEST_NUMBER:
            named += [Complaint.order_no == question, Complaint.contract_no == question]
        reached = _reached(question)
        if reached is not None:
            customers = select(Customer.id).where(reached)
            named.append(Complaint.customer_id.in_(customers) & Complaint.anonymous.is_(False) & self._in_full())
        wanted = select(Complaint).where(or_(*named), *self._readable())
        return self.session.scalars(wanted.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(MOST_EXACT)).all()

    def newest(self, *, before: int | None, but: Sequence[Complaint], limit: int) -> Sequence[tuple[int, Complaint]]:
        """Cases by their newest hit, with its number."""
        index, later = search_index.joined(), aliased(SearchEntry)
        seen = exists().where(later.complaint_id == SearchEntry.complaint_id, later.id > SearchEntry.id, *self._hit(later))
        wanted = (
            select(SearchEntry.id, Complaint)
            .select_from(index)
            .join(SearchEntry, SearchEntry.id == index.c.rowid)
            .join(Complaint, Complaint.id == SearchEntry.complaint_id)
            .where(search_index.matches(self.session, index, self.phrases, in_full=True))
            .where(*self._asked(SearchEntry), self._may_find(SearchEntry), *self._readable(), ~seen)
        )
        if before is not None:
            wanted = wanted.where(index.c.rowid < before)
        if but:
            wanted = wanted.where(Complaint.id.not_in([one.id for one in but]))
        return [(number, one) for number, one in self.session.execute(wanted.order_by(index.c.rowid.desc()).limit(limit))]

    def hits(self, complaints: Sequence[Complaint]) -> dict[str, Sequence[SearchEntry]]:
        """Where in these cases it was found, the newest first."""
        found: dict[str, list[SearchEntry]] = {}
        mine = select(SearchEntry).where(SearchEntry.complaint_id.in_([one.id for one in complaints]))
        mine = mine.join(Complaint, Complaint.id == SearchEntry.complaint_id).where(*self._hit(SearchEntry))
        for entry in self.session.scalars(mine.order_by(SearchEntry.id.desc())) if complaints else ():
            found.setdefault(entry.complaint_id, []).append(entry)
        customers = select(Customer).where(Customer.id.in_([one.customer_id for one in complaints]))
        self.session.scalars(customers).all()  # known from here on: masking asks for each
        return {id_: entries[:HITS] for id_, entries in found.items()}

    def found(self, complaint: Complaint, entries: Sequence[SearchEntry], *, exact: bool) -> Found:
        masked = not case_access.works_on(self.actor, complaint)
        read = case_contact_data.in_text(self.session, complaint) if masked else str
        hits = [self._shown(entry, read(entry.text)) for entry in entries]
        name = case_contact_data.customer_name(complaint, actor=self.actor)
        return Found(complaint=complaint, customer_name=name, hits=hits, exact=exact)

    def _shown(self, entry: SearchEntry, text: str) -> Hit:
        excerpt = search_terms.excerpt(text, self.phrases)
        return Hit(kind=entry.kind, subject_id=entry.subject_id, at=entry.at, excerpt=excerpt)

    def _hit(self, entry: Any) -> list[ColumnElement[bool]]:
        holds = search_index.holds(self.session, entry.id, self.phrases, in_full=True)
        return [*self._asked(entry), holds, self._may_find(entry)]

    def _asked(self, entry: Any) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [entry.kind.in_(sorted(self.asked.kinds))] * bool(self.asked.kinds)
        if self.asked.since is not None:
            found.append(entry.at >= self.asked.since)
        if self.asked.until is not None:
            found.append(entry.at < self.asked.until)
        return found

    def _readable(self) -> list[ColumnElement[bool]]:
        return case_access.readable(self.actor, reads_all=self.reads_all)

    def _in_full(self) -> ColumnElement[bool]:
        """The cases this person reads in full (`case_access.works_on`)."""
        if self.actor.groups & case_access.TALKS_TO_CUSTOMERS:
            return true()
        return or_(Complaint.case_owner == self.actor.id, Complaint.registered_by == self.actor.id)

    def _may_find(self, entry: Any) -> ColumnElement[bool]:
        """Not by what is masked for this person."""
        if self.actor.groups & case_access.TALKS_TO_CUSTOMERS:
            return true()
        return or_(self._in_full(), search_index.holds(self.session, entry.id, self.phrases, in_full=False))


def _reached(question: str) -> ColumnElement[bool] | None:
    """A customer by phone number or e-mail address, if it is one."""
    number = re.sub(r"[\s-]", "", question).removeprefix("+86")
    if re.fullmatch(r"1[0-9]{10}", number):
        return Customer.phone == number
    return Customer.email == question if re.fullmatch(r"[^@\s]+@[^@\s]+", question) else None
