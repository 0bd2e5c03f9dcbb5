"""What each message leaves in the tables of its case, and which variables the process gets for it.

A taker is `(session, complaint, payload, *, actor) -> variables`; None: everything is done, no process is told.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, decisions
from engine.errors import Conflict, ExecutionFailed, Invalid, Problem
from engine.extensions import Actor
from processes import attachments, cases, contacts, escalations, mediations, money, payments, sla, visits
from processes.evidence import CUSTOMERS
from processes.tables.cases import Compensation, Complaint
from processes.tables.correspondence import Attachment, Contact
from processes.tables.investigation import Proposal
from processes.tables.payments import Payment
from processes.uploads import Received

Values = dict[str, Any]
COMPLAINANT = "complainant"  # the group of who came with reference and code; no account is in it
RECEIVED = "received"  # in a payload: files that are kept already
DECISIONS = ("accept", "counter", "reject")
WAITS_FOR_DECISION = "WAITING_CUSTOMER_DECISION"
WAITS_FOR_INFORMATION = ("NEED_INFO", "WAITING_CUSTOMER_INFO")


class Taker(Protocol):
    """Takes one message."""

    def __call__(self, session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values | None: ...


class PaymentInProgress(Conflict):
    """The payment of this case is released already, so the complaint can no longer be withdrawn."""

    code = "PAYMENT_IN_PROGRESS"


def take_information(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """customer.info_provided {answer, files, authorised}: that somebody may act for the customer is for staff to say."""
    if complaint.status not in WAITS_FOR_INFORMATION:
        raise Conflict(reason="the case does not wait for information now; send it as evidence instead")
    answer, files = _text(payload, "answer"), _files(payload)
    if payload.get("authorised") is True and COMPLAINANT not in actor.groups:
        complaint.authorised = True
    session.add_all(_attachment(complaint, CUSTOMERS, name, actor) for name in files)
    text = answer or ", ".join([*files, *(one.name for one in received(payload))]) or "-"
    contact = contacts.record(session, complaint, text, direction="in", channel=complaint.channel, by=actor.id)
    _keep(session, complaint, payload, contact, type_=CUSTOMERS)
    if answer:
        cases.add_content(session, complaint, answer, by=actor.id)
    return {"info_provided": True}


def take_decision(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """customer.decision {decision, wants_mediation, counter_amount, evidence, payee_name, method, account}."""
    decision, amount = payload.get("decision"), _amount(payload, "counter_amount")
    if decision not in DECISIONS:
        raise _invalid("decision", f"Choose one of {', '.join(DECISIONS)}.")
    if complaint.status != WAITS_FOR_DECISION:
        raise Conflict(reason="the case does not wait for the customer's decision now")
    proposal = current_proposal(session, complaint)
    wants_mediation = payload.get("wants_mediation") is True
    if proposal is not None:
        proposal.counter_amount, proposal.wants_mediation = amount, wants_mediation
        proposal.decision_evidence = _text(payload, "evidence") or f"message of {actor.name or actor.id}"
        proposal.decided_by = actor.id
        if decision == "accept" and proposal.compensation_id:
            _keep_payee(session, proposal.compensation_id, payload)
    contacts.record(session, complaint, str(decision), direction="in", channel=complaint.channel, by=actor.id)
    return {"decision": decision, "wants_mediation": wants_mediation}


def _keep_payee(session: Session, compensation_id: str, payload: Values) -> None:
    claim = session.get(Compensation, compensation_id)
    if claim is None:
        return
    claim.payee_name = _text(payload, "payee_name") or claim.payee_name
    claim.payee_method = _text(payload, "method") or claim.payee_method
    claim.payee_account = _text(payload, "account") or claim.payee_account


def current_proposal(session: Session, complaint: Complaint) -> Proposal | None:
    """The newest version of the proposal."""
    mine = select(Proposal).where(Proposal.complaint_id == complaint.id)
    return session.scalar(mine.order_by(Proposal.version.desc()).limit(1))


def take_withdrawal(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """customer.withdraw {reason}: refused once money is on its way; all clocks end now, whenever the process gets to it."""
    if complaint.status == cases.CLOSED:
        raise Conflict(reason="the case is closed")
    if payment_released(session, complaint):
        raise PaymentInProgress()
    complaint.procedure_ended_at = clock.now()
    sla.cancel_all(session, complaint)
    cases.log(session, complaint, "withdrawal", by=actor.id, text=_text(payload, "reason"))
    return {}


def payment_released(session: Session, complaint: Complaint) -> bool:
    """Whether money of this case is on its way, or has arrived."""
    on_its_way = Payment.released_at.is_not(None) | Payment.sent_at.is_not(None)
    released = select(Payment.id).where(Payment.complaint_id == complaint.id, on_its_way, Payment.state != "failed")
    return session.scalar(released.limit(1)) is not None


def take_evidence(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """evidence.added {type, file or files, text, amounts}: kept, and assessed by esp_new_evidence."""
    if complaint.status == cases.CLOSED:
        raise Conflict(reason="the case is closed; ask for a review if the evidence changes the result")
    kind, said = _text(payload, "type") or CUSTOMERS, _text(payload, "text")
    names = _files(payload)
    if not names and not received(payload):
        names = [_text(payload, "file") or said or kind]
    text = said or ", ".join([*names, *(one.name for one in received(payload))])
    contact = contacts.record(session, complaint, text, direction="in", channel=complaint.channel, by=actor.id)
    named = [_attachment(complaint, kind, name, actor) for name in names]
    session.add_all(named)
    rows = [*_keep(session, complaint, payload, contact, type_=kind), *named]
    session.flush()  # the listener is told the id
    return {"complaint_id": complaint.id, "evidence_id": rows[0].id}


def received(payload: Values) -> list[Received]:
    """The files that came with the message. They are put there by `case_messages.send`: no text of a sender is one."""
    return [one for one in payload.get(RECEIVED) or () if isinstance(one, Received)]


def _keep(session: Session, complaint: Complaint, payload: Values, contact: Contact, *, type_: str) -> list[Attachment]:
    files = received(payload)
    if not files:
        return []
    attachments.demand_room(session, complaint, len(files), by=contact.by)
    session.flush()  # the rows point at what was said with them
    return attachments.attach(session, complaint, files, by=contact.by, type_=type_, pd_class=attachments.PERSONAL, contact_id=contact.id)


def _attachment(complaint: Complaint, kind: str, name: str, actor: Actor) -> Attachment:
    source = "authority" if "authority" in actor.groups else "customer"
    return Attachment(complaint_id=complaint.id, type=kind, file_name=name, uploaded_by=actor.id, at=clock.now(), source=source)


def take_escalation(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> None:
    """case.escalate {trigger, reason}: DMN-11 says which tier; P2 is started here, no process is told."""
    trigger = _text(payload, "trigger") or "handler_request"
    try:
        answer = decisions.evaluate(session, "escalation_tier_by_event", {"trigger": trigger, "level": complaint.level}).result
    except ExecutionFailed as error:
        raise _invalid("trigger", "The table of escalations knows no such trigger.") from error
    escalations.start(
        session,
        complaint,
        trigger=trigger,
        tier=int(answer["tier"]),
        supervisor=answer["supervisor"],
        within=answer["supervise_within"],
        note=_text(payload, "reason"),
    )


def take_suspension(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> None:
    """case.suspend {reason}: an expert opinion, the threat of a lawsuit or force majeure stops the clocks that can be paused."""
    if complaint.status == cases.CLOSED:
        raise Conflict(reason="the case is closed already")
    if complaint.status == cases.SUSPENDED:
        raise Conflict(reason="the case is suspended already")
    cases.log(session, complaint, "suspended", by=actor.id, text=_text(payload, "reason"))
    cases.set_status(session, complaint, cases.SUSPENDED, by=actor.id)
    sla.pause(session, complaint, cases.SUSPENDED)


def take_resumption(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> None:
    """case.resume: the former status returns and the clocks go on."""
    if complaint.status != cases.SUSPENDED:
        raise Conflict(reason="the case is not suspended")
    cases.end_suspension(session, complaint, by=actor.id)
    sla.resume(session, complaint, cases.SUSPENDED)


def take_request_for_input(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """case.request_input {departments, question}: the question is kept, esp_dept_input asks each department."""
    departments = payload.get("departments")
    if not isinstance(departments, list) or not departments or not all(isinstance(one, str) for one in departments):
        raise _invalid("departments", "Name at least one department.")
    question = cases.log(session, complaint, "question", by=actor.id, text=_text(payload, "question"), departments=departments)
    session.flush()  # the listener is told its id
    return {"complaint_id": complaint.id, "departments": departments, "question_id": question.id}


def take_proceeding(session: Session, complaint: Complaint, payload: Values, *, actor: Actor) -> Values:
    """external.proceeding_started {court, file_no}."""
    complaint.in_legal_proceeding = True
    cases.log(session, complaint, "proceeding", by=actor.id, text=_text(payload, "court"), file_no=_text(payload, "file_no"))
    return {}


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 5000:
        raise _invalid(name, "Write a text of at most 5000 characters here.")
    return value.strip()


def _files(payload: Mapping[str, Any]) -> Sequence[str]:
    value = payload.get("files") or []
    if not isinstance(value, list) or len(value) > 20 or not all(isinstance(one, str) for one in value):
        raise _invalid("files", "Give a list of at most 20 files.")
    return value


def _amount(payload: Mapping[str, Any], name: str) -> Decimal | None:
    value = payload.get(name)
    if value is None:
        return None
    found = money.read(str(value) if isinstance(value, float) else value, pointer=f"/{name}")
    if isinstance(found, Problem):
        raise Invalid(problems=[found])
    return found


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid(problems=[Problem(code="INVALID", pointer=f"/{name}", message=sentence)])


TAKERS: Mapping[str, Taker] = {
    "customer.info_provided": take_information,
    "customer.decision": take_decision,
    "customer.withdraw": take_withdrawal,
    "customer.mediation_consent": mediations.take_consent,
    "customer.payee_provided": payments.take_payee,
    "customer.payment_received": payments.take_receipt,
    "evidence.added": take_evidence,
    "survey.submitted": visits.take_survey,
    "payment.confirmed": payments.take_confirmation,
    "payment.failed": payments.take_failure,
    "mediation.external_result": mediations.take_external_result,
    "case.escalate": take_escalation,
    "case.suspend": take_suspension,
    "case.resume": take_resumption,
    "case.request_input": take_request_for_input,
    "external.proceeding_started": take_proceeding,
}
