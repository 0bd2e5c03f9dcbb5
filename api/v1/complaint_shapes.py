"""What a complaint looks like in requests and answers."""

from typing import Any, get_args

from marshmallow import fields, validate

from api.v1.shapes import LONG, NAME, SHORT, Action, Input, Instant, Output, data, many, maybe, moment, shown, text, texts, truth, whole
from processes.case_contact_data import FIELDS, LONGEST_REASON, PURPOSES
from processes.letter_delivery import Delivery

LEVELS = (1, 4)
RUNNING = ("on-track", "at-risk", "breached", "paused")
FLAGS = (
    *("injury", "vulnerable", "legal_action", "time_critical", "consent_data_use", "in_legal_proceeding", "our_business"),
    *("previously_final", "authorised", "source_regulator", "anonymous", "marketing_consent"),
)
TEXTS = (
    *("name", "gender", "phone", "email", "address", "preferred_contact", "contact_hours", "locale", "agent_name", "channel", "source"),
    *("external_no", "business_type", "product_code", "order_no", "contract_no", "batch_no", "serial_no", "complained_object"),
    *("complained_user", "safety", "media", "severity_tier", "profile", "event_date"),
)


class ContactData(Output):
    """Name of a customer, and how to reach him or her."""

    name = maybe()
    phone = maybe()
    email = maybe()
    address = maybe()


class Reveal(Input):
    """What of the customer's data is needed, and what for: it goes into the audit trail."""

    purpose = fields.String(
        load_default="other",
        validate=validate.OneOf(PURPOSES),
        metadata={"description": "`other` needs a `reason`.", "examples": ["call_back"]},
    )
    reason = text(LONGEST_REASON, load_default="", metadata={"description": "Why, in words.", "examples": ["The customer called me back."]})
    parts = fields.List(
        fields.String(validate=validate.OneOf(FIELDS)),
        load_default=list(FIELDS),
        validate=validate.Length(1, len(FIELDS)),
        metadata={"description": "These; all of them, if nothing is said."},
    )


class ComplaintShape(Output):
    """A case. Name and ways to reach the customer are masked for those who do not work on it."""

    id = shown()
    reference = shown(example="TS-20260310-00042")
    customer_name = maybe()
    phone = maybe()
    email = maybe()
    address = maybe()
    level = whole("1 ordinary to 4 major.")
    channel = shown()
    content = shown()
    demand = maybe()
    business_type = maybe()
    order_no = maybe()
    contract_no = maybe()
    product_code = maybe()
    complained_object = maybe()
    claim_amount = maybe("A decimal as text.")
    category = maybe()
    sub_category = maybe()
    priority_band = maybe()
    handler_group = maybe()
    case_owner = maybe()
    owner_department = maybe()
    involved_departments = fields.List(fields.String(), required=True)
    status = shown(example="NEW")
    close_code = maybe()
    received_at = moment()
    closed_at = moment(null=True)
    reopen_count = whole()
    evidence_pending = truth()
    masked = truth("Personal data are masked for you.")


class ComplaintWithActions(ComplaintShape):
    """A case, and what can be done with it."""

    actions = many(Action)


class Deadline(Output):
    """The running deadline of a case that is due first."""

    clock = shown(example="C-FIRST")
    key = shown()
    state = fields.String(required=True, validate=validate.OneOf(RUNNING))
    due = moment()


class ComplaintRow(Output):
    """A case in a list."""

    reference = shown(example="TS-20260310-00042")
    customer_name = shown("Masked for those who do not work on the case.")
    level = whole("1 ordinary to 4 major.")
    status = shown(example="NEW")
    channel = shown()
    category = maybe()
    priority_band = maybe()
    case_owner = maybe()
    owner_department = maybe()
    close_code = maybe()
    received_at = moment()
    closed_at = moment(null=True)
    deadline = fields.Nested(Deadline, required=True, allow_none=True)


class Registered(Output):
    """The number of the new case. The code opens it to the complainant; it is shown once, to be handed on to him or her."""

    reference = shown(example="TS-20260310-00042")
    code = shown(example="K7QF3M9XWA")
    status = shown()
    received_at = moment()


class EventShape(Output):
    """Something that happened."""

    at = moment()
    kind = shown()
    by = shown()
    text = maybe()
    details = data()


class ContactShape(Output):
    """A letter, a call, or something that came in."""

    id = shown()
    at = moment()
    direction = fields.String(required=True, validate=validate.OneOf(["in", "out"]))
    channel = shown()
    by = shown("An account, `customer` or `system`.")
    template = maybe("The letter it was written with.", example="T-ACK")
    locale = maybe()
    address = maybe()
    subject = maybe()
    text = shown()
    reached = fields.Boolean(required=True, allow_none=True)
    delivered_at = moment(null=True)
    delivery = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a letter: `read_out` when there is no address to mail it to.", "enum": [*get_args(Delivery), None]},
    )


class SegmentShape(Output):
    """A stretch of a deadline's life."""

    kind = fields.String(required=True, validate=validate.OneOf(["running", "paused", "over"]))
    start = moment()
    end = moment()


class RungShape(Output):
    """A step of the escalation ladder: what happens when this share of the time is used up."""

    percent = whole()
    state = fields.String(required=True, validate=validate.OneOf(["reached", "passed", "next", "ahead"]))
    at = moment(null=True)
    action = shown(example="breach_supervise")
    notify = texts("Roles, or `assignee`.")
    tier = whole("Which tier supervises from then on; 0: none.")
    supervisor = maybe(example="team_lead")


class ClockShape(Output):
    """A deadline."""

    clock = shown(example="C-FIRST")
    key = shown()
    level = whole()
    target = shown(example="24ch")
    start = moment()
    due = moment()
    stop = moment(null=True)
    result = fields.String(required=True, validate=validate.OneOf(["running", "met", "breached", "cancelled"]))
    paused = truth()
    state = fields.String(required=True, validate=validate.OneOf([*RUNNING, "met", "missed", "cancelled"]))
    left_seconds = whole("What is left of it, negative when it is over; counted as its target is.")
    working_time = truth("It is counted in working time.")
    fired = fields.List(fields.Dict(), required=True)
    warn_at = moment(null=True)
    segments = many(SegmentShape)
    ladder = many(RungShape)


class Clocks(Output):
    """The deadlines of a case, in the order they started."""

    items = many(ClockShape)


class DecisionShape(Output):
    """What a decision table said, with its inputs and the rows that held."""

    decision = shown(example="grading")
    at = moment()
    inputs = data()
    rows = fields.List(fields.Raw(), required=True)
    result = data()
    overruled = data(null=True)


_Fields: dict[str, Any] = {
    **{name: text(NAME, allow_none=True) for name in TEXTS},
    **{name: fields.Boolean(allow_none=True, truthy={True}, falsy={False}) for name in FLAGS},
    "content": fields.String(required=True, validate=validate.Length(1, LONG * 5)),
    "demand": fields.String(allow_none=True, validate=validate.Length(max=LONG)),
    "claim_amount": fields.Raw(allow_none=True, metadata={"description": "A decimal, as text or number."}),
    "affected_customers": fields.Integer(strict=True, allow_none=True),
    "representatives": fields.List(text(NAME), allow_none=True),
    "received_at": Instant(allow_none=True),
}


class Register(Input.from_dict(_Fields)):  # type: ignore[misc]  # made by a function
    """A complaint: the fields of the registration form. What is missing is asked for by the process."""


class TakeOver(Input):
    """A case that is handled already. Who hands it over owns it, unless another owner is named."""

    customer_id = text(SHORT, required=True)
    customer_name = text(NAME, required=True)
    level = fields.Integer(strict=True, required=True, validate=validate.Range(*LEVELS))
    channel = text(SHORT, required=True)
    content = text(LONG * 5, required=True)
    received_at = Instant()
    case_owner = text(SHORT)
    excluded_users = fields.List(text(SHORT), load_default=list, validate=validate.Length(max=50))
