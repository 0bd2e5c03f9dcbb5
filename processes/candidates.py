"""Who may do a task of a case: the engine asks when a task opens and keeps the answer in rows (processes.md 2.2a).

Two rules no diagram can lift: who a complaint is about never sees its tasks, and nobody holds two of {requester, case
owner, approver n, finance preparer, finance releaser} on one claim (DMN-09b).
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definitions, offers
from engine.errors import ConflictOfInterest, FourEyes, Reviewer
from engine.extensions import Candidates
from engine.tables import ProcessInstance, UserTask, UserTaskCandidate
from processes import deputies, people
from processes.tables.cases import Approval, Compensation, Complaint
from processes.tables.investigation import Investigation, Proposal
from processes.tables.payments import Payment
from processes.tables.people import Account, Membership

APPROVE = "ut_approve"
REVISE = "ut_revise_claim"
FINANCE = "ut_finance_check"
LEGAL = "ut_legal_opinion"
PREPARE = "ut_finance_prepare"
RELEASE = "ut_finance_release"
REVIEW = "ut_review_solution"
VISIT = "ut_visit_attempt"
OWNER, DUTY, MANAGER, HANDLER = "case_owner", "duty", "dept_manager", "dept_handler"


def candidates(session: Session, task: UserTask, declared: Candidates) -> Candidates:
    """What the diagram declares, narrowed by the case the task belongs to; who stands in for any of them may do it, too."""
    complaint = complaint_of(session, task.business_key)
    answer = declared if complaint is None else _of_case(session, task, complaint, declared)
    return deputies.passed_on(session, task, lanes=declared.groups, answer=answer)


def _of_case(session: Session, task: UserTask, complaint: Complaint, declared: Candidates) -> Candidates:
    narrowed = of_owner(complaint, of_departments(session, complaint, declared))
    narrowed = _of_item(session, task, narrowed)
    claim = claim_of(session, task.instance_id)
    if claim is not None and step_of(task) == REVISE:
        narrowed = replace(narrowed, users=people.active(session, (claim.requester, complaint.case_owner)))
    excluded = dict.fromkeys(_reviewed_by(session, task, complaint), Reviewer.code)
    excluded |= dict.fromkeys(_second_hands(session, task, claim), FourEyes.code) if claim is not None else {}
    if step_of(task) == VISIT and complaint.case_owner:
        excluded[complaint.case_owner] = FourEyes.code
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


def of_owner(complaint: Complaint, declared: Candidates) -> Candidates:
    """`case_owner` means the owner of this case, and whoever is on duty; nobody's case is anybody's."""
    if OWNER not in declared.groups or not complaint.case_owner:
        return declared
    others = [group for group in declared.groups if group != OWNER]
    return replace(declared, groups=[*others, DUTY], users=[*declared.users, complaint.case_owner])


def of_departments(session: Session, complaint: Complaint, declared: Candidates) -> Candidates:
    """`dept_manager` means those of the departments of the case; where none is named, the whole group."""
    if MANAGER not in declared.groups:
        return declared
    departments = {complaint.owner_department, *complaint.involved_departments} - {None}
    managers = people.managers(session, [code for code in departments if code])
    if not managers:
        return declared
    others = [group for group in declared.groups if group != MANAGER]
    return replace(declared, groups=others, users=[*declared.users, *managers])


def _of_item(session: Session, task: UserTask, declared: Candidates) -> Candidates:
    """`dept_handler` means those of the department the task is for; an action is its owner's besides."""
    if HANDLER not in declared.groups:
        return declared
    item: Any = task.item.get("value") if task.item else None
    department, owner = (item.get("department"), item.get("owner")) if isinstance(item, dict) else (item, None)
    users = [*declared.users, *handlers_of(session, department), *([owner] if owner else [])]
    if not users:
        return declared
    return replace(declared, groups=[group for group in declared.groups if group != HANDLER], users=list(dict.fromkeys(users)))


def handlers_of(session: Session, department: str | None) -> list[str]:
    """Who handles matters of this department; where nobody has that role, everybody who works there."""
    if not department:
        return []
    there = select(Account.id).where(Account.department == department, Account.active).order_by(Account.id)
    handling = there.join(Membership, Membership.account_id == Account.id).where(Membership.group == HANDLER)
    found = list(session.scalars(handling))
    return found or list(dict.fromkeys([*people.managers(session, [department]), *session.scalars(there)]))


def _reviewed_by(session: Session, task: UserTask, complaint: Complaint) -> set[str]:
    """Who may not review a solution: its author, and the investigator whose finding it rests on."""
    if step_of(task) != REVIEW:
        return set()
    authors = select(Proposal.created_by).where(Proposal.complaint_id == complaint.id)
    found = select(Investigation.by).where(Investigation.complaint_id == complaint.id)
    authors = authors.order_by(Proposal.version.desc()).limit(1)
    found = found.order_by(Investigation.version.desc()).limit(1)
    return {one for one in (session.scalar(authors), session.scalar(found), complaint.case_owner) if one}


def _second_hands(session: Session, task: UserTask, claim: Compensation) -> set[str]:
    """Who already holds another part of this claim than the one this task gives."""
    step, role = step_of(task), role_of(task)
    if step in (PREPARE, RELEASE):
        return _second_payers(session, claim, step)
    if step not in (APPROVE, FINANCE, REVISE):
        return set()
    said = session.scalars(select(Approval).where(Approval.compensation_id == claim.id, Approval.step != LEGAL))
    # The same part again, after a return, is no second part: the executive who sent a claim back may approve the better one.
    held = {one.account for one in said if one.step != step or (step == APPROVE and one.role != role)}
    if step != REVISE:
        held |= {claim.requester, claim.complaint.case_owner or claim.requester}
    return held


def _second_payers(session: Session, claim: Compensation, step: str) -> set[str]:
    """Neither who asked for the money nor who approved it pays it; who prepares a payment does not release it."""
    approved = select(Approval.account).where(Approval.compensation_id == claim.id, Approval.step == APPROVE)
    held = {claim.requester, claim.complaint.case_owner or claim.requester, *session.scalars(approved)}
    other = Payment.prepared_by if step == RELEASE else Payment.released_by
    paid = session.scalars(select(other).where(Payment.compensation_id == claim.id, other.is_not(None)))
    return held | {account for account in paid if account}


def refresh(session: Session, complaint: Complaint, *, before: str | None = None) -> None:
    """The people of the case have changed: ask again for every open task. Tasks of the former owner are the new owner's."""
    mine = select(UserTask).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
    for task in session.scalars(mine).all():
        rows = session.scalars(select(UserTaskCandidate).where(UserTaskCandidate.user_task_id == task.id)).all()
        declared = _declared_again(session, task, [row.name for row in rows if row.kind == "group"])
        if declared is None:
            continue
        if OWNER in declared.groups and before is not None and task.assignee == before:
            task.assignee = task.claimed_at = task.owner = None
            task.revision += 1
        answer = candidates(session, task, declared)
        offers.offer_anew(session, task, answer)


def _declared_again(session: Session, task: UserTask, groups: list[str]) -> Candidates | None:
    """What the diagram declared for a task; expressions are read back from what they gave."""
    element = definitions.diagram(session, task.definition_id).elements.get(task.element_id)
    drawn = element.candidate_groups if element is not None else ()
    if element is not None and drawn and not any(group.startswith("=") for group in drawn):
        return Candidates(groups=list(drawn), users=[one for one in element.candidate_users if not one.startswith("=")])
    if DUTY in groups:
        return Candidates(groups=[OWNER, *(group for group in groups if group != DUTY)])
    role = role_of(task)
    if role is not None:
        return Candidates(groups=[role])
    return Candidates(groups=groups) if groups else None
