"""The service tasks of mediation (processes.md P3)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, compensations, contacts, mediations, notifications, sla, sla_rows, sla_time, visits
from processes.tables.cases import Complaint
from processes.tables.investigation import Proposal
from processes.tables.mediation import Mediation

# the element that closes it -> what became of it
RESULTS: Mapping[str, str] = {
    "st_close_not_consented": "not_consented",
    "st_close_failed": "failed",
    "st_close_timeout": "timeout",
    "st_close_unsigned": "unsigned",
}
NO_STANDARD = "OTHER"


def handlers() -> Sequence[Handler]:
    """A handler per topic."""
    return (
        Handler(topic="mediation.close", kind="record", record=close),
        Handler(topic="mediation.extend", kind="record", record=extend),
        Handler(topic="mediation.open_claim", kind="record", record=open_claim),
        Handler(topic="mediation.take_claim", kind="record", record=take_claim),
        Handler(topic="mediation.notify_parties", kind="letter", record=notify_parties),
    )


def close(session: Session, task: ServiceTask) -> Values:
    """It ended without a settlement; the id of the element says how."""
    result = RESULTS.get(task.element_id)
    if result is None:
        raise HandlerFailed(topic=task.topic, reason=f"call it from {' or '.join(RESULTS)}: the id says what is recorded")
    complaint, mediation = _case(session, task)
    if result == "not_consented" and mediation.consent is None:
        mediation.consent = False  # no answer in time is a no: a mediation is voluntary
    mediations.end(session, complaint, mediation, result=result)
    return {}


def extend(session: Session, task: ServiceTask) -> Values:
    """The time is over: five more working days, once, if both said before that they would go on."""
    complaint, mediation = _case(session, task)
    running = sla_rows.running(session, complaint, "C-MEDIATE", key=mediations.clock_key(mediation))
    if mediation.extended or not mediation.extension_agreed or not running or running[0].extended:
        return {"extended": False}
    target = sla_time.read(running[0].target)
    longer = sla_time.Target(amount=target.amount + mediations.EXTENSION_DAYS, unit="wd")
    row = sla.extend(session, complaint, "C-MEDIATE", target=str(longer), key=mediations.clock_key(mediation), at=running[0].due)
    mediation.extended = True
    return {"extended": True, "mediate_due": row.due.isoformat()}


def open_claim(session: Session, task: ServiceTask) -> Values:
    """A claim for the agreed total, with the facts the earlier one was counted with."""
    complaint, mediation = _case(session, task)
    before = compensations.latest_approved(session, complaint.id)
    remedy_case, inputs = _facts(session, complaint)
    if mediation.agreed_amount is None or complaint.case_owner is None:
        raise HandlerFailed(topic=task.topic, reason="there is no agreed amount, or nobody owns the case")
    claim = compensations.open_claim(
        session,
        complaint,
        remedy_case=remedy_case,
        requested_amount=mediation.agreed_amount,
        inputs=inputs,
        requester=complaint.case_owner,
        supplement_of=before.id if before is not None else None,
    )
    mediation.compensation_id = claim.id
    return compensations.variables(session, claim)


def _facts(session: Session, complaint: Complaint) -> tuple[str, Mapping[str, object]]:
    claims = compensations.of_complaint(session, complaint.id)
    if claims:
        return claims[-1].remedy_case, claims[-1].inputs
    mine = select(Proposal).where(Proposal.complaint_id == complaint.id, Proposal.remedy_case.is_not(None))
    proposal = session.scalar(mine.order_by(Proposal.version.desc()).limit(1))
    return (proposal.remedy_case or NO_STANDARD, proposal.inputs) if proposal is not None else (NO_STANDARD, {})


def take_claim(session: Session, task: ServiceTask) -> Values:
    """What the approvers said; the mediation goes on."""
    complaint, mediation = _case(session, task)
    claim = compensations.get(session, str(mediation.compensation_id))
    cases.set_status(session, complaint, "MEDIATION")
    approved = claim.state == "approved"
    return {"claim_approved": approved, "approved_amount": (claim.approved_amount if approved else None) or Decimal(0)}


def notify_parties(session: Session, task: ServiceTask) -> Values:
    """Settled: both sides have it in writing, and somebody will look whether it is kept."""
    complaint, mediation = _case(session, task)
    agreement = mediations.settlement(session, mediation)
    if agreement is None or agreement.signed_customer_at is None or agreement.signed_company_at is None:
        raise HandlerFailed(topic=task.topic, reason="there is no settlement that both sides signed")
    mediations.end(session, complaint, mediation, result="settled")
    contacts.send(
        session,
        complaint,
        "T-SETTLEMENT",
        key=task.key,
        agreement_no=agreement.agreement_no,
        obligations=[str(one.get("content")) for one in agreement.obligations],
        amount=agreement.amount,
        performance_due=agreement.performance_due,
    )
    notifications.notify(
        session,
        complaint,
        template="N-SETTLEMENT",
        key=task.key,
        accounts=[account for account in (complaint.case_owner, mediation.mediator) if account],
        agreement_no=agreement.agreement_no,
        performance_due=agreement.performance_due,
    )
    if agreement.performance_due is not None:
        visits.schedule_settlement(session, complaint, agreement.performance_due)
    return {}


def _case(session: Session, task: ServiceTask) -> tuple[Complaint, Mediation]:
    mediation_id = task.variables.get("mediation_id")
    if mediation_id is None:
        raise HandlerFailed(topic=task.topic, reason="the variable 'mediation_id' has no value; who calls this process has to set it")
    mediation = mediations.get(session, str(mediation_id))
    return cases.get(session, mediation.complaint_id), mediation
