"""Forms of the case owner and of those who engage: acceptance, engagement, first response, preliminary reply (processes.md 2.5)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import case_owners, cases, contacts, dept_inputs, evidence, grading, investigations, proposals, sla
from processes.form_rules import solution_rules
from processes.form_rules.answers import account_problems, column, complaint_of, pairs, problem, text, unknown_departments
from processes.tables.cases import CaseEvent, Complaint
from processes.tables.investigation import Investigation
from processes.tables.people import Department

DECLINED = "declined"
OWNERS = ("case_owner", "case_owner_senior")
CALLS, CALL_DAYS = 3, 2  # so many failed calls on so many days count as a response
ON_CONTACT_UP_TO, ON_CONTACT_LEVEL = Decimal(200), 2


def check_accept(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A case is declined once; after that whoever was named takes it."""
    if values["accept"]:
        return ()
    complaint = complaint_of(session, task)
    before = select(CaseEvent.id).where(CaseEvent.complaint_id == complaint.id, CaseEvent.kind == DECLINED)
    if session.scalar(before.limit(1)) is not None:
        return (problem("ALREADY_DECLINED", "accept", "This case was declined once; accept it, or ask the complaint manager to move it."),)
    return ()


def record_accept(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The case has an owner who knows it; the investigation's time begins."""
    complaint, accept = complaint_of(session, task), bool(values["accept"])
    if not accept:
        cases.log(session, complaint, DECLINED, by=actor.id, text=text(values, "decline_reason"))
        return {"accept": False, "accepted": False}
    case_owners.change(session, complaint, actor.id, by=actor.id)
    complaint.accepted_at = clock.now()
    sla.stop(session, complaint, "C-ACCEPT")
    sla.start(session, complaint, "C-INVEST")
    cases.set_status(session, complaint, "ACCEPTED", by=actor.id)
    return {"accept": True, "accepted": True}


def check_assign_owner(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """The new owner handles complaints, and the case does not concern him or her."""
    return account_problems(session, complaint_of(session, task), str(values["new_owner"]), "new_owner", groups=OWNERS)


def record_assign_owner(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Somebody else has the case."""
    complaint = complaint_of(session, task)
    case_owners.change(session, complaint, str(values["new_owner"]), by=actor.id, reason=text(values, "instruction"))
    return {}


def _engaged(session: Session, task: UserTask, values: Values, actor: Actor, key: str) -> Complaint:
    complaint = complaint_of(session, task)
    sla.stop(session, complaint, "C-ENGAGE", key=key)
    joins = bool(values.get("joins_call"))
    cases.log(session, complaint, "engagement", by=actor.id, text=text(values, "instruction"), key=key, joins_call=joins)
    return complaint


def record_manager(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The manager of a department of the case is in."""
    _engaged(session, task, values, actor, "manager")
    return {}


def record_sponsor(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """An executive is in."""
    _engaged(session, task, values, actor, "exec")
    return {}


def check_kickoff(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A group has two at least; who is asked for input is in it."""
    group, asked = [str(one) for one in values.get("group") or []], [str(one) for one in values.get("inputs_from") or []]
    found: list[Problem] = []
    if len(group) < 2:
        found.append(problem("TOO_FEW", "group", "A group has at least two departments or people."))
    outside = [one for one in asked if one not in group]
    if outside:
        found.append(problem("NOT_IN_GROUP", "inputs_from", f"{', '.join(outside)} is asked but not in the group."))
    return [*found, *unknown_departments(session, asked, "inputs_from")]


def record_kickoff(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The departments of the group take part; those that are asked get a task each."""
    complaint = _engaged(session, task, values, actor, "kickoff")
    group = [str(one) for one in values["group"]]
    grading.involve(session, complaint, [one for one in group if session.get(Department, one) is not None])
    split = pairs(values.get("task_split"), "department", "text")
    cases.log(session, complaint, "kickoff", by=actor.id, group=group, meeting_at=values.get("meeting_at"), task_split=split)
    asked = [str(one) for one in values.get("inputs_from") or []]
    if asked:
        dept_inputs.request(session, complaint, asked, questions={code: str(what) for code, what in split.items()}, actor=actor)
    return {}


def check_first_response(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Reached, or tried often enough; settled on the spot only when it is small and within the standard."""
    if not values["reached"]:
        return _check_attempts(values)
    if not values.get("resolved_on_contact"):
        return ()
    complaint = complaint_of(session, task)
    if complaint.level > ON_CONTACT_LEVEL:
        return (problem("LEVEL", "resolved_on_contact", "Cases of level 3 and 4 are not settled on the first contact."),)
    found = [*solution_rules.problems(session, complaint, values)]
    found += evidence.problems(session, complaint, column(values.get("evidence"), "type"))
    if not found:
        found += solution_rules.within(session, complaint, values, at_most=ON_CONTACT_UP_TO)
    return found


def _check_attempts(values: Values) -> Sequence[Problem]:
    days = [str(attempt.get("at", ""))[:10] for attempt in values.get("attempts") or []]
    if len(days) >= CALLS and len(set(days)) >= CALL_DAYS:
        return ()
    message = f"Nobody was reached: {CALLS} attempts on {CALL_DAYS} different days count as a response. Save a draft and try again."
    return (problem("ATTEMPTS", "attempts", message),)


def record_first_response(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The customer has heard from a person; perhaps that was all it took."""
    complaint, now = complaint_of(session, task), clock.now()
    resolved = bool(values["reached"] and values.get("resolved_on_contact"))
    complaint.first_response_at = complaint.first_response_at or now
    complaint.demand_confirmed = text(values, "demand_confirmed")
    sla.stop(session, complaint, "C-FIRST")
    said = complaint.demand_confirmed or "-"
    channel = str(values["contact_channel"])
    contacts.record(session, complaint, said, direction="out", channel=channel, by=actor.id, reached=bool(values["reached"]))
    if resolved:
        _settle(session, complaint, values, actor)
    return {"resolved_on_contact": resolved}


def _settle(session: Session, complaint: Complaint, values: Values, actor: Actor) -> None:
    named = column(values.get("evidence"), "type")
    complaint.resolved_on_contact, complaint.founded, complaint.root_cause = True, "founded", text(values, "root_cause")
    found = Investigation(
        complaint_id=complaint.id,
        version=investigations.next_version(session, complaint),
        at=clock.now(),
        by=actor.id,
        facts_found=complaint.demand_confirmed,
        evidence=named,
        founded="founded",
        root_cause=complaint.root_cause,
    )
    session.add(found)
    evidence.note(session, complaint, named, by=actor.id)
    proposals.create(session, complaint, {**values, "rationale": "settled on the first contact"}, by=actor.id)


def record_prelim(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """T-PRELIM: what is known so far, and when there is more."""
    complaint = complaint_of(session, task)
    contacts.send(
        session, complaint, "T-PRELIM", key=task.id, by=actor.id, text=values["text"], next_date=solution_rules.day(values.get("next_date"))
    )
    complaint.prelim_at = clock.now()
    sla.stop(session, complaint, "C-PRELIM")
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_accept_case": FormRules(check=check_accept, record=record_accept),
    "ut_assign_owner": FormRules(check=check_assign_owner, record=record_assign_owner),
    "ut_manager_engage": FormRules(record=record_manager),
    "ut_exec_sponsor": FormRules(record=record_sponsor),
    "ut_crossdept_kickoff": FormRules(check=check_kickoff, record=record_kickoff),
    "ut_first_response": FormRules(check=check_first_response, record=record_first_response),
    "ut_prelim_reply": FormRules(record=record_prelim),
}
