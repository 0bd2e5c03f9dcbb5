"""Files of a case: the list of them, adding some, and doing without a piece of evidence."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import uploaded
from api.requests import Answer, Call, database, reads, writes
from api.v1.complaints import seen
from api.v1.conversation_shapes import AttachmentShape, Files, NewWaiver, UploadOfFiles, attachment_json
from api.v1.resource import Resource
from api.v1.shapes import SHORT, ListQuery, list_of, page_json, sorts, text
from engine.database import reading
from engine.errors import Refused
from processes import attachments, comments, evidence, uploads
from processes.tables.cases import Complaint
from processes.uploads import Received

resource = Resource("complaint_attachments", "/complaints/<string:reference>/attachments", "Files and pieces of evidence of a case.")
waivers = Resource("evidence_waivers", "/complaints/<string:reference>/evidence-waivers", "Evidence a case goes on without.")


class AttachmentQuery(ListQuery):
    """Which files."""

    type = text(SHORT)
    source = fields.String(validate=validate.OneOf(["customer", "department", "system", "authority"]))
    comment_id = text(SHORT)
    contact_id = text(SHORT)
    user_task_id = text(SHORT)
    uploaded_by = text(SHORT)
    sort = sorts("at")


@resource.get("")
@reads(query=AttachmentQuery, answers={200: list_of(AttachmentShape)})
def list_attachments(session: Session, call: Call, reference: str) -> Answer:
    """Files and pieces of evidence, newest first, without those that were deleted or waived into thin air."""
    row = seen(session, call, reference)
    page = attachments.search(session, row, call.page())
    return Answer(body=page_json(page, [attachment_json(session, row, one, actor=call.actor) for one in page.items]))


def _receive(call: Call, reference: str) -> list[Received]:
    """Nothing is kept of who may not see the case."""
    with reading(database()) as session:
        seen(session, call, reference)
    return uploaded.receive(most=uploads.MOST_FILES)


@resource.post("")
@writes(
    body=UploadOfFiles,
    body_type=uploaded.MULTIPART,
    parse=uploaded.body,
    before=_receive,
    answers={201: Files},
    example={"type": "delivery_trace"},
)
def add(session: Session, call: Call, reference: str) -> Answer:
    """Add files, as multipart/form-data. What is in a file decides what it is; each has at most 20 MB."""
    row = seen(session, call, reference)
    asked: dict[str, Any] = call.body
    _demand_places(session, call, row, asked)
    about = {name: asked.get(name) for name in ("pd_class", "comment_id", "user_task_id")}
    made = attachments.add(session, row, call.prepared, actor=call.actor, type_=asked.get("type"), **about)
    return Answer(body={"items": [attachment_json(session, row, one, actor=call.actor) for one in made]}, status=201)


def _demand_places(session: Session, call: Call, row: Complaint, asked: dict[str, Any]) -> None:
    """The comment is one's own and of this case, the task one of this case, the type one its category knows."""
    if asked.get("comment_id"):
        comment = comments.get(session, asked["comment_id"])
        if comment.complaint_id != row.id or comment.by != call.actor.id:
            raise Refused(reason="files are added to a comment by who wrote it")
    comments.demand_task(session, row, asked.get("user_task_id"))
    evidence.demand_type(session, row, asked.get("type"))


@waivers.post("")
@writes(body=NewWaiver, answers={201: AttachmentShape}, example={"type": "delivery_trace", "reason": "The carrier lost its records."})
def waive(session: Session, call: Call, reference: str) -> Answer:
    """Do without a mandatory piece of evidence that is missing, as a team lead: the investigation can be completed then."""
    row = seen(session, call, reference)
    made = evidence.waive(session, row, call.body["type"], reason=call.body["reason"], actor=call.actor)
    session.flush()  # its id is part of the answer
    return Answer(body=attachment_json(session, row, made, actor=call.actor), status=201)
