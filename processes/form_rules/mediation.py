"""The forms of mediation (processes.md P3)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import cases, contacts, mediations, money, sla
from processes.sla_time import ZONE
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment
from processes.tables.mediation import Mediation, Settlement
from processes.tables.people import Account


def _case(session: Session, task: UserTask) -> tuple[Complaint, Mediation]:
    mediation = mediations.of_instance(session, task.instance_id)
    mediation.instance_id = task.instance_id
    return cases.get(session, mediation.complaint_id), mediation


def record_offer(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The customer is told what a mediation is; until it is over C-RESOLVE stands still."""
    complaint, mediation = _case(session, task)
    mediation.offered_at = clock.now()
    contacts.send(session, complaint, "T-MEDIATION-OFFER", key=task.id, by=actor.id, provider=mediation.provider)
    sla.pause(session, complaint, mediations.PAUSE)
    return {"consent": False, "extended": False, "session_no": 0}


def record_consent(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The answer, written down by the case owner."""
    complaint, mediation = _case(session, task)
    return mediations.consent(session, complaint, mediation, agrees=values["consent"] is True, evidence=values.get("evidence"))


def check_mediator(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Somebody neutral (S4-57)."""
    complaint, _ = _case(session, task)
    account = session.get(Account, str(values.get("mediator") or "").strip())
    if account is None:
        return (Problem(code="UNKNOWN", pointer="/mediator", message="There is no such account."),)
    why = mediations.recusal(session, complaint, account)
    if why is None and not values.get("no_conflict"):
        return (
            Problem(code="RECUSAL", pointer="/no_conflict", message="Without the declaration that there is no conflict nobody mediates."),
        )
    return () if why is None else (Problem(code="RECUSAL", pointer="/mediator", message=f"Appoint somebody else: {why}."),)


def record_mediator(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The mediator; the tasks of the sessions are assigned to this person."""
    _, mediation = _case(session, task)
    mediation.mediator = str(values["mediator"]).strip()
    return {"mediator": mediation.mediator}


def _ahead(values: Values, name: str) -> Sequence[Problem]:
    if values.get(name) and mediations.moment(values[name]) <= clock.now():
        return (Problem(code="PAST", pointer=f"/{name}", message="The session lies ahead: give a later time."),)
    return ()


def check_prepare(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """The session lies ahead, and both sides have been heard."""
    heard = {one.get("party") for one in values.get("statements") or ()}
    missing = [party for party in ("customer", "company") if party not in heard]
    problems = [Problem(code="REQUIRED", pointer="/statements", message=f"Write down what the {party} says.") for party in missing]
    return (*_ahead(values, "session_at"), *problems)


def record_prepare(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The session as it is planned."""
    _, mediation = _case(session, task)
    row = mediations.planned(session, mediation)
    row.planned_at, row.place = mediations.moment(values["session_at"]), values.get("place")
    row.statements = {str(one["party"]): one.get("text") for one in values.get("statements") or ()}
    row.facts_agreed = [one.get("fact") for one in values.get("facts_agreed") or ()]
    return {}


def check_session(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Sessions are counted; the next one lies ahead."""
    _, mediation = _case(session, task)
    number, given = mediations.planned(session, mediation).no, values.get("session_no")
    problems = list(_ahead(values, "next_session"))
    if given is not None and int(given) != number:
        problems.append(Problem(code="SESSION_NO", pointer="/session_no", message=f"This is session {number}."))
    return problems


def record_session(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What happened; the first session stops C-MED-OPEN."""
    complaint, mediation = _case(session, task)
    row = mediations.planned(session, mediation)
    row.held_at, row.outcome = clock.now(), str(values["outcome"])
    row.attendees = [one.get("attendee") for one in values.get("attendees") or ()]
    for name in ("key_moments", "common_ground", "open_points", "legal_basis"):
        setattr(row, name, values.get(name))
    row.gap_amount, row.agreed_amount = _amount(values, "gap_amount"), _amount(values, "agreed_amount")
    mediation.opened_at = mediation.opened_at or clock.now()
    mediation.extension_agreed = bool(values.get("extension_agreed"))
    sla.stop(session, complaint, "C-MED-OPEN")
    found = {"outcome": row.outcome, "session_no": row.no, "agreed_amount": Decimal(0), "claim_needed": False}
    if row.outcome == "continue":
        session.flush()  # the next one is counted after this one
        mediations.planned(session, mediation).planned_at = mediations.moment(values["next_session"])
    if row.outcome == "agreed":
        mediation.agreed_amount = row.agreed_amount or Decimal(0)
        above = mediation.agreed_amount > mediations.approved_amount(session, complaint)
        found |= {"agreed_amount": mediation.agreed_amount, "claim_needed": above}
    return found


def _amount(values: Values, name: str) -> Decimal | None:
    read = money.read(values[name], pointer=f"/{name}") if values.get(name) not in (None, "") else None
    return read if isinstance(read, Decimal) else None


def check_draft(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """What is written is what was agreed."""
    _, mediation = _case(session, task)
    problems, amount = [], _amount(values, "amount")
    if amount is not None and amount != (mediation.agreed_amount or Decimal(0)):
        agreed = money.shown(mediation.agreed_amount or Decimal(0))
        problems.append(Problem(code="AMOUNT", pointer="/amount", message=f"{agreed} was agreed and approved, no other sum."))
    if date.fromisoformat(values["performance_due"]) < clock.now().astimezone(ZONE).date():
        problems.append(Problem(code="PAST", pointer="/performance_due", message="The day lies ahead."))
    return problems


def record_draft(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The agreement, written or written again after legal asked for it; C-SIGN runs from the first draft."""
    complaint, mediation = _case(session, task)
    row = mediations.settlement(session, mediation) or Settlement(
        mediation_id=mediation.id, complaint_id=complaint.id, drafted_at=clock.now(), drafted_by=actor.id
    )
    row.agreement_no, row.facts = str(values["agreement_no"]).strip(), values.get("facts")
    row.parties = [one.get("party") for one in values["parties"]]
    row.obligations = [_obligation(one) for one in values["obligations"]]
    row.responsibility, row.method = values.get("responsibility"), values.get("payment_method")
    row.amount = mediation.agreed_amount
    row.performance_due = date.fromisoformat(values["performance_due"])
    row.confidential, row.legal_check = bool(values.get("confidentiality")), None
    session.add(row)
    clock_row = sla.start(session, complaint, "C-SIGN")
    return {"sign_due": clock_row.due.isoformat() if clock_row is not None else None}


def _obligation(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"party": given.get("party"), "content": given.get("content"), "due": given.get("due"), "done": False}


def record_legal(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Lawful and enforceable, or what has to be changed."""
    complaint, mediation = _case(session, task)
    row = mediations.settlement(session, mediation)
    if row is not None:
        row.legal_check = str(values["result"])
    cases.log(session, complaint, "settlement_checked", by=actor.id, text=values.get("remark"), result=values["result"])
    return {"legal_result": values["result"]}


def record_sign(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Both signed: the claim needs no agreement of its own any more."""
    complaint, mediation = _case(session, task)
    row = mediations.settlement(session, mediation)
    if row is not None:
        row.signed_customer_at = row.signed_company_at = clock.now()
        row.legal_effect_explained = True
        claim = mediations.claim_of(session, complaint, mediation)
        if claim is not None:
            claim.agreement_no, claim.agreement_signed = row.agreement_no, True
    reference = str(values.get("file") or "")
    session.add(
        Attachment(
            complaint_id=complaint.id, type="settlement", reference=reference, uploaded_by=actor.id, at=clock.now(), source="department"
        )
    )
    sla.stop(session, complaint, "C-SIGN")
    return {}


def record_result(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """How satisfied both sides are."""
    _, mediation = _case(session, task)
    row = mediations.settlement(session, mediation)
    if row is not None:
        row.customer_satisfaction, row.company_satisfaction = int(values["customer_satisfaction"]), int(values["company_satisfaction"])
        row.remarks = values.get("remarks")
    return {}


def record_referral(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Which organisation has it now."""
    _, mediation = _case(session, task)
    mediation.organisation, mediation.file_no = values["organisation"], values["file_no"]
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_offer_mediation": FormRules(record=record_offer),
    mediations.CONSENT: FormRules(record=record_consent),
    "ut_appoint_mediator": FormRules(check=check_mediator, record=record_mediator),
    "ut_prepare_session": FormRules(check=check_prepare, record=record_prepare),
    "ut_hold_session": FormRules(check=check_session, record=record_session),
    "ut_draft_agreement": FormRules(check=check_draft, record=record_draft),
    "ut_legal_check": FormRules(record=record_legal),
    "ut_sign": FormRules(record=record_sign),
    "ut_record_result": FormRules(record=record_result),
    "ut_refer_external": FormRules(record=record_referral),
}
