"""What came of a case: why tables decided as they did, what was proposed, who answers for it, what was paid."""

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads
from api.v1.complaints import seen
from api.v1.resource import Resource
from api.v1.shapes import Output, data, many, maybe, moment, shown, truth, whole
from processes import case_access, case_contact_data, case_decisions, case_file
from processes.case_decisions import Explained, Fact
from processes.tables.cases import Complaint

resource = Resource("complaint_outcomes", "/complaints/<string:reference>", "Outcomes of a case: decisions explained, solutions, money.")
SHARE = ("version", "department", "share", "source", "decided_by", "decided_at", "objection_until", "accountability")
PROPOSAL = (
    *("version", "round", "created_at", "created_by", "measures", "remedy_case", "rationale", "offer_text", "communicated_at"),
    *("answer_until", "decision", "decided_at"),
)
AMOUNTS = ("requested_amount", "standard_amount", "approved_amount", "counter_amount")
PAYMENT = ("id", "compensation_id", "attempt", "state", "method", "voucher_no", "released_by", "released_at", "sent_at", "confirmed_at")


class FactShape(Output):
    """Something a table asked about or said. A label may hold two languages: `English | 中文`."""

    label = shown(example="Claimed amount (CNY) | 索赔金额(元)")
    name = shown(example="claim_amount")
    value = fields.Raw(required=True, allow_none=True)
    cell = maybe("What the rule asks of it.", example="2000 <= ? < 50000")


class RuleShape(Output):
    """A rule that held, with the facts that made it hold; none where it holds for everything."""

    number = whole()
    because = many(FactShape)


class ExplanationShape(Output):
    """Why a table said what it said."""

    decision = shown(example="grading")
    instance_id = shown()
    at = moment()
    rules = many(RuleShape)
    asked = many(FactShape)
    said = many(FactShape)
    missed = data("The other rules, by the label of the first column that did not hold.")
    overruled = data("What a person decided instead, and why.", null=True)
    shortened = truth("Values were too large to be kept whole.")


class ShareShape(Output):
    """A department's part of the responsibility; the newest version holds."""

    version = whole()
    department = shown()
    share = whole("Percent.")
    source = shown(example="auto")
    decided_by = shown()
    decided_at = moment()
    objection_until = moment(null=True)
    accountability = shown()


class ProposalShape(Output):
    """A solution as it was proposed and told, and the customer's answer. Amounts are decimals as text."""

    version = whole()
    round = whole()
    created_at = moment()
    created_by = shown()
    measures = fields.List(fields.String(), required=True)
    remedy_case = maybe()
    rationale = maybe()
    offer_text = maybe()
    communicated_at = moment(null=True)
    answer_until = fields.Date(required=True, allow_none=True)
    decision = maybe()
    decided_at = moment(null=True)
    requested_amount = shown()
    standard_amount = maybe()
    approved_amount = maybe()
    counter_amount = maybe()


class PaymentShape(Output):
    """One attempt to pay; the amount is a decimal as text."""

    id = shown()
    compensation_id = shown()
    attempt = whole()
    state = shown()
    method = maybe()
    voucher_no = maybe()
    released_by = maybe()
    released_at = moment(null=True)
    sent_at = moment(null=True)
    confirmed_at = moment(null=True)
    amount = shown(example="44.85")


class Explanations(Output):
    """Every table that was asked, in order; the same answer given again is told once."""

    items = many(ExplanationShape)


class Shares(Output):
    """Every version, in order."""

    items = many(ShareShape)


class Proposals(Output):
    """Every solution, in order."""

    items = many(ProposalShape)


class Payments(Output):
    """Every attempt, in order."""

    items = many(PaymentShape)


def _reader(session: Session, call: Call, row: Complaint) -> Callable[[Any], Any]:
    """Masks the customer's data in texts for those who do not work on the case."""
    if case_access.works_on(call.actor, row):
        return lambda value: value
    read = case_contact_data.in_text(session, row)

    def masked(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [masked(one) for one in value]
        return read(value) if isinstance(value, str) else value

    return masked


@resource.get("/explanations")
@reads(answers={200: Explanations})
def explanations(session: Session, call: Call, reference: str) -> Answer:
    """Why decision tables said what they said about a case: the rules that held, by the facts that made them hold."""
    row = seen(session, call, reference)
    read = _reader(session, call, row)
    return Answer(body={"items": [_explanation(one, read) for one in case_decisions.of_case(session, case_file.read(session, row))]})


def _explanation(one: Explained, read: Callable[[Any], Any]) -> dict[str, Any]:
    def facts(given: Sequence[Fact]) -> list[dict[str, Any]]:
        return [{"label": fact.label, "name": fact.name, "value": read(fact.value), "cell": fact.cell} for fact in given]

    overruled = None if one.overruled is None else {name: read(value) for name, value in one.overruled.items()}
    return {
        **{name: getattr(one, name) for name in ("decision", "instance_id", "at", "missed", "shortened")},
        "rules": [{"number": rule.number, "because": facts(rule.because)} for rule in one.rules],
        "asked": facts(one.asked),
        "said": facts(one.said),
        "overruled": overruled,
    }


@resource.get("/responsibility-shares")
@reads(answers={200: Shares})
def responsibility_shares(session: Session, call: Call, reference: str) -> Answer:
    """Which department answers for how much of a case."""
    case = case_file.read(session, seen(session, call, reference))
    return Answer(body={"items": [{name: getattr(one, name) for name in SHARE} for one in case.shares]})


@resource.get("/proposals")
@reads(answers={200: Proposals})
def proposals(session: Session, call: Call, reference: str) -> Answer:
    """The solutions of a case, with what the customer said to them."""
    row = seen(session, call, reference)
    read = _reader(session, call, row)
    return Answer(
        body={
            "items": [
                {name: read(getattr(one, name)) for name in PROPOSAL} | {name: _amount(getattr(one, name)) for name in AMOUNTS}
                for one in case_file.read(session, row).proposals
            ]
        }
    )


def _amount(value: Any) -> str | None:
    return None if value is None else str(value)


@resource.get("/payments")
@reads(answers={200: Payments})
def payments(session: Session, call: Call, reference: str) -> Answer:
    """What was paid for a case, and what became of each attempt. Payee and account are on the compensation."""
    case = case_file.read(session, seen(session, call, reference))
    return Answer(body={"items": [{name: getattr(one, name) for name in PAYMENT} | {"amount": str(one.amount)} for one in case.payments]})
