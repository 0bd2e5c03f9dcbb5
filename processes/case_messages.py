"""Messages about a case: who may send which (processes.md 2.2), what they leave in the tables, and what the process is told.

The rules hold at message time: what is refused is refused before anything is stored, and clocks stop at the instant the
message came, whenever the process gets to it. The process is told ids and decisions only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import messages
from engine.errors import Conflict, ConflictOfInterest, NotFound, Refused
from engine.extensions import SYSTEM, Actor
from engine.tables import Message
from processes import case_message_takers, cases
from processes.case_message_takers import COMPLAINANT, Values
from processes.tables.cases import Complaint
from processes.uploads import Received

_OWNERS = frozenset({"case_owner", "case_owner_senior"})
_FROM_CUSTOMER = _OWNERS | {COMPLAINANT, "intake_agent"}
_HIGHER = frozenset({"team_lead", "dept_manager", "complaint_manager", "executive", "general_manager"})
_NOBODY: frozenset[str] = frozenset()

# Who hears of something that concerns a case without having a part in it: calls, the bank, authorities, courts, the media.
FROM_OUTSIDE = frozenset({"intake_agent", "payment_provider", "authority", "legal", "public_relations"})

# name or beginning of it -> the groups that may send it; the first that fits decides, the last fits what no case takes
SENDERS: Mapping[str, frozenset[str]] = {
    "customer.": _FROM_CUSTOMER,
    "evidence.added": _FROM_CUSTOMER,
    "survey.submitted": _FROM_CUSTOMER,
    "payment.": frozenset({"payment_provider"}),
    "mediation.external_result": frozenset({"authority", "complaint_manager"}),
    "regulator.referral": frozenset({"authority", "complaint_manager", "intake_agent"}),
    "case.escalate": _OWNERS
    | _HIGHER
    | {"intake_agent", "dept_handler", "mediator", "legal", "compliance", "dpo", "finance_clerk", "finance_checker", "return_visitor"},
    "case.regrade": _HIGHER | {"public_relations", "review_officer"},
    "case.extension_request": _OWNERS,
    "case.request_input": _OWNERS,
    "case.suspend": frozenset({"complaint_manager"}),
    "case.resume": frozenset({"complaint_manager"}),
    "responsibility.": frozenset({"dept_manager"}),
    "external.proceeding_started": frozenset({"legal"}),
    "case.": _NOBODY,  # case.rework, case.reopen, case.engage: thrown by processes only
    "capa.": _NOBODY,
    "sla.": _NOBODY,
    "visit.": _NOBODY,
    "": _OWNERS | {"intake_agent", "ops"},
}
NAMES = frozenset(
    {
        *("customer.info_provided", "customer.decision", "customer.withdraw", "customer.mediation_consent", "customer.payment_received"),
        *("customer.payment_objection", "customer.review_request", "customer.payee_provided", "evidence.added", "survey.submitted"),
        *("payment.confirmed", "payment.failed", "mediation.external_result", "regulator.referral", "case.escalate", "case.regrade"),
        *("case.extension_request", "case.suspend", "case.resume", "case.rework", "case.reopen", "case.engage", "case.request_input"),
        *("responsibility.appeal", "responsibility.dispute_raised", "capa.requested", "external.proceeding_started", "sla.cleared"),
        "visit.settlement_done",
    }
)


WITH_FILES = frozenset({"evidence.added", "customer.info_provided"})
ANSWERED_ONCE = frozenset({"customer.info_provided", "customer.decision", "customer.mediation_consent", "customer.withdraw"})


class MayNotSend(Refused):
    """The message {name} is not yours to send: it is for {who}."""


def complainant(complaint: Complaint) -> Actor:
    """Who came through the public door with reference and code."""
    return Actor(id=f"customer:{complaint.customer_id}", name=complaint.customer_name, groups=frozenset({COMPLAINANT}))


def send(
    session: Session,
    complaint: Complaint,
    name: str,
    payload: Mapping[str, Any],
    *,
    message_id: str,
    actor: Actor,
    files: Sequence[Received] = (),
) -> Message:
    """Take a message for a case, with files that are kept already (of those `WITH_FILES`); the same `message_id` again changes nothing.

    Raises NotFound for an unknown name, Refused for who may not send it, MessageIdTaken for an id under which something else
    came, Conflict when the case cannot take it now (409 PAYMENT_IN_PROGRESS among others), Invalid for a payload that cannot
    be read.
    """
    if name not in NAMES:
        raise NotFound(kind="message", id=name)
    demand_sender(complaint, name, actor)
    cases.lock(session, complaint)  # a withdrawal and a payment that is released exclude each other
    known = messages.repeated(session, id=message_id, name=name, correlation_key=complaint.reference)
    if known is not None:
        return known
    if name in ANSWERED_ONCE and messages.is_waiting(session, name=name, correlation_key=complaint.reference):
        raise Conflict(reason="the answer that came before is being worked on")
    told = _take(session, complaint, name, {**payload, case_message_takers.RECEIVED: files if name in WITH_FILES else ()}, actor)
    given = told if told is not None else {"complaint_id": complaint.id}
    store = messages.receive if told is not None else messages.keep
    message = store(session, id=message_id, name=name, correlation_key=complaint.reference, payload=given, actor=actor)
    cases.log(session, complaint, "message", by=actor.id, name=name, on_behalf=name.startswith("customer.") and not is_complainant(actor))
    return message


def _take(session: Session, complaint: Complaint, name: str, payload: Values, actor: Actor) -> Values | None:
    taker = case_message_takers.TAKERS.get(name)
    if taker is None:
        return {**{key: value for key, value in payload.items() if key != case_message_takers.RECEIVED}, "complaint_id": complaint.id}
    return taker(session, complaint, payload, actor=actor)


def is_complainant(actor: Actor) -> bool:
    """Whether this is the public door."""
    return COMPLAINANT in actor.groups


def senders(name: str) -> frozenset[str]:
    """The groups that may send a message of this name."""
    return next(groups for beginning, groups in SENDERS.items() if name.startswith(beginning))


def demand_sender(complaint: Complaint, name: str, actor: Actor) -> None:
    """Raise the refusal, if there is one."""
    refused = refusal(complaint, name, actor)
    if refused is not None:
        raise refused


def refusal(complaint: Complaint, name: str, actor: Actor) -> Refused | None:
    """Why this message is not this person's to send. The system itself may send everything; the complainant only about his own case."""
    if actor == SYSTEM:
        return None
    if actor.id in complaint.excluded_users:
        return ConflictOfInterest()
    allowed = senders(name)
    own = not is_complainant(actor) or actor.id == complainant(complaint).id
    if allowed & actor.groups and own:
        return None
    who = ", ".join(sorted(allowed)) or "processes only"
    return MayNotSend(name=name, who=who, reason=f"{name} is for {who}", who_can=sorted(allowed))


SENT_BY_PEOPLE = frozenset(name for name in NAMES if senders(name) - {"payment_provider"})
