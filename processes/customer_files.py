"""Files of the customer: with the complaint, with an answer, as evidence. They are pieces of evidence like all others."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes import attachments, case_messages
from processes.evidence import CUSTOMERS
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment
from processes.uploads import Received

MOST_AT_ONCE = 10


def mine(session: Session, complaint: Complaint) -> Sequence[Attachment]:
    """What the complainant sent through the public door and nobody deleted, in order."""
    me = case_messages.complainant(complaint).id
    sent = [one for one in attachments.files_of(session, complaint) if one.uploaded_by == me]
    return [one for one in sent if one.deleted_at is None]


def one_of_mine(session: Session, complaint: Complaint, attachment_id: str) -> Attachment:
    """One of them, or NotFound: whatever else the case holds is not for this door."""
    found = next((one for one in mine(session, complaint) if one.id == attachment_id), None)
    if found is None:
        raise NotFound(kind="file", id=attachment_id)
    return found


def demand_room(session: Session, complaint: Complaint, count: int) -> None:
    """Before they are stored: raises TooManyFiles. Asked again when they are attached, when nobody else can."""
    attachments.demand_room(session, complaint, count, by=case_messages.complainant(complaint).id)


def add_once(session: Session, complaint: Complaint, files: Sequence[Received]) -> None:
    """The files of the complaint form: sent again with it, each is there once."""
    there = {one.sha256 for one in mine(session, complaint)}
    new = [one for one in files if one.sha256 not in there]
    attachments.attach(session, complaint, new, by=case_messages.complainant(complaint).id, type_=CUSTOMERS)
