"""Compensations: ask to pay a customer, and see what became of it."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.searches import compared_instant, compared_number, compared_text, filter_of, search_of
from api.v1.shapes import (
    SHORT,
    Input,
    ListQuery,
    Output,
    data,
    list_of,
    many,
    maybe,
    moment,
    money,
    page_json,
    shown,
    sorts,
    text,
    texts,
    whole,
)
from engine.errors import ConflictOfInterest
from engine.paging import Page
from processes import compensations
from processes.remedies import REMEDIES
from processes.tables.cases import Approval, Compensation

resource = Resource("compensations", "/compensations", "Compensations: claims to pay a customer, and what became of them.")
STATES = ("draft", "in_approval", "approved", "rejected")


class CompensationShape(Output):
    """A claim and what became of it."""

    id = shown()
    complaint_reference = shown(example="TS-20260310-00042")
    instance_id = maybe("The instance that decides it.")
    requester = shown()
    remedy_case = shown(example="DELIVERY_LATE")
    inputs = data("The facts it was counted with.")
    requested_amount = money("CNY.")
    standard_amount = money("What the decision table says.", null=True)
    approved_amount = money(null=True)
    statutory = fields.Boolean(required=True, allow_none=True)
    over_standard = fields.Boolean(required=True, allow_none=True)
    method = maybe()
    legal_basis = maybe()
    band = fields.Integer(required=True, allow_none=True, metadata={"description": "-1 no money, 0 automatic, 1 to 5."})
    label = maybe()
    chain = texts("The roles that approve, in order.")
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    revisions = whole()
    created_at = moment()
    decided_at = moment(null=True)


class ApprovalShape(Output):
    """What one person said about a claim."""

    step = shown(example="ut_approve")
    round = whole()
    role = maybe()
    account = shown()
    vote = shown()
    approved_amount = money(null=True)
    reason = maybe()
    at = moment()


class CompensationWithApprovals(CompensationShape):
    """A claim with what was said about it."""

    approvals = many(ApprovalShape)


class Request(Input):
    """A claim."""

    complaint_reference = text(SHORT, required=True)
    remedy_case = fields.String(required=True, validate=validate.OneOf(list(REMEDIES)))
    requested_amount = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{1,12}(\.[0-9]{1,2})?\Z", error="This is an amount like 120.00, as text."),
        metadata={"description": "CNY.", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
    )
    inputs = fields.Dict(
        keys=text(SHORT), load_default=dict, metadata={"description": "The facts the remedy case is counted with, by name."}
    )


class CompensationQuery(ListQuery):
    """Which claims."""

    state = fields.String(validate=validate.OneOf(STATES))
    requester = text(SHORT)
    remedy_case = text(SHORT)
    sort = sorts("created_at")


CompensationFilter = filter_of(
    "CompensationFilter",
    **{name: compared_text() for name in ("state", "requester", "remedy_case", "complaint_id", "instance_id")},
    band=compared_number(),
    created_at=compared_instant(),
    decided_at=compared_instant(),
)
CompensationSearch = search_of("CompensationSearch", CompensationFilter, "created_at")


def _json(row: Compensation) -> dict[str, Any]:
    names = (
        "id",
        "instance_id",
        "requester",
        "remedy_case",
        "inputs",
        "requested_amount",
        "standard_amount",
        "approved_amount",
        "statutory",
    )
    more = ("over_standard", "method", "legal_basis", "band", "label", "chain", "state", "revisions", "created_at", "decided_at")
    return {"complaint_reference": row.complaint.reference} | {name: getattr(row, name) for name in (*names, *more)}


def _approval_json(row: Approval) -> dict[str, Any]:
    names = ("step", "round", "role", "account", "vote", "approved_amount", "reason", "at")
    return {name: getattr(row, name) for name in names}


def _require(session: Session, call: Call, row: Compensation) -> None:
    if call.actor.id in row.complaint.excluded_users:
        raise ConflictOfInterest()
    own = call.actor.id in (row.requester, row.complaint.case_owner)
    if row.instance_id is None:
        if not own:
            permissions.require(call.actor, "compensation:read")
        return
    permissions.require_case(session, call.actor, root_id=row.instance_id, permission="compensation:read", taking_part=own)


def _page(call: Call, page: Page[Compensation]) -> Answer:
    mine = [row for row in page.items if call.actor.id not in row.complaint.excluded_users]
    return Answer(body=page_json(page, [_json(row) for row in mine]))


@resource.post("")
@writes(
    "compensation:request",
    body=Request,
    answers={201: CompensationShape},
    example={
        "complaint_reference": "TS-20260310-00042",
        "remedy_case": "DELIVERY_LATE",
        "requested_amount": "120.00",
        "inputs": {"price": "899.00", "days_late": 9},
    },
)
def request(session: Session, call: Call) -> Answer:
    """Ask for a compensation: the claim is written and its approval starts."""
    row = compensations.request(session, **call.body, actor=call.actor)
    return Answer(body=_json(row), status=201, headers={"Location": f"{PREFIX}/compensations/{row.id}"})


@resource.get("")
@reads(query=CompensationQuery, answers={200: list_of(CompensationShape)})
def list_compensations(session: Session, call: Call) -> Answer:
    """Claims, newest first: all for those who may see all, else your own (`requester` = you)."""
    if call.query.get("requester") != call.actor.id:
        permissions.require(call.actor, "compensation:read")
    return _page(call, compensations.search(session, call.page()))


@resource.post("/search")
@reads("compensation:read", body=CompensationSearch, answers={200: list_of(CompensationShape)}, example={"filter": {"band": {"$gte": 2}}})
def search(session: Session, call: Call) -> Answer:
    """Claims by a filter."""
    return _page(call, compensations.search(session, call.search()))


@resource.get("/<string:compensation_id>")
@reads(answers={200: CompensationWithApprovals})
def get(session: Session, call: Call, compensation_id: str) -> Answer:
    """One claim with what was said about it: for its requester, who takes part in its approval, and who may see all."""
    row = compensations.get(session, compensation_id)
    _require(session, call, row)
    said = [_approval_json(one) for one in compensations.approvals_of(session, compensation_id)]
    return Answer(body=_json(row) | {"approvals": said})
