"""The forms of escalation (processes.md P2): what a supervisor decides, meetings, and more time."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, task_rights
from engine.errors import NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import ProcessInstance, UserTask
from processes import (
    candidates,
    cases,
    contacts,
    escalations,
    notifications,
    people,
    sla,
    sla_rows,
    sla_time,
    supervised_tasks,
    supervision,
)
from processes.tables.cases import Approval, Compensation, Complaint
from processes.tables.people import Account
from processes.tables.supervision import Escalation, SlaClock

INSTRUCTED = frozenset({"continue_with_instructions", "stop_payment"})
OVER: Mapping[str, str] = {  # decisions that end the escalation with nothing more to do, and the end they lead to
    "continue_with_instructions": "end_continue",
    "refer_mediation": "end_mediation",
    "refer_external": "end_external",
}
OWNERS = frozenset({"case_owner", "case_owner_senior"})


def _escalation(session: Session, task: UserTask) -> Escalation:
    instance = session.get(ProcessInstance, task.instance_id)
    named = instance.variables.get("escalation_id") if instance is not None else None
    row = session.get(Escalation, named) if named else None
    if row is None:
        raise NotFound(kind="escalation for the process instance", id=task.instance_id)
    return row


def _asked(name: str, message: str) -> Problem:
    return Problem(code="REQUIRED", pointer=f"/{name}", message=message)


def _text(values: Values, name: str) -> str:
    return str(values.get(name) or "").strip()


def check_supervise(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """What the decision needs is there, and nobody is named who may not do it."""
    decision = values["decision"]
    row = _escalation(session, task)
    complaint = cases.get(session, row.complaint_id)
    if decision in INSTRUCTED and not _text(values, "instruction"):
        return (_asked("instruction", "Say what is to be done: without an instruction nothing changes."),)
    if decision == "raise_level":
        return _check_level(complaint, values)
    if decision == "reassign":
        return _check_people(session, row, complaint, values)
    if decision == "take_over":
        return _take_over_problems(session, row, complaint, actor)
    return ()


def _check_level(complaint: Complaint, values: Values) -> Sequence[Problem]:
    level = values.get("level")
    if level is None:
        return (_asked("level", "Name the new level."),)
    if int(level) <= complaint.level:
        message = f"The case has level {complaint.level} already; name a higher one. Only the complaint manager lowers a level."
        return (Problem(code="RANGE", pointer="/level", message=message),)
    return ()


def _check_people(session: Session, row: Escalation, complaint: Complaint, values: Values) -> Sequence[Problem]:
    owner, assignee = _text(values, "new_owner"), _text(values, "new_assignee")
    if not owner and not assignee:
        return (_asked("new_owner", "Name who takes the case, or who does the late task instead."),)
    problems = []
    if owner:
        problems.append(_person_problem(session, complaint, owner, "/new_owner") or _owner_problem(session, complaint, owner))
    if assignee:
        problems.append(_person_problem(session, complaint, assignee, "/new_assignee") or _task_problem(session, row, assignee))
    return [one for one in problems if one is not None]


def _person_problem(session: Session, complaint: Complaint, account_id: str, pointer: str) -> Problem | None:
    account = session.get(Account, account_id)
    if account is None or not account.active:
        return Problem(code="UNKNOWN", pointer=pointer, message=f"Nobody who works here has the account {account_id}.")
    if account_id in complaint.excluded_users:
        message = f"{account.name} is kept away from this case: it is about {account.name} or somebody close."
        return Problem(code="CONFLICT_OF_INTEREST", pointer=pointer, message=message)
    return None


def _owner_problem(session: Session, complaint: Complaint, account_id: str) -> Problem | None:
    """The owner of a case has approved nothing of it, and is one of those who own cases."""
    pointer, actor = "/new_owner", people.actor_of(session, account_id)
    if not OWNERS & actor.groups:
        return Problem(code="ROLE", pointer=pointer, message=f"{actor.name} owns no cases; name a case owner.")
    said = (
        select(Approval.id)
        .join(Compensation, Compensation.id == Approval.compensation_id)
        .where(Compensation.complaint_id == complaint.id, Approval.account == account_id, Approval.step != candidates.REVISE)
    )
    if session.scalar(said.limit(1)) is not None:
        message = f"{actor.name} decided about money in this case, and may not own it as well."
        return Problem(code="FOUR_EYES", pointer=pointer, message=message)
    return None


def _task_problem(session: Session, row: Escalation, account_id: str) -> Problem | None:
    """The late task is there, and this person may do it."""
    pointer = "/new_assignee"
    late = supervised_tasks.late_task(session, row)
    if late is None:
        return Problem(code="NO_TASK", pointer=pointer, message="There is no open late task to give away; name a new case owner instead.")
    actor = people.actor_of(session, account_id)
    refusal = task_rights.person_refusal(session, late, actor=actor)
    if refusal is None:
        return None
    return Problem(code=refusal.code, pointer=pointer, message=f"{actor.name} may not do this task: {refusal}")


def _take_over_problems(session: Session, row: Escalation, complaint: Complaint, actor: Actor) -> Sequence[Problem]:
    """A supervisor may take over what four eyes allow, whatever the role."""
    late = supervised_tasks.late_task(session, row)
    if late is None:
        return ()
    refusal = task_rights.person_refusal(session, late, actor=actor)
    if refusal is None or refusal.code not in ("FOUR_EYES", "CONFLICT_OF_INTEREST", "REVIEWER"):
        return ()
    return (Problem(code=refusal.code, pointer="/decision", message=f"You may not take this task over: {refusal}"),)


def record_supervise(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The decision; those concerned are told the instruction."""
    row, decision = _escalation(session, task), str(values["decision"])
    complaint = cases.get(session, row.complaint_id)
    row.decision, row.decided_by, row.decided_at = decision, actor.id, clock.now()
    row.instruction, row.reason = _text(values, "instruction") or None, _text(values, "reason") or None
    if decision == "reassign":
        row.new_owner, row.new_assignee = _text(values, "new_owner") or None, _text(values, "new_assignee") or None
    if decision == "take_over":
        late = supervised_tasks.late_task(session, row)
        row.new_owner, row.new_assignee = (None, actor.id) if late is not None else (actor.id, None)
    if decision == "raise_level":
        row.new_level = int(values["level"])
    if decision in OVER:
        escalations.end(session, row, end_element_id=OVER[decision])
    cases.log(session, complaint, "supervised", by=actor.id, text=row.instruction or row.reason, decision=decision, tier=row.tier)
    _tell(session, complaint, row, task)
    return {"escalation_decision": decision, "extension_role": supervision.EXTENSION_BY_LEVEL[complaint.level][0]}


def _tell(session: Session, complaint: Complaint, row: Escalation, task: UserTask) -> None:
    if row.instruction is None:
        return
    late = supervised_tasks.late_task(session, row)
    told = [one for one in (complaint.case_owner, late.assignee if late is not None else None) if one]
    notifications.notify(session, complaint, accounts=told, template="N-INSTRUCTION", key=task.id, text=row.instruction)


def check_meeting(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A meeting has at least two people."""
    if len(_people(values)) >= 2:
        return ()
    return (Problem(code="RANGE", pointer="/participants", message="A meeting has at least two people; write one in a line."),)


def _people(values: Values) -> list[str]:
    return [line.strip() for line in str(values.get("participants") or "").splitlines() if line.strip()]


def record_meeting(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The minutes; the supervisor decides after reading them."""
    row = _escalation(session, task)
    row.minutes = "\n\n".join(part for part in (row.minutes, _text(values, "minutes")) if part)
    complaint = cases.get(session, row.complaint_id)
    decisions = [
        {"text": one.get("text"), "owner": one.get("owner"), "due": str(one.get("due") or "")} for one in values.get("decisions") or ()
    ]
    cases.log(session, complaint, "meeting", by=actor.id, text=_text(values, "minutes"), participants=_people(values), decisions=decisions)
    return {}


def _extendable(session: Session, complaint: Complaint) -> SlaClock | None:
    running = sla_rows.running(session, complaint, sla.RESOLVE)
    return running[0] if running else None


def check_extension(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """More time is given once, and before the deadline is over."""
    if values["vote"] != "approve":
        return ()
    complaint = cases.by_reference(session, task.business_key or "")
    row = _extendable(session, complaint)
    if row is None or row.extended or sla_rows.is_over(row, clock.now()):
        message = "The deadline of this case cannot be extended: it does not run, is over, or was extended before."
        return (Problem(code="ALREADY_EXTENDED" if row is not None and row.extended else "TOO_LATE", pointer="/vote", message=message),)
    return ()


def record_extension(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The new date of C-RESOLVE, counted from its start, and T-HOLDING to the customer; an open escalation of ours ends."""
    complaint = cases.by_reference(session, task.business_key or "")
    if values["vote"] == "approve":
        running = _extendable(session, complaint)
        assert running is not None  # checked above
        days = sla_time.read(running.target).amount + supervision.EXTENSION_BY_LEVEL[complaint.level][1]
        extended = sla.extend(session, complaint, sla.RESOLVE, target=f"{days}wd")
        new_date = None if extended.held else extended.due  # the end of the pause decides it
        contacts.send(session, complaint, "T-HOLDING", key=task.id, by=actor.id, text=_text(values, "customer_text"), new_date=new_date)
    cases.log(session, complaint, "extension", by=actor.id, text=_text(values, "reason"), vote=values["vote"])
    if _is_ours(session, task):
        escalations.end(session, _escalation(session, task), end_element_id="end_continue")
    return {"extension_vote": values["vote"]}


def _is_ours(session: Session, task: UserTask) -> bool:
    instance = session.get(ProcessInstance, task.instance_id)
    return instance is not None and instance.definition_key == escalations.PROCESS


FORMS: Mapping[str, FormRules] = {
    "ut_supervise": FormRules(check=check_supervise, record=record_supervise),
    "ut_convene_meeting": FormRules(check=check_meeting, record=record_meeting),
    "ut_approve_extension": FormRules(check=check_extension, record=record_extension),
}
