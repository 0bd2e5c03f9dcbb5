"""What can be found: every text of a case is put into the search in the transaction that writes it, and can be taken out again.

Who writes a text calls `index`; again for the same `kind` and `subject_id` it replaces what was there. What a text says of the
customer's name, phone, e-mail and address goes into terms of its own, by which only those find it who read them in full.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.database import connection_of
from processes import masks, search_index, search_terms
from processes.masks import Parted
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
    dialect: new.on_conflict_do_update(index_elements=_SUBJECT, set_={"text": new.excluded.text}).returning(_ENTRY.c.id)
    for dialect, new in (("sqlite", sqlite.insert(_ENTRY)), ("postgresql", postgresql.insert(_ENTRY)))
}
NAMED = ("complained_object", "product_code", "batch_no", "serial_no", "order_no", "contract_no", "external_no")


def index(
    session: Session,
    kind: str,
    subject_id: str,
    complaint: Complaint,
    text: str,
    *,
    at: datetime,
    also: str = "",
    personal: Sequence[str] = (),
) -> None:
    """Let this text of a case be found. `at` is when it was written.

    It is found by `also` too, and by `personal` for who reads the customer's data.
    """
    customer = session.get(Customer, complaint.customer_id)
    parted = _parting(complaint, customer)(text)
    session.flush()  # what the entry points at; it is written past the ORM, as every registration waits for it
    connection = connection_of(session)
    values = {"kind": kind, "subject_id": subject_id, "complaint_id": complaint.id, "at": at, "text": text}
    entry_id = connection.execute(_WRITE[connection.dialect.name], values).scalar_one()
    search_index.erase(session, [entry_id])
    hidden = [term for value in (*personal, *parted.hidden) for term in search_terms.of(value)]
    search_index.write(session, entry_id, shown=[*search_terms.of(parted.text), *search_terms.of(also)], personal=hidden)


def forget(session: Session, kind: str, subject_id: str) -> None:
    """Take one text out."""
    entry_ids = session.scalars(select(SearchEntry.id).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id)).all()
    search_index.erase(session, entry_ids)
    session.execute(delete(SearchEntry).where(SearchEntry.id.in_(entry_ids)))


def index_complaint(session: Session, complaint: Complaint) -> None:
    """The case itself: what was told, the numbers and names it goes by, who complains and for whom."""
    text = " · ".join(str(part) for name in ("content", "demand", *NAMED) if (part := getattr(complaint, name)))
    customer = session.get(Customer, complaint.customer_id)
    reached = [getattr(customer, field, None) for field in ("phone", "email", "address")]
    people = [complaint.customer_name, complaint.agent_name, *(complaint.representatives or ())]
    personal = [str(one) for one in (*people, *reached) if one]
    index(session, "complaint", complaint.id, complaint, text, at=complaint.received_at, also=complaint.reference, personal=personal)


def index_customer(session: Session, customer: Customer) -> None:
    """His or her cases, after a name or a number has changed."""
    for complaint in session.scalars(select(Complaint).where(Complaint.customer_id == customer.id)).all():
        index_complaint(session, complaint)


def index_contact(session: Session, complaint: Complaint, row: Contact) -> None:
    """A letter, or something that was said."""
    kind = "message" if row.template is None else "letter"
    index(session, kind, row.id, complaint, "\n".join(part for part in (row.subject, row.text) if part), at=row.at)


def index_addition(session: Session, complaint: Complaint, row: ContentAddition) -> None:
    """What was added to the content."""
    index(session, "addition", row.id, complaint, row.text, at=row.at)


def index_comment(session: Session, complaint: Complaint, row: Comment) -> None:
    """What was said about the case in the house."""
    index(session, "comment", row.id, complaint, row.text, at=row.at)


def index_cases(session: Session, complaints: Sequence[Complaint]) -> None:
    """Everything of these cases, which are held, from the tables the texts are kept in."""
    known = select(Customer).where(Customer.id.in_([one.customer_id for one in complaints])).order_by(Customer.id)
    session.scalars(known.with_for_update(key_share=True)).all()
    additions, contacts = _of_cases(session, ContentAddition, complaints), _of_cases(session, Contact, complaints)
    comments = _of_cases(session, Comment, complaints)
    for complaint in complaints:
        index_complaint(session, complaint)
        for addition in additions.get(complaint.id, ()):
            index_addition(session, complaint, addition)
        for contact in contacts.get(complaint.id, ()):
            index_contact(session, complaint, contact)
        for comment in comments.get(complaint.id, ()):
            if comment.deleted_at is None:
                index_comment(session, complaint, comment)


def _of_cases(session: Session, table: type[T], complaints: Sequence[Complaint]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    mine = select(table).where(table.complaint_id.in_([one.id for one in complaints])).order_by(table.at, table.id)
    # Held, or what is changed or deleted meanwhile would be written back into the search as it was.
    for row in session.scalars(mine.with_for_update(key_share=True)):
        found.setdefault(row.complaint_id, []).append(row)
    return found


def _parting(complaint: Complaint, customer: Customer | None) -> Callable[[str], Parted]:
    known = [(field, getattr(customer, field, None)) for field in masks.MASKS]
    return masks.parting(*known, ("name", complaint.customer_name))
