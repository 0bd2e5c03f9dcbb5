"""What changed: asked every few seconds by whoever shows tasks."""

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import Input, Output, shown, text, texts, truth
from engine import task_changes

resource = Resource("changes", "/changes", "What changed lately.")


class ChangesQuery(Input):
    """After what. Without it: a token to begin with, asked for before the tasks are read."""

    after = text(task_changes.LONGEST_TOKEN, metadata={"description": "`after` of the answer before."})


class ChangesShape(Output):
    """Tasks that look different now, of those you may see or could see."""

    after = shown("What to ask with next; of a 304 it is the ETag.")
    tasks = texts("Their ids.")
    everything = truth("Too many, or too long ago, to name them: read your lists again.")


@resource.get("")
@reads(query=ChangesQuery, answers={200: ChangesShape, 304: None})
def changes(session: Session, call: Call) -> Answer:
    """304 when nothing changed that is your business. One indexed read."""
    after = call.query.get("after")
    found = task_changes.since(session, after, actor=call.actor, sees_all=permissions.may(call.actor, "task:read"))
    if after is not None and not found:
        return Answer(status=304, headers={"ETag": f'"{found.token}"'})
    return Answer(body={"after": found.token, "tasks": list(found.tasks), "everything": found.everything})
