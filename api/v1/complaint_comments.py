"""Comments about a case: what those who work on it say to each other, and whom they can mention."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads, writes
from api.v1.complaints import seen
from api.v1.conversation_shapes import CommentShape, CommentWithActions, NewComment, Person, comment_actions, comment_json
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import SHORT, Input, ListQuery, Output, list_of, many, page_json, sorts, text
from processes import case_viewers, comments, watchers

resource = Resource("complaint_comments", "/complaints/<string:reference>", "Comments about a case, for the house only.")
MOST_SUGGESTED = 20


class CommentQuery(ListQuery):
    """Which comments."""

    by = text(SHORT)
    user_task_id = text(SHORT)
    sort = sorts("at")


class PeopleQuery(Input):
    """Whom one thinks of."""

    text = fields.String(load_default="", validate=validate.Length(max=SHORT), metadata={"description": "Part of a name or an account id."})


class People(Output):
    """Those who may see the case."""

    items = many(Person)


@resource.get("/comments")
@reads(query=CommentQuery, answers={200: list_of(CommentShape)})
def list_comments(session: Session, call: Call, reference: str) -> Answer:
    """The comments about a case, newest first; a deleted one is there without its words."""
    row = seen(session, call, reference)
    page = comments.search(session, row, call.page())
    return Answer(body=page_json(page, [comment_json(session, row, one, actor=call.actor) for one in page.items]))


@resource.post("/comments")
@writes(body=NewComment, answers={201: CommentWithActions}, example={"text": "@u_lead1 the carrier has answered, please have a look."})
def write(session: Session, call: Call, reference: str) -> Answer:
    """Say something about a case. Those who are mentioned are told, and those who watch it."""
    row = seen(session, call, reference)
    made = comments.add(session, row, call.body["text"], actor=call.actor, user_task_id=call.body["user_task_id"])
    if call.body["watch"]:
        watchers.watch(session, row, call.actor.id)
    body: dict[str, Any] = comment_json(session, row, made, actor=call.actor) | {"actions": comment_actions(made, actor=call.actor)}
    return Answer(body=body, status=201, revision=made.revision, headers={"Location": f"{PREFIX}/comments/{made.id}"})


@resource.get("/people")
@reads(query=PeopleQuery, answers={200: People})
def people(session: Session, call: Call, reference: str) -> Answer:
    """Who may see the case and so can be mentioned, by name: twenty at most."""
    row = seen(session, call, reference)
    found = case_viewers.like(session, row, call.query["text"], limit=MOST_SUGGESTED)
    return Answer(body={"items": [{"id": one.id, "name": one.name, "name_zh": one.name_zh} for one in found]})
