"""Mediations: consent, who may mediate, sessions, the settlement, and how it ended (processes.md P3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.extensions import Actor, Values
from engine.tables import ProcessInstance, UserTask
from processes import compensations, money, people, sla
from processes.sla_time import ZONE
from processes.tables.cases import Compensation, Complaint
from processes.tables.investigation import DepartmentInput, Investigation
from processes.tables.mediation import Mediation, MediationSession, Settlement
from processes.tables.people import Account

PAUSE = "MEDIATION"
EXTERNAL = "external"
EXTERNAL_TARGET = "45wd"
EXTENSION_DAYS = 5
CONSENT = "ut_record_consent"
OUTCOMES = ("settled", "failed", "withdrawn")


def get(session: Session, mediation_id: str) -> Mediation:
    """One mediation, or NotFound."""
    found = session.get(Mediation, mediation_id)
    if found is None:
        raise NotFound(kind="mediation", id=mediation_id)
    return found


def of_instance(session: Session, instance_id: str) -> Mediation:
    """The mediation an instance of the process is about: its variables name it."""
    instance = session.get(ProcessInstance, instance_id)
    mediation_id = instance.variables.get("mediation_id") if instance is not None else None
    return get(session, str(mediation_id))


def latest(session: Session, complaint: Complaint) -> Mediation | None:
    """The last mediation of a case."""
    mine = select(Mediation).where(Mediation.complaint_id == complaint.id)
    return session.scalar(mine.order_by(Mediation.created_at.desc(), Mediation.id.desc()).limit(1))


def open_of(session: Session, complaint: Complaint) -> Mediation:
    """The mediation of a case that is not over, or a Conflict."""
    found = latest(session, complaint)
    if found is None or found.ended_at is not None:
        raise Conflict(reason="there is no mediation in this case")
    return found


def clock_key(mediation: Mediation) -> str:
    """The key of its C-MEDIATE."""
    return EXTERNAL if mediation.route == EXTERNAL else ""


def consent(session: Session, complaint: Complaint, mediation: Mediation, *, agrees: bool, evidence: str | None) -> Values:
    """What the customer said. With a yes the deadlines of the mediation begin."""
    mediation.consent, mediation.consent_at, mediation.consent_evidence = agrees, clock.now(), evidence
    if not agrees:
        return {"consent": False}
    if mediation.route == EXTERNAL:
        sla.start(session, complaint, "C-MEDIATE", key=EXTERNAL, target=EXTERNAL_TARGET)
        return {"consent": True}
    sla.start(session, complaint, "C-MED-OPEN")
    row = sla.start(session, complaint, "C-MEDIATE")
    return {"consent": True, "mediate_due": row.due.isoformat() if row is not None else None}


def recusal(session: Session, complaint: Complaint, account: Account) -> str | None:
    """Why this person may not mediate in this case; None: nothing is known against it."""
    investigators = set(session.scalars(select(Investigation.by).where(Investigation.complaint_id == complaint.id)))
    asked = select(DepartmentInput.answered_by).where(DepartmentInput.complaint_id == complaint.id)
    departments = {complaint.owner_department, *complaint.involved_departments}
    if account.id == complaint.case_owner:
        return "the case owner may not mediate"
    if account.id in investigators or account.id in set(session.scalars(asked)):
        return "who investigated the case may not mediate"
    if account.id in complaint.excluded_users:
        return "the complaint is about this person or somebody close"
    if account.department in departments:
        return "the department of this person is involved in the case"
    if not account.active or account.id not in people.members(session, ["mediator"])["mediator"]:
        return "this person is no mediator"
    return None


def sessions(session: Session, mediation: Mediation) -> Sequence[MediationSession]:
    """Its meetings, in order."""
    mine = select(MediationSession).where(MediationSession.mediation_id == mediation.id)
    return session.scalars(mine.order_by(MediationSession.no)).all()


def planned(session: Session, mediation: Mediation) -> MediationSession:
    """The meeting that is to be held next."""
    known = sessions(session, mediation)
    if known and known[-1].held_at is None:
        return known[-1]
    row = MediationSession(mediation_id=mediation.id, no=len(known) + 1)
    session.add(row)
    return row


def approved_amount(session: Session, complaint: Complaint) -> Decimal:
    """What may be paid in the case without asking again."""
    claim = compensations.latest_approved(session, complaint.id)
    return (claim.approved_amount if claim is not None else None) or Decimal(0)


def settlement(session: Session, mediation: Mediation) -> Settlement | None:
    """What the two sides agreed on in writing, signed or not."""
    mine = select(Settlement).where(Settlement.mediation_id == mediation.id)
    return session.scalar(mine.order_by(Settlement.drafted_at.desc(), Settlement.id.desc()).limit(1))


def claim_of(session: Session, complaint: Complaint, mediation: Mediation) -> Compensation | None:
    """The claim the settlement is paid by."""
    if mediation.compensation_id is not None:
        return compensations.get(session, mediation.compensation_id)
    return compensations.latest_approved(session, complaint.id)


def end(session: Session, complaint: Complaint, mediation: Mediation, *, result: str) -> None:
    """It is over: its clocks stop and those of the case go on."""
    mediation.result, mediation.ended_at = result, clock.now()
    sla.stop(session, complaint, "C-MEDIATE", key=clock_key(mediation))
    sla.cancel(session, complaint, "C-MED-OPEN")
    sla.stop(session, complaint, "C-SIGN")
    sla.resume(session, complaint, PAUSE)


# What the messages of 2.2 leave behind; each gives the variables of the process that waits, None when it need not be told.


def take_consent(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """customer.mediation_consent: consent (true or false), evidence."""
    mediation = open_of(session, complaint)
    agrees = payload.get("consent")
    if not isinstance(agrees, bool):
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/consent", message="Say true or false.")])
    waiting = select(UserTask.id).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
    if session.scalar(waiting.where(UserTask.element_id == CONSENT).limit(1)) is None:
        raise Conflict(reason="nobody waits for an answer about a mediation")
    evidence = str(payload.get("evidence") or f"message from {actor.id}")
    return consent(session, complaint, mediation, agrees=agrees, evidence=evidence)


def take_external_result(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> Values | None:
    """mediation.external_result: outcome, and of a settlement agreement_no, amount, performance_due."""
    mediation = open_of(session, complaint)
    if mediation.route != EXTERNAL:
        raise Conflict(reason="this case is not with an organisation outside")
    outcome, problems = payload.get("outcome"), []
    if outcome not in OUTCOMES:
        problems.append(Problem(code="REQUIRED", pointer="/outcome", message=f"Say one of {', '.join(OUTCOMES)}."))
    amount = money.read(payload["amount"], pointer="/amount") if payload.get("amount") not in (None, "") else None
    due = _day(payload.get("performance_due"))
    problems += [one for one in (amount, due) if isinstance(one, Problem)]
    if problems:
        raise Invalid(problems=problems)
    if outcome == "settled":
        assert not isinstance(amount, Problem) and not isinstance(due, Problem)
        _keep_external(session, mediation, payload, amount=amount, due=due, by=actor.id)
    return {"external_outcome": outcome}


def _day(value: Any) -> date | Problem | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return Problem(code="TYPE", pointer="/performance_due", message=f"'{value}' is no date such as 2026-08-25.")


def _keep_external(
    session: Session, mediation: Mediation, payload: Mapping[str, Any], *, amount: Decimal | None, due: date | None, by: str
) -> None:
    """The agreement that was signed outside; without a day it is to be kept today."""
    mediation.agreed_amount = amount
    row = Settlement(
        mediation_id=mediation.id,
        complaint_id=mediation.complaint_id,
        agreement_no=str(payload.get("agreement_no") or payload.get("document") or mediation.file_no or "-"),
        drafted_at=clock.now(),
        drafted_by=by,
        amount=amount,
        performance_due=due or clock.now().astimezone(ZONE).date(),
        signed_customer_at=clock.now(),
        signed_company_at=clock.now(),
    )
    session.add(row)


def moment(value: Any) -> datetime:
    """An instant as a form gives it; without an offset it is local time."""
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo is not None else read.replace(tzinfo=ZONE)
