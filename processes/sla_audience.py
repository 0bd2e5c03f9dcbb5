"""Whose work a deadline is: the open tasks it stands for, and who has them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.tables import UserTask
from processes import candidates, people
from processes.sla_targets import ENGAGEMENT, ENGAGEMENTS
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

ASSIGNEE = "assignee"  # the word of DMN-10
INTAKE = "intake_agent"

# the forms a clock waits for; C-RESOLVE and C-REG are about the whole case, so about its owner
TASKS: Mapping[str, Sequence[str]] = {
    "C-ACK": ("ut_register",),
    "C-TRIAGE": ("ut_triage", "ut_confirm_duplicate", "ut_confirm_inadmissible"),
    "C-ACCEPT": ("ut_accept_case", "ut_assign_owner"),
    "C-FIRST": ("ut_first_response", "ut_accept_case", "ut_assign_owner", "ut_triage"),
    "C-PRELIM": ("ut_prelim_reply",),
    "C-INVEST": ("ut_investigate",),
    "C-REVIEW": ("ut_review_solution",),
    "C-FEEDBACK": ("ut_result_feedback",),
    "C-VISIT": ("ut_visit_attempt",),
    "C-CLOSE": ("ut_close_archive",),
    "C-APPROVE": ("ut_approve",),
    "C-FINCHK": ("ut_finance_check",),
    "C-PAY": ("ut_collect_payee", "ut_sign_agreement", "ut_finance_prepare", "ut_finance_release", "ut_fix_payment", "ut_query_payment"),
    "C-MED-OPEN": ("ut_appoint_mediator", "ut_prepare_session", "ut_hold_session"),
    "C-MEDIATE": (
        *("ut_appoint_mediator", "ut_prepare_session", "ut_hold_session", "ut_draft_agreement", "ut_legal_check", "ut_sign"),
        *("ut_record_result", "ut_refer_external"),
    ),
    "C-SIGN": ("ut_legal_check", "ut_sign"),
    "C-CAPA-PLAN": ("ut_root_cause", "ut_plan", "ut_approve_plan"),
}


def tasks(session: Session, complaint: Complaint, row: SlaClock) -> list[UserTask]:
    """The open tasks of the case this clock waits for, the oldest first."""
    forms = (ENGAGEMENTS[row.key][1],) if row.clock == ENGAGEMENT and row.key in ENGAGEMENTS else TASKS.get(row.clock, ())
    if not forms:
        return []
    mine = select(UserTask).where(UserTask.business_key == complaint.reference, UserTask.state == "open", UserTask.form_key.in_(forms))
    found = session.scalars(mine.options(selectinload(UserTask.candidates)).order_by(UserTask.created_at, UserTask.id))
    return [task for task in found if not row.key or candidates.role_of(task) in (None, row.key)]


def task_id(session: Session, complaint: Complaint, row: SlaClock) -> str | None:
    """The task a supervisor may give to somebody else."""
    found = tasks(session, complaint, row)
    return found[0].id if found else None


def assignees(session: Session, complaint: Complaint, row: SlaClock) -> list[str]:
    """Who is to be told: who has the task, else who could take it, else the owner of the case, else intake."""
    open_tasks = tasks(session, complaint, row)
    having = [task.assignee for task in open_tasks if task.assignee]
    if having:
        return list(dict.fromkeys(having))
    if complaint.case_owner and not _is_for_others(row):
        return [complaint.case_owner]
    offered = [account for task in open_tasks for account in _offered_to(session, task)]
    if offered:
        return list(dict.fromkeys(offered))
    return [complaint.case_owner] if complaint.case_owner else list(people.members(session, [INTAKE])[INTAKE])


def _is_for_others(row: SlaClock) -> bool:
    """Work the owner of the case cannot do himself: a role's, finance's, a mediator's."""
    return bool(row.key) or row.clock in ("C-FINCHK", "C-PAY", "C-MED-OPEN", "C-MEDIATE", "C-SIGN", "C-VISIT", "C-CAPA-PLAN")


def _offered_to(session: Session, task: UserTask) -> list[str]:
    groups = [row.name for row in task.candidates if row.kind == "group"]
    users = [row.name for row in task.candidates if row.kind == "user"]
    excluded = {row.name for row in task.candidates if row.kind == "excluded"}
    members = [account for found in people.members(session, groups).values() for account in found]
    return [account for account in (*users, *members) if account not in excluded]
