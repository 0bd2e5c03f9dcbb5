"""Complaints: register one (with or without an account), find it, see it, reach the customer."""

from datetime import datetime
from typing import Any

from flask import current_app, request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import accounts, idempotency, permissions
from api.errors import IdempotencyKeyReused
from api.requests import PUBLIC, Answer, Call, reads, redress, writes
from api.v1.complaint_shapes import (
    LEVELS,
    ComplaintRow,
    ComplaintShape,
    ComplaintWithActions,
    ContactData,
    Register,
    Registered,
    Reveal,
    TakeOver,
)
from api.v1.resource import PREFIX, Resource
from api.v1.searches import compared_instant, compared_number, compared_text, filter_of, search_of
from api.v1.shapes import NAME, SHORT, ListQuery, list_of, page_json, sorts, text
from engine import clock
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.paging import Query
from processes import (
    case_contact_data,
    case_list,
    case_merging,
    case_messages,
    case_numbers,
    cases,
    complaints,
    evidence,
    people,
    public_intake,
)
from processes.case_list import Row, Wanted
from processes.reports import periods, report
from processes.reports.asking import DIMENSIONS
from processes.reports.behind import Behind
from processes.tables.cases import Complaint

resource = Resource("complaints", "/complaints", "Complaints: the cases everything else belongs to.")
# what nobody says about himself at the public door
ONLY_STAFF = frozenset(
    {"profile", "severity_tier", "received_at", "source", "source_regulator", "authorised", "previously_final", "our_business"}
)
SHOWN = (
    *("id", "reference", "customer_name", "level", "channel", "content", "demand", "business_type", "order_no", "contract_no"),
    *("product_code", "complained_object", "claim_amount", "category", "sub_category", "priority_band", "handler_group", "case_owner"),
    *("owner_department", "involved_departments", "status", "close_code", "received_at", "closed_at", "reopen_count", "evidence_pending"),
)
FILTERED = ("reference", "status", "category", "channel", "priority_band", "case_owner", "owner_department", "close_code", "customer_id")
LISTED = (
    *("reference", "level", "status", "channel", "category", "priority_band", "case_owner", "owner_department", "close_code"),
    *("received_at", "closed_at"),
)
WANTED = ("status", "level", "mine", "standing", "text")


class ComplaintQuery(ListQuery):
    """Which cases."""

    status = fields.String(validate=validate.OneOf(["open", "closed", "all", *sorted(cases.STATUSES)]), metadata={"description": "`open`."})
    level = fields.Integer(validate=validate.Range(*LEVELS))
    mine = fields.Boolean(metadata={"description": "Only those you own."})
    standing = fields.String(validate=validate.OneOf(case_list.STANDINGS), metadata={"description": "How the deadline due first stands."})
    category = text(NAME)
    channel = text(NAME)
    department = text(NAME)
    owner = text(NAME)
    cause = text(NAME)
    figure = fields.String(
        validate=validate.OneOf(list(report.FIGURES)), metadata={"description": "The cases this figure of reports was counted from."}
    )
    part = fields.String(validate=validate.OneOf(["all", "missed"]), metadata={"description": "`missed`: those of them that need a look."})
    period = text(SHORT, metadata={"description": f"Of `figure`: written as {periods.EXAMPLES}."})
    sort = sorts("urgency", "received_at", "reference")
    text = text(SHORT, metadata={"description": "Part of the number, or of the customer's name where you read it in full."})


ComplaintFilter = filter_of(
    "ComplaintFilter",
    **{name: compared_text() for name in FILTERED},
    level=compared_number(),
    received_at=compared_instant(),
    closed_at=compared_instant(),
)
ComplaintSearch = search_of("ComplaintSearch", ComplaintFilter, "urgency", "received_at", "reference")


def complaint_json(session: Session, row: Complaint, *, actor: Actor) -> dict[str, Any]:
    """A case as this person sees it."""
    found: dict[str, Any] = {name: getattr(row, name) for name in SHOWN}
    contact = case_contact_data.shown(session, row, actor=actor)
    read = case_contact_data.in_text(session, row, contact=contact)
    found |= {name: read(found[name]) for name in ("content", "demand", "complained_object") if found[name]}
    reached = {name: contact.values[name] for name in ("phone", "email", "address")}
    amount = None if row.claim_amount is None else str(row.claim_amount)
    return found | reached | {"customer_name": contact.values["name"], "claim_amount": amount, "masked": contact.masked}


def seen(session: Session, call: Call, reference: str) -> Complaint:
    """The case with this number, if this person may see it."""
    row = cases.by_reference(session, reference)
    permissions.require_complaint(session, call.actor, row)
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
    if call.actor == PUBLIC:
        row, code = _registered_in_public(session, call.body)
    else:
        permissions.require(call.actor, "complaint:register")
        made = complaints.register(session, {"profile": redress().settings.profile, **call.body}, actor=call.actor)
        row, code = made.complaint, made.code
    body = {"reference": row.reference, "code": code, "status": row.status, "received_at": row.received_at}
    return Answer(body=body, status=201, headers={"Location": f"{PREFIX}/complaints/{row.reference}"})


def _registered_in_public(session: Session, body: dict[str, Any]) -> tuple[Complaint, str]:
    """Sent again with its Idempotency-Key it is the same case; the code is worked out from the key and kept nowhere."""
    _refuse_staff_fields(body)
    address, profile = request.remote_addr or "", redress().settings.profile
    accounts.count_registration(session, address=address)
    key = f"api {address} {request.headers.get(idempotency.HEADER) or idempotency.fresh()}"
    code = case_numbers.code_of(key, secret=str(current_app.config["SECRET_KEY"]))
    try:
        reference = public_intake.register_once(session, key, body, locale="", profile=profile, code=code)
    except public_intake.SentAndChanged as error:
        raise IdempotencyKeyReused() from error
    return cases.by_reference(session, reference), code


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


@resource.get("")
@reads(query=ComplaintQuery, answers={200: list_of(ComplaintRow)})
def list_complaints(session: Session, call: Call) -> Answer:
    """The cases you may see, the most urgent first: yours, or all if your roles read all."""
    asked = {name: call.query[name] for name in WANTED if name in call.query}
    asked["like"] = {name: call.query[name] for name in DIMENSIONS if name in call.query and name not in WANTED}
    if "figure" in call.query:
        period = periods.read(call.query.get("period"))
        asked["behind"] = Behind(figure=call.query["figure"], part=call.query.get("part", "all"), period=period)
        asked.setdefault("status", "all")
    query = Query(sort=call.query.get("sort", ""), cursor=call.query.get("cursor"), limit=call.query["limit"])
    return _page(session, call, Wanted(**asked), query)


@resource.post("/search")
@reads(body=ComplaintSearch, answers={200: list_of(ComplaintRow)}, example={"filter": {"level": {"$gte": 3}, "closed_at": None}})
def search(session: Session, call: Call) -> Answer:
    """Cases by a filter, of those you may see."""
    return _page(session, call, Wanted(status="all"), call.search())


def _page(session: Session, call: Call, wanted: Wanted, query: Query) -> Answer:
    reads_all = permissions.may(call.actor, "complaint:read")
    if not reads_all and not permissions.may(call.actor, "complaint:register"):  # nor one of those who have cases of their own
        raise permissions.missing("complaint:read")
    page = case_list.search(session, wanted, actor=call.actor, reads_all=reads_all, query=query)
    return Answer(body=page_json(page, [_row_json(row, call.actor) for row in page.items]))


def _row_json(row: Row, actor: Actor) -> dict[str, Any]:
    standing = row.standing
    deadline = None if standing is None else {name: getattr(standing, name) for name in ("clock", "key", "state", "due")}
    found = {name: getattr(row.complaint, name) for name in LISTED}
    return found | {"customer_name": case_contact_data.customer_name(row.complaint, actor=actor), "deadline": deadline}


@resource.get("/<string:reference>")
@reads(answers={200: ComplaintWithActions})
def get(session: Session, call: Call, reference: str) -> Answer:
    """One complaint by its number, and what you can do with it."""
    row = seen(session, call, reference)
    return Answer(body=complaint_json(session, row, actor=call.actor) | {"actions": _actions(session, row, call.actor)})


def _actions(session: Session, row: Complaint, actor: Actor) -> list[dict[str, Any]]:
    """Reading the customer's data in full, claiming compensation, linking, merging, waiving, and every message one may send."""
    claim = permissions.action("request_compensation", actor, "compensation:request")
    messages = [
        permissions.entry(f"message:{name}", case_messages.refusal(row, name, actor)) for name in sorted(case_messages.SENT_BY_PEOPLE)
    ]
    together = [
        permissions.action("link", actor, "complaint:register"),
        permissions.entry("merge", case_merging.refusal(session, row, actor=actor)),
    ]
    waive = permissions.entry("waive_evidence", evidence.waiver_refusal(row, actor=actor))
    return [permissions.entry("reveal_contact_data", None), claim, *together, waive, *messages]


@resource.post("/<string:reference>/contact-data")
@writes(body=Reveal, answers={200: ContactData}, example={"purpose": "call_back", "parts": ["phone"]})
def reveal_contact_data(session: Session, call: Call, reference: str) -> Answer:
    """Name and ways to reach the customer in full, or only some of them. Who asked, for what and why is kept in the audit trail."""
    body, row = call.body, seen(session, call, reference)
    contact = case_contact_data.reveal(session, row, actor=call.actor, purpose=body["purpose"], reason=body["reason"], fields=body["parts"])
    return Answer(body=dict(contact.values))
