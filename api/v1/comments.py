"""One comment: read it, say it in other words, delete it."""

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.conversation_shapes import CommentWithActions, OtherWords, comment_actions, comment_json
from api.v1.resource import Resource
from processes import cases, comments
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment

resource = Resource("comments", "/comments", "Comments about cases, one by one.")


def _seen(session: Session, call: Call, comment_id: str) -> tuple[Complaint, Comment]:
    row = comments.get(session, comment_id)
    complaint = cases.get(session, row.complaint_id)
    permissions.require_complaint(session, call.actor, complaint)
    return complaint, row


def _answer(session: Session, call: Call, complaint: Complaint, row: Comment) -> Answer:
    body = comment_json(session, complaint, row, actor=call.actor) | {"actions": comment_actions(row, actor=call.actor)}
    return Answer(body=body, revision=row.revision)


@resource.get("/<string:comment_id>")
@reads(answers={200: CommentWithActions})
def get(session: Session, call: Call, comment_id: str) -> Answer:
    """A comment, and what you can do with it."""
    return _answer(session, call, *_seen(session, call, comment_id))


@resource.put("/<string:comment_id>")
@writes(body=OtherWords, if_match=True, answers={200: CommentWithActions}, example={"text": "The carrier has answered."})
def edit(session: Session, call: Call, comment_id: str) -> Answer:
    """Say it in other words, within 15 minutes; who is mentioned now and was not is told."""
    revision = call.required_revision
    complaint, row = _seen(session, call, comment_id)
    comments.edit(session, complaint, row, call.body["text"], actor=call.actor, revision=revision)
    return _answer(session, call, complaint, row)


@resource.delete("/<string:comment_id>")
@writes(answers={200: CommentWithActions})
def delete(session: Session, call: Call, comment_id: str) -> Answer:
    """Delete your comment: its words are gone, that there was one stays."""
    complaint, row = _seen(session, call, comment_id)
    comments.delete(session, complaint, row, actor=call.actor)
    return _answer(session, call, complaint, row)
