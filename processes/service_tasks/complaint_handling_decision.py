"""Complaint handling, fifth part: telling the customer, the answer, mediation (processes.md 2.5, DMN-13)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import clock, messages
from engine.database import new_id
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, contacts, customer_answers, decision_records, event_escalations, proposals, sla
from processes.service_tasks import given
from processes.tables.mediation import Mediation

WAITING = "WAITING_CUSTOMER_DECISION"
MEDIATION = "MEDIATION"
ROUTES = ("internal", "external")
INPUTS = ("customer_willing", "in_legal_proceeding", "disputed_amount", "injury_or_privacy")


def handlers() -> Sequence[Handler]:
    """The topics of the customer's decision."""
    return (
        Handler(topic="complaint.begin_communication", kind="record", record=begin_communication),
        Handler(topic="complaint.remind_decision", kind="letter", record=remind_decision),
        Handler(topic="complaint.store_decision", kind="record", record=store_decision),
        Handler(topic="complaint.final_notice", kind="letter", record=final_notice),
        Handler(topic="complaint.record_mediation", kind="record", record=record_mediation),
        Handler(topic="complaint.take_mediation", kind="record", record=take_mediation),
        Handler(topic="complaint.begin_final_response", kind="record", record=begin_final_response),
        Handler(topic="complaint.reopen_limit", kind="record", record=reopen_limit),
    )


def begin_communication(session: Session, task: ServiceTask) -> Values:
    """The customer is told next, unless something came in that changes the outcome."""
    complaint = given.complaint(session, task)
    if not complaint.evidence_pending:
        cases.set_status(session, complaint, "COMMUNICATING")
        given.listed(session, task, complaint)
    return {"evidence_pending": complaint.evidence_pending}


def remind_decision(session: Session, task: ServiceTask) -> Values:
    """The customer has not answered the proposal yet."""
    complaint = given.complaint(session, task)
    proposal = proposals.latest(session, complaint)
    text, until = (proposal.offer_text, proposal.answer_until) if proposal is not None else (None, None)
    contacts.send(session, complaint, "T-PROPOSAL-REMINDER", key=task.key, text=text, answer_until=until)
    return {}


def store_decision(session: Session, task: ServiceTask) -> Values:
    """The answer, with the version it is about; the deadlines run again."""
    complaint, decision = given.complaint(session, task), str(given.variable(task, "decision"))
    wants_mediation, now = bool(task.variables.get("wants_mediation")), clock.now()
    proposal = proposals.latest(session, complaint)
    if proposal is not None:
        proposal.decision, proposal.decided_at = decision, now
        proposal.wants_mediation = wants_mediation
    complaint.decided_at = now
    sla.resume(session, complaint, WAITING)
    return {"decision": decision, "wants_mediation": wants_mediation, **customer_answers.dispute(session, complaint, wants_mediation)}


def final_notice(session: Session, task: ServiceTask) -> Values:
    """No answer in seven days: the proposal stays open to the customer, the case goes on to its end."""
    complaint = given.complaint(session, task)
    contacts.send(session, complaint, "T-NO-ANSWER", key=task.key)
    return {}


def record_mediation(session: Session, task: ServiceTask) -> Values:
    """Which way DMN-13 shows; a mediation begins with its record."""
    complaint, route = given.complaint(session, task), str(given.variable(task, "route"))
    inputs = {name: task.variables.get(name) for name in INPUTS}
    result = {"route": route, "provider": task.variables.get("provider")}
    decision_records.note(session, complaint, task, "mediation_eligibility", inputs=inputs, result=result)
    if route not in ROUTES:
        return {"mediation_id": None}
    mediation = Mediation(
        id=new_id(),
        complaint_id=complaint.id,
        route=route,
        provider=task.variables.get("provider"),
        disputed_amount=Decimal(given.variable(task, "disputed_amount")),
        created_at=clock.now(),
    )
    session.add(mediation)
    messages.drop_waiting(session, name="customer.mediation_consent", correlation_key=complaint.reference)
    cases.set_status(session, complaint, MEDIATION)
    given.listed(session, task, complaint)
    return {"mediation_id": mediation.id}


def take_mediation(session: Session, task: ServiceTask) -> Values:
    """What became of it, from its record."""
    complaint = given.complaint(session, task)
    mediation = session.get(Mediation, given.variable(task, "mediation_id"))
    sla.resume(session, complaint, MEDIATION)
    return {"mediation_settled": mediation is not None and mediation.result == "settled"}


def begin_final_response(session: Session, task: ServiceTask) -> Values:
    """No agreement: the company says where it stands and where else the customer can turn."""
    complaint = given.complaint(session, task)
    cases.set_status(session, complaint, "COMMUNICATING")
    given.listed(session, task, complaint)
    return {}


def reopen_limit(session: Session, task: ServiceTask) -> Values:
    """Reopened twice already: somebody higher decides, and mediation is offered."""
    complaint = given.complaint(session, task)
    event_escalations.start(session, complaint, "reopen_limit")
    return {"decision": "reject", "wants_mediation": True, **customer_answers.dispute(session, complaint, True)}
