"""Looking for cases by what is written in them: those a person may see, each once, with the places it was found in.

The newest text comes first: with all words in one text there is little to weigh, and who looks for a case looks for what
happened lately. Texts of one case stand together on a page; older ones may lead to it again on a later page. What is exactly the
number, the order or the customer asked for comes before everything else. The index is asked once for a page, and only as far as
the page goes: a word that is in everything costs no more than one that is in little.
Who reads a case masked finds it neither by the customer's name nor by his or her numbers, whole or in part: an answer would
say whose they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import Job
from processes import case_access, case_contact_data, search_index, search_terms
from processes.search_terms import Phrase, Piece
from processes.tables.cases import Complaint, Customer
from processes.tables.search import SearchEntry

LIMIT = 20  # cases on a page
HITS = 3  # shown of one case
FEW = 1_000  # cases of somebody who does not read all: then the search goes through those
AT_ONCE = 80  # texts that are read in one go
MOST_READ = 800  # for one page: beyond it stand the countless texts of the same few cases
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
    exact = search.exact() if asked.plain else []
    page = search.page(before=_number(cursor), but=exact, limit=limit)
    shown: dict[str, tuple[Complaint, list[SearchEntry]]] = {} if cursor else {one.id: (one, []) for one in exact}
    shown |= page.found
    search.know_customers([one for one, _ in shown.values()])
    items = [search.found(one, hits, exact=one in exact) for one, hits in shown.values()]
    return Results(items=items, next=page.next, unfinished=is_unfinished(session))


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


@dataclass(kw_only=True)
class _Page:
    """Cases with their hits, by id in the order of their newest hit; `next` is the last text that was read, where there are more."""

    found: dict[str, tuple[Complaint, list[SearchEntry]]] = field(default_factory=dict)
    next: str | None = None


@dataclass(kw_only=True)
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
            customers = self.session.scalars(select(Customer.id).where(reached).limit(MOST_EXACT)).all()
            named.append(Complaint.customer_id.in_(customers) & Complaint.anonymous.is_(False) & self._in_full())
        # One after the other, each by its index: together they would be looked for among all cases in the order of time.
        ids = [id_ for one in named for id_ in self.session.scalars(select(Complaint.id).where(one).limit(MOST_EXACT))]
        if not ids:
            return []
        wanted = select(Complaint).where(Complaint.id.in_(ids), *case_access.readable(self.actor, reads_all=self.reads_all))
        found = self.session.scalars(wanted).all()
        return sorted(found, key=lambda one: (one.received_at, one.id), reverse=True)

    def page(self, *, before: int | None, but: Sequence[Complaint], limit: int) -> _Page:
        """The next cases."""
        page, read = _Page(), 0
        if self._few is not None and not self._few:
            return page
        while read < MOST_READ:
            rows = self._rows(before, but)
            for entry, complaint in rows:
                if complaint.id not in page.found and len(page.found) == limit:
                    page.next = str(before)
                    return page
                page.found.setdefault(complaint.id, (complaint, []))[1].append(entry)
                before = entry.id
            if len(rows) < AT_ONCE:
                return page
            read += len(rows)
        page.next = str(before)
        return page

    def know_customers(self, complaints: Sequence[Complaint]) -> None:
        """Read them in one statement: masking asks for each."""
        self.session.scalars(select(Customer).where(Customer.id.in_([one.customer_id for one in complaints]))).all()

    def _rows(self, before: int | None, but: Sequence[Complaint]) -> Sequence[tuple[SearchEntry, Complaint]]:
        """The next texts it stands in, the newest first: for who reads masked, those he or she reads it in, and those of own cases
        where the customer's data are a part of it."""
        if self.actor.groups & case_access.TALKS_TO_CUSTOMERS:
            return self._texts("everything", before, but)
        found = [*self._texts("shown", before, but), *self._texts("personal", before, but, self._in_full())]
        by_number = {entry.id: (entry, complaint) for entry, complaint in found}
        return [by_number[number] for number in sorted(by_number, reverse=True)][:AT_ONCE]

    def _texts(
        self, by: search_index.By, before: int | None, but: Sequence[Complaint], *only: ColumnElement[bool]
    ) -> list[tuple[SearchEntry, Complaint]]:
        index = search_index.joined()
        wanted = (
            select(SearchEntry, Complaint)
            .select_from(index)
            .join(SearchEntry, SearchEntry.id == index.c.rowid)
            .join(Complaint, Complaint.id == SearchEntry.complaint_id)
            .where(search_index.matches(self.session, index, self.phrases, by=by), *self._asked(), *self._readable(), *only)
        )
        if before is not None:
            wanted = wanted.where(index.c.rowid < before)
        if but:
            wanted = wanted.where(Complaint.id.not_in([one.id for one in but]))
        return [(entry, one) for entry, one in self.session.execute(wanted.order_by(index.c.rowid.desc()).limit(AT_ONCE))]

    def found(self, complaint: Complaint, entries: Sequence[SearchEntry], *, exact: bool) -> Found:
        masked = not case_access.works_on(self.actor, complaint)
        read = case_contact_data.in_text(self.session, complaint) if masked else str
        hits = [self._shown(entry, read(entry.text)) for entry in entries[:HITS]]
        name = case_contact_data.customer_name(complaint, actor=self.actor)
        return Found(complaint=complaint, customer_name=name, hits=hits, exact=exact)

    def _shown(self, entry: SearchEntry, text: str) -> Hit:
        excerpt = search_terms.excerpt(text, self.phrases)
        return Hit(kind=entry.kind, subject_id=entry.subject_id, at=entry.at, excerpt=excerpt)

    def _asked(self) -> list[ColumnElement[bool]]:
        entry = SearchEntry
        found: list[ColumnElement[bool]] = [entry.kind.in_(sorted(self.asked.kinds))] * bool(self.asked.kinds)
        if self.asked.since is not None:
            found.append(entry.at >= self.asked.since)
        if self.asked.until is not None:
            found.append(entry.at < self.asked.until)
        return found

    @cached_property
    def _few(self) -> Sequence[str] | None:
        """The cases of somebody who has only some."""
        return None if self.reads_all else case_access.few_readable(self.session, self.actor, most=FEW)

    def _readable(self) -> list[ColumnElement[bool]]:
        if self._few is None:
            return case_access.readable(self.actor, reads_all=self.reads_all)
        # Behind a function, or SQLite goes from these to their texts and asks the index for each.
        return [func.coalesce(SearchEntry.complaint_id, "").in_(self._few), *case_access.readable(self.actor, reads_all=True)]

    def _in_full(self) -> ColumnElement[bool]:
        """The cases this person reads in full (`case_access.works_on`)."""
        if self.actor.groups & case_access.TALKS_TO_CUSTOMERS:
            return true()
        return or_(Complaint.case_owner == self.actor.id, Complaint.registered_by == self.actor.id)


def _reached(question: str) -> ColumnElement[bool] | None:
    """A customer by phone number or e-mail address, if it is one."""
    number = re.sub(r"[\s-]", "", question).removeprefix("+86")
    if re.fullmatch(r"1[0-9]{10}", number):
        return Customer.phone == number
    return Customer.email == question if re.fullmatch(r"[^@\s]+@[^@\s]+", question) else None
