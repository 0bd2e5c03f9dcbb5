"""Messages about a case, from the complainant (with number and code), from staff on his behalf, from payment and authorities."""

from typing import Any

from flask import request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import accounts, permissions
from api.errors import WrongCode
from api.requests import PUBLIC, Answer, Call, reads, redress, writes
from api.v1.complaints import seen
from api.v1.messages import STATES, MessageShape, message_json
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import NAME, SHORT, Input, ListQuery, Output, list_of, moment, page_json, shown, sorts, text
from engine import messages
from processes import case_messages, cases

resource = Resource("complaint_messages", "/complaints/<string:reference>/messages", "Messages about a case.")


class Received(Output):
    """The message is stored; the process gets it at once."""

    id = shown()
    name = shown(example="customer.decision")
    state = shown()
    received_at = moment()


class SendMessage(Input):
    """A message. Its id comes from the sender: sent twice, it is one message. `code`: of who has no account."""

    id = text(NAME, required=True)
    name = text(NAME, required=True)
    payload = fields.Dict(keys=text(NAME), load_default=dict)
    code = text(SHORT, load_default="")


class MessageQuery(ListQuery):
    """Which messages."""

    name = text(NAME)
    state = fields.String(validate=validate.OneOf(STATES))
    sort = sorts("received_at")


@resource.get("")
@reads(query=MessageQuery, answers={200: list_of(MessageShape)})
def list_messages(session: Session, call: Call, reference: str) -> Answer:
    """The messages about a case, newest first, for those who see the case. What they say is in its records."""
    row = seen(session, call, reference)
    page = messages.search(session, call.page(correlation_key=row.reference))
    return Answer(body=page_json(page, [message_json(one) for one in page.items]))


def knows_code(call: Call, reference: str) -> bool:
    """The public door: the same refusal for an unknown number and a wrong code, and few tries."""
    if call.actor != PUBLIC:
        return False
    code: str = call.body["code"]
    if not accounts.guarded(
        redress().database,
        subject=reference,
        address=request.remote_addr or "",
        right=lambda session: cases.opened_by(session, reference, code) is not None,
    ):
        raise WrongCode()
    return True


@resource.post("")
@writes(
    body=SendMessage,
    public=True,
    before=knows_code,
    answers={202: Received},
    example={"id": "app-2026-000123", "name": "customer.decision", "payload": {"decision": "accept"}, "code": "K7QF3M9XWA"},
)
def send(session: Session, call: Call, reference: str) -> Answer:
    """Send a message about a case; who may send which is a matter of roles."""
    asked: dict[str, Any] = call.body
    complaint = cases.by_reference(session, reference)
    if call.prepared:
        actor = case_messages.complainant(complaint)
    else:
        actor = call.actor
        permissions.require_sender_about(session, actor, complaint, message_name=asked["name"])
    row = case_messages.send(session, complaint, asked["name"], asked["payload"], message_id=asked["id"], actor=actor)
    body = {"id": row.id, "name": row.name, "state": row.state, "received_at": row.received_at}
    return Answer(body=body, status=202, headers={"Location": f"{PREFIX}/messages/{row.id}"})
