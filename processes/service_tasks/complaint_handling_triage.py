"""Complaint handling, second part: grading, routing, and whose case it is (processes.md 2.3, 2.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import case_owners, cases, decision_records, event_escalations, grading, notifications, sla, sla_targets, triage
from processes.service_tasks import given
from processes.tables.cases import Complaint

ENGAGE_ROLES: Mapping[str, str] = {"manager": "dept_manager", "exec": "executive"}
PRIORITY_INPUTS = ("level", "affected_customers", "media", "repeat_count", "vulnerable", "involved_count", "sla_used", "reopen_count")


def handlers() -> Sequence[Handler]:
    """The topics of triage."""
    return (
        Handler(topic="complaint.grading_inputs", kind="record", record=grading_inputs),
        Handler(topic="complaint.record_grading", kind="record", record=record_grading),
        Handler(topic="complaint.assign", kind="record", record=assign),
        Handler(topic="complaint.begin_engagement", kind="note", record=begin_engagement),
    )


def grading_inputs(session: Session, task: ServiceTask) -> Values:
    """The facts the tables ask for; what a person has decided in triage goes before what they would say."""
    complaint = given.complaint(session, task)
    decided = triage.latest(session, complaint) if task.variables.get("triage_confirmed") else None
    return {
        **grading.inputs(session, complaint),
        "confirmed_category": complaint.category if decided is not None else None,
        "confirmed_sub_category": complaint.sub_category if decided is not None else None,
        "level_override": decided.get("level_override") if decided is not None else None,
        "extra_departments": triage.extra_departments(session, complaint, decided),
    }


def record_grading(session: Session, task: ServiceTask) -> Values:
    """Category, level, departments and priority as the tables say; the deadlines follow the level."""
    complaint = given.complaint(session, task)
    _note(session, complaint, task)
    decided = triage.latest(session, complaint) if task.variables.get("triage_confirmed") else None
    complaint.category, complaint.sub_category = given.variable(task, "category"), given.variable(task, "sub_category")
    if decided is None:
        complaint.secondary_category = next(iter(given.variable(task, "secondary_categories")), None)
    why = grading.reasons(given.variable(task, "grading"), int(given.variable(task, "level")))
    by, reason = (decided["by"], decided.get("reason")) if decided is not None else ("system", None)
    grading.take_level(session, complaint, int(task.variables["level"]), why=why, by=by, reason=reason)
    grading.take_route(session, complaint, given.variable(task, "routing"), more=task.variables.get("extra_departments") or [])
    if decided is not None and decided.get("handler_group"):
        complaint.handler_group = decided["handler_group"]
    complaint.priority_score = int(given.variable(task, "priority_score"))
    complaint.priority_band = given.variable(task, "priority_band")
    given.listed(session, task, complaint)
    return {}


def _note(session: Session, complaint: Complaint, task: ServiceTask) -> None:
    """Keep what each of the four tables said, with what it was asked."""
    known = task.variables
    grading_inputs = {name: known[name] for name in (*grading.GRADING_INPUTS, "sub_category")}
    suggestion = {name: known.get(name) for name in ("category", "sub_category", "secondary_categories", "confidence")}
    asked: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = (
        ("classification", {"hints": known["hints"]}, {**known["classification"], "suggestion": suggestion}),
        ("grading", grading_inputs, {**known["grading"], "decided_level": known["level"]}),
        ("routing", {"category": known["category"], "level": known["level"]}, known["routing"]),
        ("priority_score", {name: known[name] for name in PRIORITY_INPUTS}, _priority(known)),
    )
    for decision, inputs, result in asked:
        decision_records.note(session, complaint, task, decision, inputs=inputs, result=result)


def _priority(known: Values) -> dict[str, Any]:
    return {**known["scoring"], "priority_score": known["priority_score"], "priority_band": known["priority_band"]}


def assign(session: Session, task: ServiceTask) -> Values:
    """Name the case owner, keep those away whom the case concerns, tell whoever has to be told now."""
    complaint = given.complaint(session, task)
    cases.exclude(session, complaint)
    case_owners.assign(session, complaint)
    sla.stop(session, complaint, "C-TRIAGE")
    sla.start(session, complaint, "C-ACCEPT")
    for trigger in event_escalations.of_triage(complaint):
        event_escalations.start_once(session, complaint, trigger)
    if complaint.case_owner is not None:
        notifications.notify(session, complaint, template="N-CASE", key=task.key, accounts=[complaint.case_owner], event="assigned")
    cases.set_status(session, complaint, "ASSIGNED")
    given.listed(session, task, complaint)
    return {}


def begin_engagement(session: Session, task: ServiceTask) -> Values:
    """Tell those whose engagement the level asks for; the deadline for it runs since the receipt."""
    complaint = given.complaint(session, task)
    wanted = [ENGAGE_ROLES[key] for key in sla_targets.engagements(complaint.level) if key in ENGAGE_ROLES]
    notifications.notify(session, complaint, template="N-CASE", key=task.key, roles=wanted, event="engage")
    return {}
