"""The service tasks of escalation (processes.md P2): who is asked, and what becomes of what a supervisor decided."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import HandlerFailed
from engine.extensions import SYSTEM, Handler, ServiceTask, Values
from processes import case_owners, cases, escalations, notifications, people, supervised_tasks, supervision
from processes.service_tasks import given
from processes.tables.supervision import Escalation

TOLD = frozenset({"remind", "warn"})
HAND_OVER = 150  # percent of the time from which a late task leaves whoever has it
LISTED = "executive_list"
LETTER = "N-SUPERVISE"


def handlers() -> Sequence[Handler]:
    """A handler per topic."""
    return (
        Handler(topic="escalation.open", kind="record", record=open_),
        Handler(topic="escalation.notify", kind="record", record=notify),
        Handler(topic="escalation.raise_tier", kind="record", record=raise_tier),
        Handler(topic="escalation.cleared", kind="record", record=cleared),
        Handler(topic="escalation.reassign", kind="record", record=reassign),
        Handler(topic="escalation.raise_level", kind="record", record=raise_level),
        Handler(topic="escalation.hold_payment", kind="record", record=hold_payment),
    )


def open_(session: Session, task: ServiceTask) -> Values:
    """Find the record that `escalations.start` made, or make the one of a diagram that calls this process itself."""
    complaint = given.complaint(session, task)
    known = task.variables.get("escalation_id")
    row = session.get(Escalation, known) if known else None
    if row is None:
        row = _called(complaint.id, task)
        session.add(row)
    row.instance_id = task.instance_id
    return {
        "escalation_id": row.id,
        "reference": complaint.reference,
        "trigger": row.trigger,
        "pct": _percent(row),
        "raised": False,
        "action": "supervise",
        "level_up": False,
        "supervise_within": row.supervise_within,
    }


def _called(complaint_id: str, task: ServiceTask) -> Escalation:
    trigger, now = str(given.variable(task, "trigger")), clock.now()
    about = {"trigger": trigger, "clock": task.variables.get("clock"), "percent": task.variables.get("percent"), "at": now}
    return Escalation(
        id=new_id(),
        complaint_id=complaint_id,
        trigger=trigger,
        clock=about["clock"],
        percent=about["percent"],
        tier=0,
        supervisor=supervision.SUPERVISORS[1],
        triggers=[about],
        opened_at=now,
        state="open",
    )


def _percent(row: Escalation) -> int | None:
    """The highest share of a deadline among all that led here."""
    return max((one["percent"] for one in row.triggers if one.get("percent") is not None), default=row.percent)


def notify(session: Session, task: ServiceTask) -> Values:
    """Settle tier, supervisor and time to decide; tell those concerned unless the deadline watch did already."""
    row, complaint = _escalation(session, task), given.complaint(session, task)
    action = str(task.variables.get("action") or "supervise")
    if action in TOLD:
        _tell(session, task, row, roles=[one for one in given.variable(task, "notify") if one != "assignee"])
        escalations.end(session, row, end_element_id="end_notified")
        return {}
    _settle(row, task)
    if row.trigger != escalations.SLA or task.variables.get("raised"):
        _tell(session, task, row, roles=[row.supervisor])
    cases.log(session, complaint, "escalated", text=row.trigger, tier=row.tier, supervisor=row.supervisor, clock=row.clock)
    within = row.supervise_within or supervision.WITHIN[row.tier]
    level_up = action == LISTED and row.new_level is None and complaint.level < supervision.HIGHEST_LEVEL
    if level_up:
        row.new_level = complaint.level + 1
    return {
        "level_up": level_up,
        "new_level": row.new_level,
        "tier": row.tier,
        "supervisor": row.supervisor,
        "supervise_within": within,
        "supervise_for": supervision.duration(within),
        "extension_role": supervision.EXTENSION_BY_LEVEL[complaint.level][0],
    }


def _settle(row: Escalation, task: ServiceTask) -> None:
    """The tier never falls: the table gives one, an earlier round or a later trigger may have reached a higher one."""
    said = int(given.variable(task, "tier"))
    if said >= row.tier:
        row.tier, row.supervisor = said, str(given.variable(task, "supervisor"))
        event = row.trigger != escalations.SLA
        row.supervise_within = str(given.variable(task, "supervise_within")) if event else supervision.WITHIN[said]
    row.supervise_within = row.supervise_within or supervision.WITHIN[row.tier]


def _tell(session: Session, task: ServiceTask, row: Escalation, *, roles: Sequence[str]) -> None:
    clock_name, _, clock_key = (row.clock or "").partition("/")
    notifications.notify(
        session,
        given.complaint(session, task),
        roles=roles,
        template=LETTER,
        key=task.key,
        trigger=row.trigger,
        clock=clock_name,
        clock_key=clock_key,
        tier=row.tier,
        hours=(row.supervise_within or "").removesuffix("wh"),
    )


def raise_tier(session: Session, task: ServiceTask) -> Values:
    """Nobody decided in time: the next tier is asked; from 150 % on the late task goes to the supervisor's group."""
    row = _escalation(session, task)
    percent, late = _percent(row), supervised_tasks.late_task(session, row)
    if percent is not None and percent >= HAND_OVER and late is not None:
        supervised_tasks.offer(session, late, row.supervisor)
    tier = supervision.above(row.tier)
    if tier != row.tier:
        row.tier, row.supervisor, row.supervise_within = tier, supervision.SUPERVISORS[tier], supervision.WITHIN[tier]
    return {"raised": True, "pct": percent}


def cleared(session: Session, task: ServiceTask) -> Values:
    """What was late is done; the breach stays with the clock."""
    escalations.end(session, _escalation(session, task), end_element_id="end_cleared_late")
    return {}


def reassign(session: Session, task: ServiceTask) -> Values:
    """Give the case or the late task to the person the supervisor named; a take-over names the supervisor."""
    row, complaint = _escalation(session, task), given.complaint(session, task)
    by = people.actor_of(session, row.decided_by) if row.decided_by else SYSTEM
    reason = row.reason or row.instruction
    if row.new_owner:
        case_owners.change(session, complaint, row.new_owner, by=by.id, reason=reason)
        for one in supervised_tasks.of_owner(session, complaint):
            supervised_tasks.give(session, one, row.new_owner, by=by, reason=reason)
    late = supervised_tasks.late_task(session, row)
    if row.new_assignee and late is not None:  # done meanwhile: nothing is left to give
        supervised_tasks.give(session, late, row.new_assignee, by=by, reason=reason)
    escalations.end(session, row, end_element_id="end_reassigned")
    return {}


def raise_level(session: Session, task: ServiceTask) -> Values:
    """The level the supervisor asks for; grading itself is the business of whoever receives `case.regrade`."""
    row = _escalation(session, task)
    if row.new_level is None:
        raise HandlerFailed(topic=task.topic, reason="the supervisor named no level; ut_supervise asks for it")
    escalations.end(session, row, end_element_id="end_raised")
    return {"new_level": row.new_level}


def hold_payment(session: Session, task: ServiceTask) -> Values:
    """Nothing is paid from now on: `supervision.payment_held` says so until a later supervision decides otherwise."""
    row, complaint = _escalation(session, task), given.complaint(session, task)
    cases.log(session, complaint, "payment_held", by=row.decided_by or SYSTEM.id, text=row.instruction)
    escalations.end(session, row, end_element_id="end_continue")
    return {}


def _escalation(session: Session, task: ServiceTask) -> Escalation:
    row = session.get(Escalation, str(given.variable(task, "escalation_id")))
    if row is None:
        raise HandlerFailed(topic=task.topic, reason="the record of this escalation is gone")
    return row
