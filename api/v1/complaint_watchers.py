"""Who watches a case: is told of comments, stages, escalations, what the customer writes, and the end."""

from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads, writes
from api.v1.complaints import seen
from api.v1.conversation_shapes import WatcherShape, watcher_json
from api.v1.resource import Resource
from api.v1.shapes import Output, many
from processes import watchers
from processes.tables.cases import Complaint

resource = Resource("complaint_watchers", "/complaints/<string:reference>/watchers", "Those who watch a case.")


class Watchers(Output):
    """Those who watch a case, the first one first."""

    items = many(WatcherShape)


def _answer(session: Session, row: Complaint) -> Answer:
    return Answer(body={"items": [watcher_json(one) for one in watchers.of_case(session, row)]})


@resource.get("")
@reads(answers={200: Watchers})
def list_watchers(session: Session, call: Call, reference: str) -> Answer:
    """Who watches the case."""
    return _answer(session, seen(session, call, reference))


@resource.put("/me")
@writes(answers={200: Watchers})
def watch(session: Session, call: Call, reference: str) -> Answer:
    """Watch the case."""
    row = seen(session, call, reference)
    watchers.watch(session, row, call.actor.id)
    return _answer(session, row)


@resource.delete("/me")
@writes(answers={200: Watchers})
def unwatch(session: Session, call: Call, reference: str) -> Answer:
    """Watch it no more."""
    row = seen(session, call, reference)
    watchers.unwatch(session, row, call.actor.id)
    return _answer(session, row)
