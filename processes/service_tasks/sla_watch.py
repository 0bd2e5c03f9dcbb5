"""The deadlines of a case, as sla_watch (P9) sees them: find the next threshold, and let one fire."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, job_rows
from engine.errors import NotFound
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, contacts, escalations, grading, notifications, sla, sla_alarm, sla_audience, sla_rows
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

BREACH = 100
# A promise to the customer is broken: he or she is told how far we are (processes.md 2.5, X-03).
PROMISES = frozenset({"C-FIRST", "C-RESOLVE", "C-REG"})
# DMN-04 counts how much of C-RESOLVE is used up: its result changes at these thresholds (processes.md 2.2a).
PRIORITISE_TOPIC = "case.prioritise"
PRIORITY_CHANGES = (80, 100)
TEMPLATES = {"remind": "N-SLA-REMIND", "warn": "N-SLA-WARN"}
LATE = "N-SLA-LATE"


def handlers() -> Sequence[Handler]:
    """The topics of the watch."""
    return (
        Handler(topic="sla.next", kind="record", record=find_next),
        Handler(topic="sla.fire", kind="record", record=fire),
        Handler(topic=PRIORITISE_TOPIC, kind="record", record=prioritise),
    )


def prioritise(session: Session, task: ServiceTask) -> Values:
    """Score the priority of a case again. A job of its own: the watch holds its clocks and must not wait for the case."""
    grading.prioritise(session, cases.get(session, task.variables["complaint_id"]))
    return {}


def find_next(session: Session, task: ServiceTask) -> Values:
    """The threshold that is due now, else the instant to wait for, else that no clock is left."""
    complaint = cases.get(session, task.variables["complaint_id"])
    sla_alarm.guard(session, complaint)
    due = sla_rows.due_now(session, complaint)
    if due is not None:
        return {"due": True, "clocks_left": True, "clock_id": due.row.id, "level": due.row.level, "pct": due.percent, "next_due": None}
    waiting = sla_alarm.next_at(session, complaint)
    return {"due": False, "clocks_left": waiting is not None, "next_due": None if waiting is None else waiting.isoformat()}


def fire(session: Session, task: ServiceTask) -> Values:
    """Write the threshold down with what DMN-10 says, tell those it names, start P2 from a breach on."""
    complaint = cases.get(session, task.variables["complaint_id"])
    sla_alarm.guard(session, complaint)
    row = session.get(SlaClock, task.variables["clock_id"])
    if row is None:
        raise NotFound(kind="sla clock", id=task.variables["clock_id"])
    percent, ladder = int(task.variables["pct"]), task.variables["ladder"]
    if row.stop is None and percent not in row.done:  # stopped meanwhile: nothing is late any more
        _fire(session, complaint, row, percent, ladder)
    return {}


def _fire(session: Session, complaint: Complaint, row: SlaClock, percent: int, ladder: dict[str, Any]) -> None:
    effect = {"action": ladder["action"], "notify": list(dict.fromkeys(ladder["notify"]))}
    if ladder["tier"]:
        effect |= {"tier": int(ladder["tier"]), "supervisor": ladder["supervisor"]}
    if percent >= BREACH and row.charged_to is None:
        row.charged_to = complaint.case_owner
    retroactive = row.retroactive is not None
    sla_rows.note_fired(session, row, percent, at=clock.now(), retroactive=retroactive, effect=effect)
    _notify(session, complaint, row, percent, effect)
    if ladder["tier"]:
        escalations.start(
            session,
            complaint,
            trigger=escalations.SLA,
            tier=int(ladder["tier"]),
            supervisor=ladder["supervisor"],
            clock=sla_rows.label(row),
            percent=percent,
            user_task_id=sla_audience.task_id(session, complaint, row),
        )
    if row.clock == sla.RESOLVE and percent in PRIORITY_CHANGES:
        job_rows.add_effect(session, PRIORITISE_TOPIC, {"complaint_id": complaint.id})
    if percent == BREACH and row.clock in PROMISES:
        contacts.send(session, complaint, "T-PROGRESS", key=f"{row.id}-{percent}", reason=row.clock)


def _notify(session: Session, complaint: Complaint, row: SlaClock, percent: int, effect: dict[str, Any]) -> None:
    notifications.notify(
        session,
        complaint,
        roles=[role for role in effect["notify"] if role != sla_audience.ASSIGNEE],
        accounts=dict.fromkeys(sla_audience.assignees(session, complaint, row), sla_audience.ASSIGNEE),
        template=TEMPLATES.get(effect["action"], LATE),
        key=f"{row.id}-{percent}",
        clock=row.clock,
        clock_key=row.key,
        percent=percent,
        due=row.due,
        supervisor=effect.get("supervisor"),
        tier=effect.get("tier"),
    )
