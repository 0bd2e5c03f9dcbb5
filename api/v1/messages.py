"""Messages: events from outside, delivered to who waits for them."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import NAME, DryRun, DryRunQuery, Input, ListQuery, Output, list_of, maybe, moment, page_json, shown, sorts, text, would
from engine import clock, messages
from engine.tables import Message
from processes import case_messages, cases
from processes.tables.cases import Complaint

resource = Resource("messages", "/messages", "Messages: events from outside. Stored first, delivered once, kept while nobody waits.")
STATES = ("waiting", "delivered")


class MessageShape(Output):
    """A message as it came."""

    id = shown()
    name = shown()
    correlation_key = maybe()
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    received_at = moment()
    sent_by = shown()
    delivered_at = moment(null=True)
    instance_id = maybe("Who got it.")


class Send(Input):
    """A message. Its id comes from the sender: sent twice, it is one message."""

    id = text(NAME, required=True)
    name = text(NAME, required=True)
    correlation_key = text(NAME, allow_none=True, load_default=None)
    payload = fields.Dict(keys=text(NAME), load_default=dict)


class MessageQuery(ListQuery):
    """Which messages."""

    name = text()
    state = fields.String(validate=validate.OneOf(STATES))
    correlation_key = text()
    instance_id = text()
    sort = sorts("received_at")


def message_json(row: Message) -> dict[str, Any]:
    """A message as it is answered."""
    names = ("id", "name", "correlation_key", "state", "received_at", "sent_by", "delivered_at", "instance_id")
    return {name: getattr(row, name) for name in names}


@resource.get("")
@reads("job:read", query=MessageQuery, answers={200: list_of(MessageShape)})
def list_messages(session: Session, call: Call) -> Answer:
    """Messages, newest first."""
    page = messages.search(session, call.page())
    return Answer(body=page_json(page, [message_json(row) for row in page.items]))


@resource.get("/<string:message_id>")
@reads("job:read", answers={200: MessageShape})
def get(session: Session, call: Call, message_id: str) -> Answer:
    """One message."""
    return Answer(body=message_json(messages.get(session, message_id)))


def _would_send(session: Session, call: Call) -> Answer:
    permissions.require_sender(call.actor, call.body["name"])
    _its_case(session, call)
    asked = call.body
    message = Message(
        id=asked["id"], name=asked["name"], correlation_key=asked["correlation_key"], state="waiting", received_at=clock.now()
    )
    waiting = messages.subscription(session, message)
    if waiting is None:
        return Answer(
            body=would(("keep", "message", message.id, "Nobody waits for it; it would be kept until somebody does."), *_near(session, call))
        )
    return Answer(body=would(("deliver", "process_instance", waiting.instance_id, f"It would be delivered at {waiting.element_id}.")))


def _near(session: Session, call: Call) -> list[tuple[str, str, str, str]]:
    """Who waits for this name with another key: the usual reason why a message finds nobody."""
    key = call.body["correlation_key"]
    if not permissions.may(call.actor, "job:read"):
        return []  # the keys are references of other cases
    waiting = messages.waiting_for(session, call.body["name"])
    barred = permissions.without_conflicts(session, call.actor, (one.root_id for one in waiting))
    return [
        (
            "not_matched",
            "process_instance",
            one.instance_id,
            f"It waits at {one.element_id} for the key {one.correlation_key!r}, not {key!r}.",
        )
        for one in waiting
        if one.root_id not in barred
    ]


@resource.post("")
@writes(
    query=DryRunQuery,
    body=Send,
    dry_run=_would_send,
    answers={200: DryRun, 202: MessageShape},
    example={"id": "bank-2026-000123", "name": "payment.confirmed", "correlation_key": "TS-20260310-00042", "payload": {"amount": "44.85"}},
)
def send(session: Session, call: Call) -> Answer:
    """Send a message; who may send which is a matter of roles. With dry_run: who would get it."""
    permissions.require_sender(call.actor, call.body["name"])
    row = _about_a_case(session, call) or messages.receive(session, **call.body, actor=call.actor)
    return Answer(body=message_json(row), status=202, headers={"Location": f"{PREFIX}/messages/{row.id}"})


def _about_a_case(session: Session, call: Call) -> Message | None:
    """A message for a case leaves in its tables what it says, whichever door it comes through."""
    asked = call.body
    complaint = _its_case(session, call)
    if complaint is None:
        return None
    return case_messages.send(session, complaint, asked["name"], asked["payload"], message_id=asked["id"], actor=call.actor)


def _its_case(session: Session, call: Call) -> Complaint | None:
    """The case a message is about, if it is about one; refuses who is not to send it."""
    asked = call.body
    complaint = cases.find(session, asked["correlation_key"]) if asked["name"] in case_messages.NAMES else None
    if complaint is not None:
        permissions.require_sender_about(session, call.actor, complaint, message_name=asked["name"])
    return complaint
