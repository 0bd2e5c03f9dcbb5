"""The public status of a complaint: for who has its number and its code."""

from flask import request
from marshmallow import fields

from api import accounts
from api.errors import NotSignedIn
from api.requests import Answer, Call, open_to_all, redress
from api.v1.resource import Resource
from api.v1.shapes import NAME, SHORT, Input, Output, maybe, moment, shown, text
from engine.database import reading
from processes import cases, public_status

resource = Resource("status", "/status", "How far a complaint is, for its complainant.")


class Ask(Input):
    """Number and code of a complaint."""

    reference = text(NAME, required=True)
    code = text(SHORT, required=True)


class Status(Output):
    """The stage, in words of both languages, and the next date promised."""

    reference = shown()
    received_at = moment()
    stage = shown(example="being investigated")
    stage_zh = shown()
    next_promised_at = moment(null=True)
    waits_for_you = fields.Boolean(required=True)
    close_code = maybe()


@resource.post("")
@open_to_all(body=Ask, answers={200: Status}, example={"reference": "TS-20260310-00042", "code": "K7QF3M9XWA"})
def ask(call: Call) -> Answer:
    """How far the complaint is. An unknown number and a wrong code get the same answer."""
    reference, code = call.body["reference"], call.body["code"]
    database = redress().database
    known = accounts.guarded(
        database,
        subject=reference,
        address=request.remote_addr or "",
        right=lambda session: cases.opened_by(session, reference, code) is not None,
    )
    if not known:
        raise NotSignedIn()
    with reading(database) as session:
        return Answer(body=public_status.of(session, cases.by_reference(session, reference)))
