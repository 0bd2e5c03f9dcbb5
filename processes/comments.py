"""What those who work on a case say to each other about it. Nothing of it goes to the customer."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import clock, operations
from engine.database import new_id
from engine.errors import Conflict, Invalid, NotFound, Problem, RedressError, Refused, RevisionChanged
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from engine.tables import UserTask
from processes import attachments, mentions, watcher_notices, watchers
from processes.search import forget, index_comment
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment
from processes.uploads import Received

WRITTEN, EDITED, DELETED = "comment_written", "comment_edited", "comment_deleted"  # kinds of operations
LONGEST = 5000
EDITED_WITHIN = timedelta(minutes=15)
NOTHING = "Write something here first."
TOO_LONG = "This is too long: at most {limit} characters fit here."

LISTING = Listing(
    fields={"by": Comment.by, "user_task_id": Comment.user_task_id},
    sorts={"at": Comment.at},
    id=Comment.id,
    default_sort="-at",
)
_OF_CASE = select(Comment).where(Comment.complaint_id == bindparam("complaint"))


class NotYourComment(Refused):
    """A comment is changed or deleted by who wrote it."""

    code = "NOT_YOUR_COMMENT"


class TooLate(Conflict):
    """A comment can be changed for 15 minutes; others have acted on it. Write another one."""

    code = "TOO_LATE"


class CommentDeleted(Conflict):
    """This comment was deleted."""

    code = "COMMENT_DELETED"


def add(
    session: Session,
    complaint: Complaint,
    text: str,
    *,
    actor: Actor,
    user_task_id: str | None = None,
    files: Sequence[Received] = (),
    type_: str | None = None,
    pd_class: str | None = None,
) -> Comment:
    """Say something about the case (at this task of it), with files of this type; those who are mentioned are told.

    Raises Invalid without a text, and for somebody mentioned who may not see the case.
    """
    demand_task(session, complaint, user_task_id)
    said, people = mentions.read(session, complaint, _checked(text))
    row = Comment(
        id=new_id(), complaint_id=complaint.id, user_task_id=user_task_id, by=actor.id, at=clock.now(), text=said, mentions=people
    )
    session.add(row)
    session.flush()  # files and the audit trail point at it
    index_comment(session, complaint, row)
    attachments.add(session, complaint, files, actor=actor, type_=type_, pd_class=pd_class, comment_id=row.id, user_task_id=user_task_id)
    operations.record(session, WRITTEN, actor=actor, subject=row, root_id=complaint.instance_id, mentions=people)
    _tell(session, complaint, row, people, actor)
    watchers.happened(session, complaint, "comment", by=actor.id, but_not=people)
    return row


def get(session: Session, comment_id: str) -> Comment:
    """The comment, deleted or not, or NotFound."""
    row = session.get(Comment, comment_id)
    if row is None:
        raise NotFound(kind="comment", id=comment_id)
    return row


def search(session: Session, complaint: Complaint, query: Query) -> Page[Comment]:
    """What was said about a case, newest first."""
    return page(session, _OF_CASE, query, listing=LISTING, parameters={"complaint": complaint.id})


def edit_refusal(row: Comment, *, actor: Actor) -> RedressError | None:
    """Why this person cannot change it now."""
    refused = deletion_refusal(row, actor=actor)
    if refused is None and clock.now() - row.at > EDITED_WITHIN:
        return TooLate()
    return refused


def deletion_refusal(row: Comment, *, actor: Actor) -> RedressError | None:
    """Why this person cannot delete it."""
    if row.deleted_at is not None:
        return CommentDeleted()
    return None if row.by == actor.id else NotYourComment()


def edit(session: Session, complaint: Complaint, row: Comment, text: str, *, actor: Actor, revision: int | None = None) -> None:
    """Other words for it; whoever is mentioned now and was not is told. The former words are kept nowhere."""
    _lock(session, row)
    refused = edit_refusal(row, actor=actor)
    if refused is not None:
        raise refused
    if revision is not None and revision != row.revision:
        raise RevisionChanged()
    said, people = mentions.read(session, complaint, _checked(text))
    new = [one for one in people if one not in row.mentions]
    row.text, row.mentions, row.edited_at = said, people, clock.now()
    row.revision += 1
    index_comment(session, complaint, row)
    operations.record(session, EDITED, actor=actor, subject=row, root_id=complaint.instance_id, mentions=people)
    _tell(session, complaint, row, new, actor)


def delete(session: Session, complaint: Complaint, row: Comment, *, actor: Actor) -> None:
    """Its words are gone; that somebody said something then, and deleted it when, stays. Its files stay too."""
    _lock(session, row)
    refused = deletion_refusal(row, actor=actor)
    if refused is not None:
        raise refused
    row.text, row.mentions, row.deleted_at = "", [], clock.now()
    row.revision += 1
    forget(session, "comment", row.id)
    operations.record(session, DELETED, actor=actor, subject=row, root_id=complaint.instance_id)


def _lock(session: Session, row: Comment) -> None:
    """As it is now, until this transaction ends: of two changes at once the second one sees the first."""
    session.refresh(row, with_for_update={"key_share": True})


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/text", message=NOTHING)])
    if len(said) > LONGEST:
        raise Invalid(problems=[Problem(code="TOO_LONG", pointer="/text", message=TOO_LONG.format(limit=LONGEST))])
    return said


def demand_task(session: Session, complaint: Complaint, user_task_id: str | None) -> None:
    """NotFound for a task that is none of this case."""
    if user_task_id is not None:
        task = session.get(UserTask, user_task_id)
        if task is None or task.business_key != complaint.reference:
            raise NotFound(kind="user task", id=user_task_id)


def _tell(session: Session, complaint: Complaint, row: Comment, people: Sequence[str], actor: Actor) -> None:
    others = [one for one in people if one != row.by]
    if others:
        watcher_notices.tell_mentioned(session, complaint, others, key=f"mention-{row.id}", by=actor)
