"""Cases that belong together: what a new complaint may repeat, links between cases, and merging one into another."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.complaint_shapes import ComplaintShape
from api.v1.complaints import complaint_json, seen
from api.v1.resource import Resource
from api.v1.shapes import LONG, NAME, SHORT, DryRun, DryRunQuery, Input, Output, many, moment, shown, text, truth, whole, would
from processes import case_links, case_merging, cases, related_cases
from processes.case_links import Linked
from processes.case_merging import Plan
from processes.related_cases import Related

similar = Resource("similar_complaints", "/complaints/similar", "Similar complaints: what one that is being typed may repeat.")
resource = Resource("complaint_links", "/complaints/<string:reference>/links", "Links: cases somebody put side by side.")
merging = Resource("complaint_merging", "/complaints/<string:reference>/merging", "Merging: two cases about the same matter become one.")
SHARES = ("customer", "order_no", "contract_no", "text")


class Typed(Input):
    """What is typed so far."""

    phone = fields.String(load_default="", validate=validate.Length(max=SHORT))
    email = fields.String(load_default="", validate=validate.Length(max=NAME))
    order_no = fields.String(load_default="", validate=validate.Length(max=SHORT))
    contract_no = fields.String(load_default="", validate=validate.Length(max=SHORT))
    product_code = fields.String(load_default="", validate=validate.Length(max=SHORT))
    content = fields.String(load_default="", validate=validate.Length(max=LONG * 5))


class RelatedCase(Output):
    """A case it may repeat, and why."""

    reference = shown(example="TS-20260310-00042")
    status = shown(example="NEW")
    received_at = moment()
    reasons = fields.List(
        fields.String(validate=validate.OneOf(SHARES)),
        required=True,
        metadata={"description": "What is the same; `text`: it tells something similar."},
    )
    open_duplicate = truth("Still open, of the same customer about the same order or contract.")


class RelatedCases(Output):
    """What a complaint may repeat."""

    items = many(RelatedCase)
    lately_about_product = whole("Complaints about this product in the last 30 days.")


class LinkedCase(Output):
    """A case on the other side of a link."""

    reference = shown(example="TS-20260310-00042")
    status = shown(example="NEW")
    reason = shown("Why the two belong together.")
    by = shown("The account that said so.")
    at = moment()


class LinkedCases(Output):
    """The cases linked to one, the newest link first."""

    items = many(LinkedCase)


class NewLink(Input):
    """Another case, and why it belongs to this one."""

    reference = text(SHORT, required=True)
    reason = text(case_links.LONGEST_REASON, required=True)


class Merge(Input):
    """The case that goes on, and why the two are one."""

    into = text(SHORT, required=True)
    reason = text(case_links.LONGEST_REASON, required=True)


@similar.post("")
@reads(
    "complaint:register",
    body=Typed,
    answers={200: RelatedCases},
    example={"phone": "13800000001", "order_no": "EC20260301-118", "content": "快递延误三天还没收到货"},
)
def find(session: Session, call: Call) -> Answer:
    """Cases of the same customer, order or contract; then those you may see that tell something similar."""
    typed = dict(call.body)
    lately = related_cases.lately_about(session, typed.pop("product_code"))
    reads_all = permissions.may(call.actor, "complaint:read")
    found = related_cases.of_intake(session, actor=call.actor, reads_all=reads_all, **typed)
    return Answer(body={"items": [_related(one) for one in found], "lately_about_product": lately})


def _related(one: Related) -> dict[str, Any]:
    row = {name: getattr(one.complaint, name) for name in ("reference", "status", "received_at")}
    return row | {"reasons": list(one.shares), "open_duplicate": one.is_open_duplicate}


@resource.get("")
@reads(answers={200: LinkedCases})
def list_links(session: Session, call: Call, reference: str) -> Answer:
    """The cases linked to this one."""
    found = case_links.of_case(session, seen(session, call, reference), actor=call.actor)
    return Answer(body={"items": [_linked(one) for one in found]})


def _linked(one: Linked) -> dict[str, Any]:
    said = {name: getattr(one.link, name) for name in ("reason", "by", "at")}
    return {"reference": one.complaint.reference, "status": one.complaint.status} | said


@resource.post("")
@writes(
    "complaint:register", body=NewLink, answers={201: LinkedCase}, example={"reference": "TS-20260310-00042", "reason": "Same courier."}
)
def link(session: Session, call: Call, reference: str) -> Answer:
    """Say that two cases you may see belong together. Said again it changes nothing."""
    complaint, other = seen(session, call, reference), seen(session, call, call.body["reference"])
    made = case_links.link(session, complaint, other, reason=call.body["reason"], actor=call.actor)
    return Answer(body=_linked(Linked(complaint=other, link=made)), status=201)


@resource.delete("/<string:other>")
@writes("complaint:register", answers={204: None})
def unlink(session: Session, call: Call, reference: str, other: str) -> Answer:
    """Take a link back."""
    case_links.unlink(session, seen(session, call, reference), seen(session, call, other), actor=call.actor)
    return Answer(status=204)


def _would_merge(session: Session, call: Call, reference: str) -> Answer:
    duplicate, into = seen(session, call, reference), seen(session, call, call.body["into"])
    return Answer(body=would(*_effects(case_merging.plan(session, duplicate, into, actor=call.actor))))


def _effects(plan: Plan) -> list[tuple[str, str, str, str]]:
    duplicate, into = plan.duplicate, plan.into
    told = f"{duplicate.reference} is closed as merged, and what it told is added to {into.reference}."
    effects = [("merge", "complaint", duplicate.reference, told)]
    if plan.running:
        effects.append(("cancel", "process_instance", str(duplicate.instance_id), f"Its process ends, with {plan.tasks} open tasks."))
    if plan.deadlines:
        effects.append(("stop", "sla_clock", duplicate.reference, f"{plan.deadlines} deadlines end."))
    if plan.letter:
        effects.append(("letter", "contact", duplicate.reference, "The customer is told by the letter T-MERGED."))
    if plan.owner:
        effects.append(("notify", "account", plan.owner, f"The owner of {into.reference} is told."))
    return effects


@merging.post("")
@writes(
    query=DryRunQuery,
    body=Merge,
    dry_run=_would_merge,
    answers={200: {"anyOf": [ComplaintShape, DryRun]}},
    example={"into": "TS-20260310-00042", "reason": "The customer called twice about the same parcel."},
)
def merge(session: Session, call: Call, reference: str) -> Answer:
    """Merge a case into another open one of the same customer; `?dry_run=true` says what will happen. Gives the case that goes on."""
    duplicate, into = seen(session, call, reference), seen(session, call, call.body["into"])
    case_merging.by_hand(session, duplicate, into, reason=call.body["reason"], actor=call.actor)
    return Answer(body=complaint_json(session, cases.get(session, into.id), actor=call.actor))
