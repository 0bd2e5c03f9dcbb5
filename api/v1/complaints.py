"""Complaints: register one, look one up by its number."""

from datetime import datetime
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import LONG, NAME, SHORT, Input, Instant, Output, maybe, moment, shown, text, whole
from engine import clock
from engine.errors import ConflictOfInterest, Invalid, Problem
from engine.extensions import Actor
from processes import cases, complaints, people
from processes.tables.cases import Complaint

resource = Resource("complaints", "/complaints", "Complaints: the cases everything else belongs to.")
LEVELS = (1, 4)


class ComplaintShape(Output):
    """A case."""

    id = shown()
    reference = shown(example="TS-20260310-00042")
    customer_name = shown()
    level = whole("1 ordinary to 4 major.")
    channel = shown()
    content = shown()
    received_at = moment()
    case_owner = maybe()
    owner_department = maybe()
    status = shown(example="NEW")


class Register(Input):
    """A new case. Who registers it owns it, unless another owner is named."""

    customer_id = text(SHORT, required=True)
    customer_name = text(NAME, required=True)
    level = fields.Integer(strict=True, required=True, validate=validate.Range(*LEVELS))
    channel = text(SHORT, required=True)
    content = text(LONG * 5, required=True)
    received_at = Instant()
    case_owner = text(SHORT)
    excluded_users = fields.List(text(SHORT), load_default=list, validate=validate.Length(max=50))


def _json(row: Complaint) -> dict[str, Any]:
    names = ("id", "reference", "customer_name", "level", "channel", "content", "received_at", "case_owner", "owner_department", "status")
    return {name: getattr(row, name) for name in names}


def require_complaint(actor: Actor, row: Complaint) -> None:
    """Whom a case concerns may not see it; its owner may, and who may see all."""
    if actor.id in row.excluded_users:
        raise ConflictOfInterest()
    if actor.id != row.case_owner:
        permissions.require(actor, "complaint:read")


@resource.post("")
@writes(
    "complaint:register",
    body=Register,
    answers={201: ComplaintShape},
    example={
        "customer_id": "c-1001",
        "customer_name": "王敏",
        "level": 2,
        "channel": "phone",
        "content": "The parcel came nine days late.",
    },
)
def register(session: Session, call: Call) -> Answer:
    """Register a complaint; it gets its number."""
    asked = dict(call.body)
    received: datetime = asked.pop("received_at", clock.now())
    asked.setdefault("case_owner", call.actor.id)
    _must_exist(session, asked["case_owner"])
    row = complaints.take_over(session, received_at=received, **asked)
    session.flush()  # its id and its defaults are part of the answer
    return Answer(body=_json(row), status=201, headers={"Location": f"{PREFIX}/complaints/{row.reference}"})


def _must_exist(session: Session, account_id: str) -> None:
    if not people.active(session, [account_id]):
        raise Invalid(problems=[Problem(code="UNKNOWN", message=f"There is no active account '{account_id}'.", pointer="/case_owner")])


@resource.get("/<string:reference>")
@reads(answers={200: ComplaintShape})
def get(session: Session, call: Call, reference: str) -> Answer:
    """One complaint by its number."""
    row = cases.by_reference(session, reference)
    require_complaint(call.actor, row)
    return Answer(body=_json(row))
