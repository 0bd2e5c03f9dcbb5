"""The public status of a complaint: for who has its number and its code."""

from collections.abc import Sequence
from typing import Any

from flask import request
from marshmallow import fields

from api import accounts
from api.errors import WrongCode
from api.requests import Answer, Call, open_to_all, redress
from api.v1.resource import Resource
from api.v1.shapes import NAME, SHORT, Input, Output, many, maybe, moment, money, shown, text, texts, truth
from engine.database import reading
from processes import cases, public_case, public_status
from processes.public_case import MESSAGES, Offer, Promise, PublicCase, Said
from processes.tables.correspondence import Attachment

resource = Resource("status", "/status", "How far a complaint is, for its complainant.")


class Ask(Input):
    """Number and code of a complaint."""

    reference = text(NAME, required=True)
    code = text(SHORT, required=True)


class PromiseShape(Output):
    """A date the company gave."""

    clock = shown(example="C-RESOLVE")
    due_at = moment()
    target = shown("How long that is.", example="5wd")
    paused = truth("It stands still while something is waited for.")
    provisional = truth("The calendar of that year is not official yet.")


class FileShape(Output):
    """A file the complainant sent."""

    id = shown()
    file_name = maybe()
    size = fields.Integer(required=True, allow_none=True, metadata={"description": "Bytes."})


class SaidShape(Output):
    """A letter to the complainant, or something he or she sent."""

    at = moment()
    mine = truth("Sent by the complainant.")
    channel = shown()
    subject = maybe()
    text = shown()
    files = many(FileShape)


class OfferShape(Output):
    """The solution that is proposed."""

    text = shown()
    amount = money()
    answer_until = fields.Date(required=True, allow_none=True)


class Status(Output):
    """The stage in words of both languages, what is promised, what was said, and what can be sent now."""

    reference = shown()
    received_at = moment()
    stage = shown(example="being investigated")
    stage_zh = shown()
    next_promised_at = moment(null=True)
    waits_for_you = fields.Boolean(required=True)
    close_code = maybe()
    withdrawn = truth("It was withdrawn and is being closed.")
    promises = many(PromiseShape, "What is still to come or missed, the first one first.")
    said = many(SaidShape, "The oldest first.")
    files = many(FileShape, "Those that came with the complaint itself.")
    offer = fields.Nested(OfferShape, required=True, allow_none=True)
    messages = texts("Names of the messages that can be sent about it now.")


@resource.post("")
@open_to_all(body=Ask, answers={200: Status}, example={"reference": "TS-20260310-00042", "code": "K7QF3M9XWA"})
def ask(call: Call) -> Answer:
    """How far the complaint is, and what was said. An unknown number and a wrong code get the same answer."""
    reference, code = call.body["reference"], call.body["code"]
    database = redress().database
    known = accounts.guarded(
        database,
        subject=reference,
        address=request.remote_addr or "",
        right=lambda session: cases.opened_by(session, reference, code) is not None,
    )
    if not known:
        raise WrongCode()
    with reading(database) as session:
        complaint = cases.by_reference(session, reference)
        return Answer(body=public_status.of(complaint) | _told(public_case.view(session, complaint)))


def _told(case: PublicCase) -> dict[str, Any]:
    return {
        "next_promised_at": case.promises[0].due if case.promises else None,
        "withdrawn": case.withdrawn,
        "promises": [_promise(one) for one in case.promises],
        "said": [_said(one) for one in case.said],
        "files": _files(case.files),
        "offer": _offer(case.offer),
        "messages": sorted(MESSAGES[one] for one in case.can),
    }


def _promise(one: Promise) -> dict[str, Any]:
    return {"clock": one.clock, "due_at": one.due, "target": one.target, "paused": one.paused, "provisional": one.provisional}


def _said(one: Said) -> dict[str, Any]:
    words = {"at": one.at, "mine": one.mine, "channel": one.channel, "subject": one.subject, "text": one.text}
    return words | {"files": _files(one.files)}


def _files(files: Sequence[Attachment]) -> list[dict[str, Any]]:
    return [{"id": one.id, "file_name": one.file_name, "size": one.size} for one in files]


def _offer(offer: Offer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {"text": offer.text, "amount": offer.amount, "answer_until": offer.answer_until}
