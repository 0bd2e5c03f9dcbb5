"""What comments, watchers and files look like in requests and answers."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.v1.shapes import NAME, SHORT, Action, Input, Output, many, maybe, moment, shown, text, texts, truth, whole
from engine.extensions import Actor
from processes import attachments, case_access, case_contact_data, comments, evidence
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment, Watcher
from processes.tables.correspondence import Attachment

COMMENT = ("id", "user_task_id", "by", "at", "mentions", "edited_at", "deleted_at", "revision")
FILE = (
    *("id", "type", "source", "size", "mime", "sha256", "scan", "pd_class", "uploaded_by", "at", "reference", "waived", "waive_reason"),
    *("assessed", "comment_id", "contact_id", "user_task_id", "deleted_at", "deleted_by", "delete_reason"),
)


class CommentShape(Output):
    """A comment. In `text` a person is `@` and the account id."""

    id = shown()
    reference = shown("The complaint it is about.")
    user_task_id = maybe("The task it was said at.")
    by = shown("An account.")
    at = moment()
    text = shown("Masked as letters are for those who read the customer's data masked; empty once it is deleted.")
    mentions = texts("Accounts.")
    edited_at = moment(null=True)
    deleted_at = moment(null=True)
    revision = whole()


class CommentWithActions(CommentShape):
    """A comment, and what you can do with it."""

    actions = many(Action)


class NewComment(Input):
    """Something said about a case. `@` and a name or an account id tells that person."""

    text = text(comments.LONGEST, required=True)
    user_task_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, SHORT))
    watch = fields.Boolean(load_default=True, metadata={"description": "Watch the case from now on."})


class OtherWords(Input):
    """Other words for a comment."""

    text = text(comments.LONGEST, required=True)


class WatcherShape(Output):
    """An account that is told what happens in a case."""

    account_id = shown()
    since = moment()


class Person(Output):
    """Somebody who may see a case."""

    id = shown()
    name = shown()
    name_zh = maybe()


class AttachmentShape(Output):
    """A file of a case, or a piece of evidence that is named only (no `sha256`)."""

    id = shown()
    complaint = shown("The complaint it belongs to.")
    type = shown("A type of the evidence checklist, or `document`.", example="order_record")
    source = shown("customer, department, system or authority.")
    file_name = maybe()
    size = fields.Integer(required=True, allow_none=True, metadata={"description": "Bytes."})
    mime = maybe("What is in it.")
    sha256 = maybe()
    scan = maybe("clean, or not_scanned where there is no virus scanner.")
    pd_class = shown("none, PD (personal data) or SPD (sensitive).")
    uploaded_by = shown()
    at = moment()
    reference = maybe("Where it lies when it is no file.")
    waived = truth()
    waive_reason = maybe()
    assessed = maybe()
    comment_id = maybe("The comment it came with.")
    contact_id = maybe("What the customer said with it.")
    user_task_id = maybe()
    deleted_at = moment(null=True)
    deleted_by = maybe()
    delete_reason = maybe()


class AttachmentWithActions(AttachmentShape):
    """A file, and what you can do with it."""

    actions = many(Action)


class Files(Output):
    """Files that were added."""

    items = many(AttachmentShape)


class UploadOfFiles(Input):
    """Files for a case: at most 20 at once."""

    files = fields.List(Upload(), required=True, validate=validate.Length(1))
    type = text(NAME, metadata={"description": "A type of the evidence checklist; `document` if left out."})
    pd_class = fields.String(validate=validate.OneOf(attachments.PD_CLASSES), metadata={"description": "`none` if left out."})
    comment_id = text(SHORT, metadata={"description": "A comment of yours they belong to."})
    user_task_id = text(SHORT)


class NewWaiver(Input):
    """A type of evidence the case goes on without, and why."""

    type = text(NAME, required=True, metadata={"description": "A mandatory type of the evidence checklist that is missing."})
    reason = text(evidence.LONGEST_REASON, required=True)


class Why(Input):
    """Why: it is kept in the audit trail."""

    reason = fields.String(load_default="", validate=validate.Length(max=case_contact_data.LONGEST_REASON))


def comment_json(session: Session, complaint: Complaint, row: Comment, *, actor: Actor) -> dict[str, Any]:
    """A comment as this person reads it."""
    read = str if case_access.works_on(actor, complaint) else case_contact_data.in_text(session, complaint)
    return {name: getattr(row, name) for name in COMMENT} | {"reference": complaint.reference, "text": read(row.text)}


def comment_actions(row: Comment, *, actor: Actor) -> list[dict[str, Any]]:
    """Changing and deleting it."""
    edit, delete = comments.edit_refusal(row, actor=actor), comments.deletion_refusal(row, actor=actor)
    return [permissions.entry("edit", edit), permissions.entry("delete", delete)]


def watcher_json(row: Watcher) -> dict[str, Any]:
    """Who watches, since when."""
    return {"account_id": row.account_id, "since": row.since}


def attachment_json(session: Session, complaint: Complaint, row: Attachment, *, actor: Actor) -> dict[str, Any]:
    """A file as this person reads of it; its name may hold the customer's, and so may the reason to do without it."""
    read = str if case_access.works_on(actor, complaint) else case_contact_data.in_text(session, complaint)
    texts = {field: read(getattr(row, field)) if getattr(row, field) else None for field in ("file_name", "waive_reason")}
    return {field: getattr(row, field) for field in FILE} | texts | {"complaint": complaint.reference}


def attachment_actions(complaint: Complaint, row: Attachment, *, actor: Actor) -> list[dict[str, Any]]:
    """Opening it as it is, opening it with a reason, deleting it."""
    opening = attachments.opening_refusal(complaint, row, actor=actor)
    answered = None if isinstance(opening, attachments.ReasonNeeded) else opening
    deleting = attachments.deletion_refusal(row, actor=actor)
    return [permissions.entry("open", opening), permissions.entry("reveal", answered), permissions.entry("delete", deleting)]
