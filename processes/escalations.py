"""Calling somebody higher (P2): one open escalation a case, to which later triggers are added (processes.md 2.6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine import job_rows, messages
from engine.database import new_id
from engine.extensions import SYSTEM
from engine.tables import ProcessInstance
from processes import sla_rows, supervised_tasks, supervision
from processes.tables.cases import Complaint
from processes.tables.supervision import Escalation

PROCESS = "escalation"
CLEARED = "sla.cleared"
REGRADE = "case.regrade"
LEVEL_UP = 200  # percent of the time at which the level rises
LEVEL_UP_REASON = "200 % of the time was used"
SLA = "sla"  # the trigger of a deadline; every other trigger is a row of DMN-11


def start(
    session: Session,
    complaint: Complaint,
    *,
    trigger: str,
    tier: int,
    supervisor: str,
    within: str | None = None,
    clock: str | None = None,
    percent: int | None = None,
    user_task_id: str | None = None,
    note: str | None = None,
) -> Escalation:
    """Escalate a case: a new P2, or one more trigger of the one that is open, whose tier becomes the higher of the two.

    `clock` is named with its key (`C-APPROVE/dept_manager`), `within` as in DMN-11 (`4wh`). The instance is started by a
    job: a step locks one instance only.
    """
    what = {"trigger": trigger, "clock": clock, "percent": percent, "tier": tier, "at": clocks.now(), "note": note}
    found = open_of(session, complaint)
    if found is not None:
        found.triggers = [*found.triggers, what]
        if tier > found.tier:
            raise_to(session, found, tier=tier, supervisor=supervisor, within=within)
        if percent is not None and percent >= LEVEL_UP and found.new_level is None and complaint.level < supervision.HIGHEST_LEVEL:
            _level_up(session, complaint, found)
        return found
    row = Escalation(
        id=new_id(),
        complaint_id=complaint.id,
        trigger=trigger,
        clock=clock,
        percent=percent,
        tier=tier,
        supervisor=supervisor,
        supervise_within=within,
        triggers=[what],
        user_task_id=user_task_id,
        opened_at=clocks.now(),
        state="open",
    )
    session.add(row)
    _start_later(session, complaint, row)
    return row


def raise_to(session: Session, escalation: Escalation, *, tier: int, supervisor: str, within: str | None = None) -> None:
    """A higher tier supervises from now on."""
    escalation.tier, escalation.supervisor = tier, supervisor
    escalation.supervise_within = within or supervision.WITHIN[tier]
    supervised_tasks.supervise_anew(session, escalation)


def _level_up(session: Session, complaint: Complaint, escalation: Escalation) -> None:
    """Twice the time is over while somebody supervises already: the level rises all the same (DMN-10, 200 %)."""
    escalation.new_level = complaint.level + 1
    payload = {"complaint_id": complaint.id, "level": escalation.new_level, "reason": LEVEL_UP_REASON}
    messages.receive(
        session, id=f"level-up-{escalation.id}", name=REGRADE, correlation_key=complaint.reference, payload=payload, actor=SYSTEM
    )


def _start_later(session: Session, complaint: Complaint, row: Escalation) -> None:
    variables: dict[str, Any] = {
        "complaint_id": complaint.id,
        "escalation_id": row.id,
        "trigger": row.trigger,
        "clock": row.clock,
        "percent": row.percent,
        "tier": row.tier,
        "supervisor": row.supervisor,
        "level": complaint.level,
    }
    payload = {"key": PROCESS, "variables": variables, "business_key": complaint.reference, "unique": "running"}
    job_rows.add(session, "start", root=None, due_at=clocks.now(), payload=payload)


def open_of(session: Session, complaint: Complaint) -> Escalation | None:
    """The escalation of the case that is not over."""
    mine = select(Escalation).where(Escalation.complaint_id == complaint.id, Escalation.state == "open")
    for row in session.scalars(mine.order_by(Escalation.opened_at, Escalation.id)).all():
        instance = session.get(ProcessInstance, row.instance_id) if row.instance_id else None
        if instance is None or instance.state in ("running", "suspended"):
            return row
        end(session, row)  # its instance was stopped from outside: nobody decides any more, and the next trigger needs somebody
    return None


def all_of(session: Session, complaint: Complaint) -> Sequence[Escalation]:
    """Every escalation of the case, oldest first."""
    mine = select(Escalation).where(Escalation.complaint_id == complaint.id)
    return session.scalars(mine.order_by(Escalation.opened_at, Escalation.id)).all()


def end(session: Session, escalation: Escalation, *, at: datetime | None = None, end_element_id: str | None = None) -> None:
    """The escalation is over."""
    escalation.state, escalation.ended_at = "ended", at or clocks.now()
    escalation.end_element_id = end_element_id or escalation.end_element_id


def clear(session: Session, complaint: Complaint) -> None:
    """A clock stopped: an escalation all of whose triggers were deadlines that no longer run is told so (`sla.cleared`).

    The message is correlated by the id of the escalation, which stands for the case and its clock.
    """
    found = open_of(session, complaint)
    if found is None or any(one["clock"] is None for one in found.triggers):
        return
    running = {sla_rows.label(row) for row in sla_rows.running(session, complaint)}
    if running.isdisjoint(one["clock"] for one in found.triggers):
        payload = {"complaint_id": complaint.id, "clock": found.clock}
        messages.receive(session, id=f"cleared-{found.id}", name=CLEARED, correlation_key=found.id, payload=payload, actor=SYSTEM)
