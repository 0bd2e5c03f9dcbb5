"""Files of a case: who adds one, who opens it, who takes it away. What customers hand in is evidence of the same kind."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine import clock, operations
from engine.errors import Conflict, Invalid, NotFound, Problem, RedressError, Refused
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from processes import case_access, case_contact_data, watchers
from processes.evidence import CUSTOMERS, DOCUMENT
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment
from processes.uploads import Received

ADDED, OPENED, DELETED = "attachment_added", "attachment_opened", "attachment_deleted"  # kinds of operations
TAKEN_BACK_WITHIN = timedelta(minutes=15)  # by who sent it, without a reason: the wrong file was chosen
DELETERS = frozenset({"team_lead", "complaint_manager"})
PERSONAL, NOT_PERSONAL = "PD", "none"
PD_CLASSES = (NOT_PERSONAL, PERSONAL, "SPD")
MOST_OF_COMPLAINANT = 50  # files of one case that came through the public door

LISTING = Listing(
    fields={
        "type": Attachment.type,
        "source": Attachment.source,
        "comment_id": Attachment.comment_id,
        "contact_id": Attachment.contact_id,
        "user_task_id": Attachment.user_task_id,
        "uploaded_by": Attachment.uploaded_by,
    },
    sorts={"at": Attachment.at},
    id=Attachment.id,
    default_sort="-at",
)
_OF_CASE = select(Attachment).where(Attachment.complaint_id == bindparam("complaint"), Attachment.deleted_at.is_(None))


class ReasonNeeded(Refused):
    """This file may hold the customer's data, which you read masked: say why you need it. The reason is kept in the audit trail."""

    code = "REASON_NEEDED"


class NotYours(Refused):
    """A file is taken back by who added it, within 15 minutes; later a team lead or the complaint manager deletes it."""

    code = "NOT_YOURS"


class Deleted(Conflict):
    """This file was deleted."""

    code = "FILE_DELETED"


class TooManyFiles(Conflict):
    """This complaint has {most} files already; send what is still missing by post."""

    code = "TOO_MANY_FILES"


def attach(
    session: Session,
    complaint: Complaint,
    files: Sequence[Received],
    *,
    by: str,
    type_: str = DOCUMENT,
    pd_class: str = NOT_PERSONAL,
    comment_id: str | None = None,
    contact_id: str | None = None,
    user_task_id: str | None = None,
) -> list[Attachment]:
    """Rows for files that are kept already; what the customer handed in is taken for personal data."""
    from_customer = type_ == CUSTOMERS
    rows = [
        Attachment(
            complaint_id=complaint.id,
            type=type_,
            file_name=one.name,
            sha256=one.sha256,
            size=one.size,
            mime=one.mime,
            scan=one.scan,
            uploaded_by=by,
            at=clock.now(),
            source="customer" if from_customer else "department",
            pd_class=PERSONAL if from_customer else pd_class,
            comment_id=comment_id,
            contact_id=contact_id,
            user_task_id=user_task_id,
        )
        for one in files
    ]
    session.add_all(rows)
    return rows


def demand_room(session: Session, complaint: Complaint, count: int, *, by: str) -> None:
    """Raises TooManyFiles when the complainant, `by`, would have sent more than a case takes; deleted ones count.

    It holds for who has locked the case; asked before, it keeps a stranger's files from being stored in vain.
    """
    sent = select(func.count()).where(Attachment.complaint_id == complaint.id, Attachment.uploaded_by == by, Attachment.sha256.is_not(None))
    if count and (session.scalar(sent) or 0) + count > MOST_OF_COMPLAINANT:
        raise TooManyFiles(most=MOST_OF_COMPLAINANT)


def add(session: Session, complaint: Complaint, files: Sequence[Received], *, actor: Actor, **about: str | None) -> list[Attachment]:
    """Somebody of the house adds files to a case; `about` as in `attach`. Invalid for a type nobody knows."""
    rows = attach(session, complaint, files, by=actor.id, **{name: value for name, value in about.items() if value})
    session.flush()  # the audit trail names their ids
    for row in rows:
        operations.record(
            session, ADDED, actor=actor, subject=row, root_id=complaint.instance_id, type=row.type, sha256=row.sha256, size=row.size
        )
    if rows and not about.get("comment_id"):  # the comment is told of with its files
        watchers.happened(session, complaint, "file", by=actor.id)
    return rows


def get(session: Session, attachment_id: str) -> Attachment:
    """The row, deleted or not; NotFound without a file of ours."""
    row = session.get(Attachment, attachment_id)
    if row is None or row.sha256 is None:
        raise NotFound(kind="file", id=attachment_id)
    return row


def search(session: Session, complaint: Complaint, query: Query) -> Page[Attachment]:
    """The files and pieces of evidence of a case that are there, newest first."""
    return page(session, _OF_CASE, query, listing=LISTING, parameters={"complaint": complaint.id})


def files_of(session: Session, complaint: Complaint) -> Sequence[Attachment]:
    """Every file of the case in the order they came, the deleted ones too."""
    mine = select(Attachment).where(Attachment.complaint_id == complaint.id, Attachment.sha256.is_not(None))
    return session.scalars(mine.order_by(Attachment.at, Attachment.id)).all()


def opening_refusal(complaint: Complaint, row: Attachment, *, actor: Actor) -> RedressError | None:
    """Why this person cannot open the file as it is; ReasonNeeded can be answered (`reveal`)."""
    if row.deleted_at is not None:
        return Deleted()
    if row.pd_class == NOT_PERSONAL or row.uploaded_by == actor.id or case_access.works_on(actor, complaint):
        return None
    return ReasonNeeded()


def reveal(session: Session, complaint: Complaint, row: Attachment, *, actor: Actor, reason: str) -> None:
    """Somebody who reads the customer's data masked opens the file once, and says why. Raises Invalid without a reason."""
    if row.deleted_at is not None:
        raise Deleted()
    said = case_contact_data.why(reason)
    operations.record(session, OPENED, actor=actor, subject=row, root_id=complaint.instance_id, reason=said, sha256=row.sha256)


def deletion_refusal(row: Attachment, *, actor: Actor) -> RedressError | None:
    """Why this person cannot delete the file."""
    if row.deleted_at is not None:
        return Deleted()
    if actor.groups & DELETERS or takes_back(row, actor=actor):
        return None
    return NotYours(who_can=sorted(DELETERS))


def takes_back(row: Attachment, *, actor: Actor) -> bool:
    """Is it his or her own, added a moment ago, and nobody has decided anything by it?"""
    return row.uploaded_by == actor.id and row.assessed is None and clock.now() - row.at <= TAKEN_BACK_WITHIN


def delete(session: Session, complaint: Complaint, row: Attachment, *, actor: Actor, reason: str) -> None:
    """The file is gone for everybody; that it was there, who deleted it and why, stays. Raises Invalid without a reason."""
    session.refresh(row, with_for_update=True)  # of two who delete it at once the second one is told that it is gone
    refused = deletion_refusal(row, actor=actor)
    if refused is not None:
        raise refused
    said = reason.strip()[: case_contact_data.LONGEST_REASON]
    if not said and not takes_back(row, actor=actor):
        message = "Say in a sentence why the file is deleted: the reason stays in its place."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/reason", message=message)])
    row.deleted_at, row.deleted_by, row.delete_reason = clock.now(), actor.id, said or None
    operations.record(
        session, DELETED, actor=actor, subject=row, root_id=complaint.instance_id, reason=said or None, sha256=row.sha256, size=row.size
    )


def named(session: Session, digests: Collection[str]) -> frozenset[str]:
    """Those of these SHA-256 that a file which is not deleted has."""
    living = select(Attachment.sha256).where(Attachment.sha256.in_(digests), Attachment.deleted_at.is_(None))
    return frozenset(one for one in session.scalars(living) if one)
