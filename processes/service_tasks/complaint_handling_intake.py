"""Complaint handling, first part: registration, duplicates, admissibility, what the customer is asked for (processes.md 2.5)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from engine import clock, decisions, messages
from engine.extensions import Handler, ServiceTask, Values
from processes import (
    cases,
    complaints,
    completeness,
    contacts,
    decision_records,
    event_escalations,
    grading,
    investigations,
    notifications,
    sla,
)
from processes.service_tasks import given
from processes.tables.cases import Complaint

WAITING = "WAITING_CUSTOMER_INFO"
ANSWER_WITHIN = timedelta(days=10)
FROM_RECEIPT = ("C-ACK", "C-FIRST", "C-PRELIM", "C-RESOLVE")
ADMISSION_INPUTS = ("duplicate_open", "in_legal_proceeding", "our_business", "previously_final", "anonymous", "authorised", "complete")


def handlers() -> Sequence[Handler]:
    """The topics of intake."""
    return (
        Handler(topic="complaint.register", kind="record", record=register),
        Handler(topic="complaint.check_intake", kind="record", record=check_intake),
        Handler(topic="complaint.record_admissibility", kind="record", record=record_admissibility),
        Handler(topic="complaint.acknowledge", kind="letter", record=acknowledge),
        Handler(topic="complaint.request_info", kind="letter", record=request_info),
        Handler(topic="complaint.remind_info", kind="letter", record=remind_info),
        Handler(topic="complaint.take_info", kind="record", record=take_info),
        Handler(topic="complaint.close_no_info", kind="letter", record=close_no_info),
    )


def register(session: Session, task: ServiceTask) -> Values:
    """A first grade, and every deadline that counts from the receipt."""
    complaint = given.complaint(session, task)
    grading.provisional(session, complaint)
    for name in FROM_RECEIPT:
        sla.start(session, complaint, name, at=complaint.received_at)
    sla.start_engagements(session, complaint, at=complaint.received_at)
    overlay = decisions.evaluate(session, "regulatory_overlay", {"profile": complaint.profile})
    sla.start_regulatory(session, complaint, overlay.result["base_limit"])
    complete = not completeness.note(session, complaint)
    if complete:  # otherwise registration is not over, and the facts are not known yet
        _escalate_facts(session, complaint)
    return {
        "channel": complaint.channel,
        "complete": complete,
        "accepted": False,
        "resolved_on_contact": False,
        "triage_confirmed": False,
        "negotiation_round": 0,
        "reopen_count": 0,
    }


def _escalate_facts(session: Session, complaint: Complaint) -> None:
    for trigger in event_escalations.of_facts(complaint):
        event_escalations.start_once(session, complaint, trigger)


def check_intake(session: Session, task: ServiceTask) -> Values:
    """What DMN-01 asks, from the tables: also after registration was completed, and after the customer has answered."""
    complaint = given.complaint(session, task)
    complaint.repeat_count = complaints.repeats(session, complaint)
    duplicate = complaints.open_duplicate(session, complaint)
    complaint.duplicate_of = duplicate.id if duplicate is not None else None
    missing = completeness.note(session, complaint)
    return {
        "duplicate_open": duplicate is not None,
        "in_legal_proceeding": complaint.in_legal_proceeding,
        "our_business": complaint.our_business,
        "previously_final": complaint.previously_final,
        "anonymous": complaint.anonymous,
        "authorised": complaint.authorised,
        "complete": not missing,
    }


def record_admissibility(session: Session, task: ServiceTask) -> Values:
    """Keep what DMN-01 said; triage begins unless something is missing. Who was hurt is not kept waiting for an order number."""
    complaint, admission = given.complaint(session, task), given.variable(task, "admission")
    inputs = {name: task.variables[name] for name in ADMISSION_INPUTS}
    decision_records.note(session, complaint, task, "intake_validation", inputs=inputs, result=admission)
    _escalate_facts(session, complaint)
    if admission["decision"] == "need_info":
        return {}
    sla.start(session, complaint, "C-TRIAGE")
    if admission["decision"] in ("merge", "inadmissible"):
        cases.set_status(session, complaint, "TRIAGE")
    given.listed(session, task, complaint)
    return {}


def acknowledge(session: Session, task: ServiceTask) -> Values:
    """T-ACK, unless nobody can be written to; the case is admitted either way."""
    complaint = given.complaint(session, task)
    if not complaint.anonymous:
        contacts.send(session, complaint, "T-ACK", key=task.key)
    complaint.acked_at = complaint.acked_at or clock.now()
    sla.stop(session, complaint, "C-ACK")
    cases.set_status(session, complaint, "TRIAGE")
    given.listed(session, task, complaint)
    return {}


def request_info(session: Session, task: ServiceTask) -> Values:
    """Ask the customer; once the case is accepted the deadlines wait for the answer."""
    complaint, accepted = given.complaint(session, task), bool(task.variables.get("accepted"))
    messages.drop_waiting(session, name="customer.info_provided", correlation_key=complaint.reference)
    contacts.send(
        session,
        complaint,
        "T-INFO-REQUEST",
        key=task.key,
        items=_wanted(session, task, complaint),
        answer_until=clock.now() + ANSWER_WITHIN,
    )
    sla.stop(session, complaint, "C-ACK")
    complaint.acked_at = complaint.acked_at or clock.now()
    if accepted:
        sla.pause(session, complaint, WAITING)
    cases.set_status(session, complaint, WAITING if accepted else "NEED_INFO")
    given.listed(session, task, complaint)
    return {}


def _wanted(session: Session, task: ServiceTask, complaint: Complaint) -> list[str]:
    """What is asked for, in words: by the investigator, else the fields that are empty."""
    if task.variables.get("accepted"):
        asked = investigations.latest(session, complaint, finished=False)
        return [str(item) for item in asked.info_items] if asked is not None else []
    missing = complaints.missing(session, complaint)
    if task.variables.get("admission", {}).get("reason") == "AUTHORISATION":
        missing = [*missing, "authorised"]
    return [completeness.words(name, complaint.locale) for name in missing]


def remind_info(session: Session, task: ServiceTask) -> Values:
    """The customer has not answered yet."""
    complaint = given.complaint(session, task)
    asked = contacts.of_case(session, complaint, template="T-INFO-REQUEST")
    until = asked[-1].at + ANSWER_WITHIN if asked else None
    contacts.send(session, complaint, "T-INFO-REMINDER", key=task.key, items=_wanted(session, task, complaint), answer_until=until)
    return {}


def take_info(session: Session, task: ServiceTask) -> Values:
    """The answer is here, or no longer waited for: the deadlines run again, the status is the one before."""
    complaint = given.complaint(session, task)
    sla.resume(session, complaint, WAITING)
    if not task.variables.get("accepted"):
        cases.set_status(session, complaint, "NEW")
        return {}
    cases.set_status(session, complaint, investigations.status(session, complaint))
    if task.variables.get("info_provided") and complaint.case_owner:
        notifications.notify(session, complaint, template="N-CASE", key=task.key, accounts=[complaint.case_owner], event="info_provided")
    given.listed(session, task, complaint)
    return {}


def close_no_info(session: Session, task: ServiceTask) -> Values:
    """Nothing came in ten days, and without it nothing can be done: the customer may come back at any time."""
    complaint = given.complaint(session, task)
    contacts.send(session, complaint, "T-CLOSED-NO-INFO", key=task.key)
    sla.cancel_all(session, complaint)
    cases.close(session, complaint, "CLOSED_INFO_NOT_PROVIDED")
    given.listed(session, task, complaint)
    return {}
