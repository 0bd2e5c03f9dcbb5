"""Who may do a task of a case: the engine asks when a task opens and keeps the answer in rows.

Two rules no diagram can lift: who a complaint is about never sees its tasks, and nobody holds two of {requester, case
owner, approver n, finance} on one claim (DMN-09b).
"""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import ConflictOfInterest, FourEyes
from engine.extensions import Candidates
from engine.tables import ProcessInstance, UserTask
from processes import people
from processes.tables.cases import Approval, Compensation, Complaint

APPROVE = "ut_approve"
REVISE = "ut_revise_claim"
FINANCE = "ut_finance_check"
LEGAL = "ut_legal_opinion"


def candidates(session: Session, task: UserTask, declared: Candidates) -> Candidates:
    """What the diagram declares, narrowed by the case the task belongs to."""
    complaint = complaint_of(session, task.business_key)
    if complaint is None:
        return declared
    narrowed = of_departments(session, complaint, declared)
    claim = claim_of(session, task.instance_id)
    if claim is not None and step_of(task) == REVISE:
        narrowed = replace(narrowed, users=people.active(session, (claim.requester, complaint.case_owner)))
    excluded = dict.fromkeys(_second_hands(session, task, claim), FourEyes.code) if claim is not None else {}
    excluded |= dict.fromkeys(complaint.excluded_users, ConflictOfInterest.code)
    return replace(narrowed, excluded={**declared.excluded, **excluded})


def complaint_of(session: Session, reference: str | None) -> Complaint | None:
    """The case with this number; None for tasks that belong to no case."""
    return session.scalar(select(Complaint).where(Complaint.reference == reference)) if reference else None


def claim_of(session: Session, instance_id: str) -> Compensation | None:
    """The claim an instance of compensation_approval decides. Its variables name it, also before the claim knows the instance."""
    instance = session.get(ProcessInstance, instance_id)
    claim_id = instance.variables.get("compensation_id") if instance is not None else None
    return session.get(Compensation, claim_id) if isinstance(claim_id, str) else None


def step_of(task: UserTask) -> str:
    """Which step of an approval a task is: its form, so that a second task with the same form has the same rules."""
    return task.form_key or task.element_id


def role_of(task: UserTask) -> str | None:
    """The role an approval task waits for: the entry of the chain it was opened for."""
    value = task.item.get("value") if task.item else None
    return value if isinstance(value, str) else None


def of_departments(session: Session, complaint: Complaint, declared: Candidates) -> Candidates:
    """`dept_manager` means those of the departments of the case; where none is named, the whole group."""
    if "dept_manager" not in declared.groups:
        return declared
    departments = {complaint.owner_department, *complaint.involved_departments} - {None}
    managers = people.managers(session, [code for code in departments if code])
    if not managers:
        return declared
    others = [group for group in declared.groups if group != "dept_manager"]
    return replace(declared, groups=others, users=[*declared.users, *managers])


def _second_hands(session: Session, task: UserTask, claim: Compensation) -> set[str]:
    """Who already holds another part of this claim than the one this task gives."""
    step, role = step_of(task), role_of(task)
    if step not in (APPROVE, FINANCE, REVISE):
        return set()
    said = session.scalars(select(Approval).where(Approval.compensation_id == claim.id, Approval.step != LEGAL))
    # The same part again, after a return, is no second part: the executive who sent a claim back may approve the better one.
    held = {one.account for one in said if one.step != step or (step == APPROVE and one.role != role)}
    if step != REVISE:
        held |= {claim.requester, claim.complaint.case_owner or claim.requester}
    return held
