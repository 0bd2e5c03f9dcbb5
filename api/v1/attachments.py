"""One file of a case: what it is, what is in it, deleting it."""

from sqlalchemy.orm import Session

from api import permissions, uploaded
from api.requests import Answer, Call, reads, writes
from api.v1.conversation_shapes import AttachmentWithActions, Why, attachment_actions, attachment_json
from api.v1.resource import Resource
from api.v1.shapes import LONG, Input, Output, shown, text
from processes import attachments, cases
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

resource = Resource("attachments", "/attachments", "Files of cases, one by one.")
BINARY = {"type": "string", "format": "binary"}


class ContentQuery(Input):
    """What opens a file that needs a reason."""

    ticket = text(LONG, metadata={"description": "Of `POST .../opening`."})


class Opening(Output):
    """The file is open to you for five minutes."""

    ticket = shown("For `GET .../content`.")


def _seen(session: Session, call: Call, attachment_id: str) -> tuple[Complaint, Attachment]:
    row = attachments.get(session, attachment_id)
    complaint = cases.get(session, row.complaint_id)
    permissions.require_complaint(session, call.actor, complaint)
    return complaint, row


@resource.get("/<string:attachment_id>")
@reads(answers={200: AttachmentWithActions})
def get(session: Session, call: Call, attachment_id: str) -> Answer:
    """What it is, and what you can do with it."""
    complaint, row = _seen(session, call, attachment_id)
    shown = attachment_json(session, complaint, row, actor=call.actor)
    return Answer(body=shown | {"actions": attachment_actions(complaint, row, actor=call.actor)})


@resource.get("/<string:attachment_id>/content")
@reads(query=ContentQuery, answers={200: BINARY}, answer_type="application/octet-stream", also_refuses=(409,))
def content(session: Session, call: Call, attachment_id: str) -> Answer:
    """The file itself. Who reads the customer's data masked needs a ticket of `POST .../opening`."""
    complaint, row = _seen(session, call, attachment_id)
    refused = attachments.opening_refusal(complaint, row, actor=call.actor)
    if refused is not None and not (
        isinstance(refused, attachments.ReasonNeeded) and uploaded.admits(call.query.get("ticket"), row, call.actor)
    ):
        raise refused
    return Answer(raw=uploaded.download(row))


@resource.post("/<string:attachment_id>/opening")
@writes(body=Why, answers={201: Opening}, example={"reason": "The authority asks for the delivery note."})
def reveal(session: Session, call: Call, attachment_id: str) -> Answer:
    """Say why you need the file, if you read the customer's data masked: it opens for five minutes; the reason is kept."""
    complaint, row = _seen(session, call, attachment_id)
    attachments.reveal(session, complaint, row, actor=call.actor, reason=call.body["reason"])
    return Answer(body={"ticket": uploaded.ticket(row, call.actor)}, status=201)


@resource.post("/<string:attachment_id>/deletion")
@writes(body=Why, answers={200: AttachmentWithActions}, example={"reason": "It belongs to another case."})
def delete(session: Session, call: Call, attachment_id: str) -> Answer:
    """Delete the file: nobody opens it any more; that it was there, who deleted it and why, stays."""
    complaint, row = _seen(session, call, attachment_id)
    attachments.delete(session, complaint, row, actor=call.actor, reason=call.body["reason"])
    shown = attachment_json(session, complaint, row, actor=call.actor)
    return Answer(body=shown | {"actions": attachment_actions(complaint, row, actor=call.actor)})
