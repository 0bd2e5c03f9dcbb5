"""Complaints: register one (with or without an account), see it, its timeline, its deadlines, what decision tables said."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api import permissions
from api.requests import PUBLIC, Answer, Call, reads, redress, writes
from api.v1.complaint_shapes import Clocks, ComplaintShape, Decisions, Register, Registered, TakeOver, Timeline
from api.v1.resource import PREFIX, Resource
from engine import clock
from engine.errors import ConflictOfInterest, Invalid, Problem
from engine.extensions import Actor
from processes import cases, complaints, decision_records, masks, people, sla
from processes.tables.cases import Complaint
from processes.tables.correspondence import DecisionRecord
from processes.tables.supervision import SlaClock

resource = Resource("complaints", "/complaints", "Complaints: the cases everything else belongs to.")
# what nobody says about himself at the public door
ONLY_STAFF = frozenset({"profile", "severity_tier", "received_at", "source", "source_regulator"})
SHOWN = (
    *("id", "reference", "customer_name", "level", "channel", "content", "demand", "business_type", "order_no", "contract_no"),
    *("product_code", "complained_object", "claim_amount", "category", "sub_category", "priority_band", "handler_group", "case_owner"),
    *("owner_department", "involved_departments", "status", "close_code", "received_at", "closed_at", "reopen_count", "evidence_pending"),
)


def complaint_json(session: Session, row: Complaint, *, actor: Actor) -> dict[str, Any]:
    """A case as this person sees it."""
    customer = cases.customer_of(session, row)
    found: dict[str, Any] = {name: getattr(row, name) for name in SHOWN}
    found |= {name: getattr(customer, name, None) for name in ("phone", "email", "address")}
    masked = not works_on(actor, row)
    if masked:
        found["customer_name"] = masks.name(row.customer_name)
        found["phone"], found["email"], found["address"] = (
            masks.number(found["phone"]),
            masks.email(found["email"]),
            masks.address(found["address"]),
        )
    amount = found["claim_amount"]
    return found | {"claim_amount": None if amount is None else str(amount), "masked": masked}


def works_on(actor: Actor, row: Complaint) -> bool:
    """Owner, intake and duty talk to the customer; everybody else reads masked data."""
    return actor.id in (row.case_owner, row.registered_by) or bool(actor.groups & {"intake_agent", "duty", "team_lead"})


def require_complaint(session: Session, actor: Actor, row: Complaint) -> None:
    """Whom a case concerns may not see it; its owner may, who registered it, who takes part in it, and who may see all."""
    if actor.id in row.excluded_users:
        raise ConflictOfInterest()
    if actor.id in (row.case_owner, row.registered_by):
        return
    if row.instance_id is None:
        permissions.require(actor, "complaint:read")
    else:
        permissions.require_case(session, actor, root_id=row.instance_id, permission="complaint:read")


def seen(session: Session, call: Call, reference: str) -> Complaint:
    """The case with this number, if this person may see it."""
    row = cases.by_reference(session, reference)
    require_complaint(session, call.actor, row)
    return row


@resource.post("")
@writes(
    body=Register,
    public=True,
    answers={201: Registered},
    example={"channel": "web", "name": "王敏", "phone": "13800000001", "content": "快递延误三天还没收到货", "demand": "赔偿"},
)
def register(session: Session, call: Call) -> Answer:
    """Register a complaint; it gets its number, and its handling begins. The code lets the complainant see it."""
    public = call.actor == PUBLIC
    if public:
        _refuse_staff_fields(call.body)
    else:
        permissions.require(call.actor, "complaint:register")
    given = {"profile": redress().settings.profile, **call.body}
    made = complaints.register(session, given, actor=None if public else call.actor)
    row = made.complaint
    body = {"reference": row.reference, "code": made.code, "status": row.status, "received_at": row.received_at}
    return Answer(body=body, status=201, headers={"Location": f"{PREFIX}/complaints/{row.reference}"})


def _refuse_staff_fields(body: dict[str, Any]) -> None:
    given = sorted(ONLY_STAFF & body.keys())
    if given:
        message = "This is for those to say who register complaints."
        raise Invalid(problems=[Problem(code="UNKNOWN_FIELD", pointer=f"/{name}", message=message) for name in given])


@resource.post("/taken-over")
@writes(
    "complaint:register",
    body=TakeOver,
    answers={201: ComplaintShape},
    example={
        "customer_id": "c-1001",
        "customer_name": "王敏",
        "level": 2,
        "channel": "phone",
        "content": "The parcel came nine days late.",
    },
)
def take_over(session: Session, call: Call) -> Answer:
    """Hand over a case that another system handles already: it gets its number, and no process is started."""
    asked = dict(call.body)
    received: datetime = asked.pop("received_at", clock.now())
    asked.setdefault("case_owner", call.actor.id)
    _must_exist(session, asked["case_owner"])
    row = complaints.take_over(session, received_at=received, **asked)
    session.flush()  # its id and its defaults are part of the answer
    body = complaint_json(session, row, actor=call.actor)
    return Answer(body=body, status=201, headers={"Location": f"{PREFIX}/complaints/{row.reference}"})


def _must_exist(session: Session, account_id: str) -> None:
    if not people.active(session, [account_id]):
        raise Invalid(problems=[Problem(code="UNKNOWN", message=f"There is no active account '{account_id}'.", pointer="/case_owner")])


@resource.get("/<string:reference>")
@reads(answers={200: ComplaintShape})
def get(session: Session, call: Call, reference: str) -> Answer:
    """One complaint by its number."""
    return Answer(body=complaint_json(session, seen(session, call, reference), actor=call.actor))


@resource.get("/<string:reference>/timeline")
@reads(answers={200: Timeline})
def timeline(session: Session, call: Call, reference: str) -> Answer:
    """What happened to a case, in order."""
    rows = cases.timeline(session, seen(session, call, reference))
    return Answer(body={"items": [{name: getattr(row, name) for name in ("at", "kind", "by", "text", "details")} for row in rows]})


@resource.get("/<string:reference>/clocks")
@reads(answers={200: Clocks})
def clocks(session: Session, call: Call, reference: str) -> Answer:
    """The deadlines of a case, with what fired."""
    return Answer(body={"items": [_clock_json(row) for row in sla.rows(session, seen(session, call, reference))]})


def _clock_json(row: SlaClock) -> dict[str, Any]:
    names = ("clock", "key", "level", "target", "start", "due", "stop", "result", "fired")
    return {name: getattr(row, name) for name in names} | {"paused": any(pause["to"] is None for pause in row.pauses)}


@resource.get("/<string:reference>/decisions")
@reads(answers={200: Decisions})
def decisions(session: Session, call: Call, reference: str) -> Answer:
    """What decision tables said about a case: inputs, rows and result."""
    rows = decision_records.of_case(session, seen(session, call, reference))
    return Answer(body={"items": [_decision_json(row) for row in rows]})


def _decision_json(row: DecisionRecord) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("decision", "at", "inputs", "rows", "result", "overruled")}
