"""What can be found: every text of a case is put into the search in the transaction that writes it, and can be taken out again.

Who writes a text calls `index_...`; again for the same row it replaces what was there. What a text says of the customer's name,
phone, e-mail and address goes into terms of its own, by which only those find it who read them in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.database import connection_of
from processes import masks, search_index, search_terms
from processes.tables.cases import Complaint, ContentAddition, Customer
from processes.tables.conversation import Comment
from processes.tables.correspondence import Contact
from processes.tables.search import SearchEntry

T = TypeVar("T", ContentAddition, Contact, Comment)
KINDS = ("complaint", "addition", "letter", "message", "comment")
_ENTRY = cast(Table, SearchEntry.__table__)
_SUBJECT = [_ENTRY.c.kind, _ENTRY.c.subject_id]
# Two may write the same entry at the same time, one of them the job that takes in what is there already: the second one waits.
_WRITE: dict[str, Any] = {
    dialect: new.on_conflict_do_update(index_elements=_SUBJECT, set_={"text": new.excluded.text}).returning(_ENTRY.c.id, *_SUBJECT)
    for dialect, new in (("sqlite", sqlite.insert(_ENTRY)), ("postgresql", postgresql.insert(_ENTRY)))
}
NAMED = ("complained_object", "product_code", "batch_no", "serial_no", "order_no", "contract_no", "external_no")


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A text of a case and the terms it is found by: those for everybody, and those for who reads the customer's data."""

    kind: str
    subject_id: str
    complaint_id: str
    at: datetime  # when it was written
    text: str
    shown: Sequence[str]
    personal: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Whose texts they are, and so what in them is of the customer alone."""

    complaint: Complaint
    customer: Customer | None

    def itself(self) -> _Found:
        text = " · ".join(str(part) for name in ("content", "demand", *NAMED) if (part := getattr(self.complaint, name)))
        reached = [getattr(self.customer, field, None) for field in ("phone", "email", "address")]
        people = [self.complaint.customer_name, self.complaint.agent_name, *(self.complaint.representatives or ())]
        personal = [str(one) for one in (*people, *reached) if one]
        at, also = self.complaint.received_at, self.complaint.reference
        return self._found("complaint", self.complaint.id, text, at=at, also=also, personal=personal)

    def contact(self, row: Contact) -> _Found:
        kind = "message" if row.template is None else "letter"
        return self._found(kind, row.id, "\n".join(part for part in (row.subject, row.text) if part), at=row.at)

    def written(self, kind: str, row: ContentAddition | Comment) -> _Found:
        return self._found(kind, row.id, row.text, at=row.at)

    def _found(self, kind: str, subject_id: str, text: str, *, at: datetime, also: str = "", personal: Sequence[str] = ()) -> _Found:
        """It is found by `also` too, and by `personal` for who reads the customer's data."""
        known = [(field, getattr(self.customer, field, None)) for field in masks.MASKS]
        parted = masks.parting(*known, ("name", self.complaint.customer_name))(text)
        return _Found(
            kind=kind,
            subject_id=subject_id,
            complaint_id=self.complaint.id,
            at=at,
            text=text,
            shown=[*search_terms.of(parted.text), *search_terms.of(also)],
            personal=[term for value in (*personal, *parted.hidden) for term in search_terms.of(value)],
        )


def forget(session: Session, kind: str, subject_id: str) -> None:
    """Take one text out."""
    entry_ids = session.scalars(select(SearchEntry.id).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id)).all()
    search_index.erase(session, entry_ids)
    session.execute(delete(SearchEntry).where(SearchEntry.id.in_(entry_ids)))


def index_complaint(session: Session, complaint: Complaint) -> None:
    """The case itself: what was told, the numbers and names it goes by, who complains and for whom."""
    _write(session, [_case(session, complaint).itself()])


def index_customer(session: Session, customer: Customer) -> None:
    """His or her cases, after a name or a number has changed."""
    theirs = session.scalars(select(Complaint).where(Complaint.customer_id == customer.id)).all()
    _write(session, [_Case(complaint=complaint, customer=customer).itself() for complaint in theirs])


def index_contact(session: Session, complaint: Complaint, row: Contact) -> None:
    """A letter, or something that was said."""
    _write(session, [_case(session, complaint).contact(row)])


def index_addition(session: Session, complaint: Complaint, row: ContentAddition) -> None:
    """What was added to the content."""
    _write(session, [_case(session, complaint).written("addition", row)])


def index_comment(session: Session, complaint: Complaint, row: Comment) -> None:
    """What was said about the case in the house."""
    _write(session, [_case(session, complaint).written("comment", row)])


def index_cases(session: Session, complaints: Sequence[Complaint]) -> None:
    """Everything of these cases, which are held, from the tables the texts are kept in."""
    known = select(Customer).where(Customer.id.in_([one.customer_id for one in complaints])).order_by(Customer.id)
    customers = {one.id: one for one in session.scalars(known.with_for_update(key_share=True))}
    additions, contacts = _of_cases(session, ContentAddition, complaints), _of_cases(session, Contact, complaints)
    comments = _of_cases(session, Comment, complaints)

    def texts(complaint: Complaint) -> Iterator[_Found]:
        case = _Case(complaint=complaint, customer=customers.get(complaint.customer_id))
        yield case.itself()
        yield from (case.written("addition", one) for one in additions.get(complaint.id, ()))
        yield from (case.contact(one) for one in contacts.get(complaint.id, ()))
        yield from (case.written("comment", one) for one in comments.get(complaint.id, ()) if one.deleted_at is None)

    _write(session, [one for complaint in complaints for one in texts(complaint)])


def _of_cases(session: Session, table: type[T], complaints: Sequence[Complaint]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    mine = select(table).where(table.complaint_id.in_([one.id for one in complaints])).order_by(table.at, table.id)
    # Held, or what is changed or deleted meanwhile would be written back into the search as it was.
    for row in session.scalars(mine.with_for_update(key_share=True)):
        found.setdefault(row.complaint_id, []).append(row)
    return found


def _case(session: Session, complaint: Complaint) -> _Case:
    return _Case(complaint=complaint, customer=session.get(Customer, complaint.customer_id))


def _write(session: Session, texts: Sequence[_Found]) -> None:
    """In three statements, however many there are."""
    if not texts:
        return
    session.flush()  # what the entries point at; they are written past the ORM, as every registration waits for it
    connection = connection_of(session)
    rows = [{name: getattr(one, name) for name in ("kind", "subject_id", "complaint_id", "at", "text")} for one in texts]
    written = connection.execute(_WRITE[connection.dialect.name], rows).all()
    entry_ids = {(kind, subject_id): id_ for id_, kind, subject_id in written}
    search_index.erase(session, list(entry_ids.values()))
    terms = {entry_ids[one.kind, one.subject_id]: (one.shown, one.personal) for one in texts}
    search_index.write(session, terms)
