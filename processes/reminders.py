"""An approval that is late: who has it and who supervises it are told, in Redress and by mail."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.extensions import Candidates, ServiceTask, Values
from engine.tables import UserTask
from processes import candidates, money, notifications, people, roles, supervision
from processes.sla_time import ZONE
from processes.tables.cases import Compensation
from processes.tables.people import Account

TEMPLATE = "N-APPROVAL-OVERDUE"


def remind_approver(session: Session, task: ServiceTask) -> Values:
    """Tell the late approver, or the group that could take the task, and the supervisor of DMN-10."""
    claim = candidates.claim_of(session, task.instance_id)
    if claim is not None:
        for late in _open_approvals(session, task.instance_id):
            _tell(session, task, claim, late)
    return {}  # approved at the same moment: nothing is late any more


def _open_approvals(session: Session, instance_id: str) -> Sequence[UserTask]:
    open_ = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.state == "open")
    tasks = session.scalars(open_.options(selectinload(UserTask.candidates)))
    return [task for task in tasks if candidates.step_of(task) == candidates.APPROVE]


def _tell(session: Session, task: ServiceTask, claim: Compensation, late: UserTask) -> None:
    supervising = supervision.AT_BREACH[claim.complaint.level]
    for account, role in _recipients(session, claim, late, supervising.supervisor).items():
        key = f"{task.key}-{account.id}"
        values = _values(session, claim, late, supervising, locale=account.locale)
        letter = notifications.write(session, account, key=key, template=TEMPLATE, complaint=claim.complaint, role=role, values=values)
        notifications.mail_later(session, account, letter, key=key, root_id=task.root_id)


def _values(session: Session, claim: Compensation, late: UserTask, supervising: supervision.Supervision, *, locale: str) -> Values:
    assignee = session.get(Account, late.assignee) if late.assignee else None
    return {
        "reference": claim.complaint.reference,
        "level": claim.complaint.level,
        "requested": money.shown(claim.requested_amount),
        "role": roles.shown(candidates.role_of(late) or late.name, locale),
        "since": f"{late.created_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        "assignee": notifications.shown_name(assignee, locale) if assignee is not None else "",
        "tier": supervising.tier,
        "supervisor": roles.shown(supervising.supervisor, locale),
    }


def _recipients(session: Session, claim: Compensation, late: UserTask, supervisor: str) -> dict[Account, str]:
    """Whom to tell and as what. Who may not see the case is told nothing of it."""
    complaint = claim.complaint
    found = {late.assignee: "assignee"} if late.assignee else dict.fromkeys(_offered_to(session, late), "candidate")
    above = candidates.of_departments(session, complaint, Candidates(groups=[supervisor]))
    for account_id in (*above.users, *_members(session, above.groups)):
        found.setdefault(account_id, supervisor)
    wanted = [account_id for account_id in found if account_id not in complaint.excluded_users]
    accounts = session.scalars(select(Account).where(Account.id.in_(wanted), Account.active).order_by(Account.id))
    return {account: found[account.id] for account in accounts}


def _offered_to(session: Session, late: UserTask) -> list[str]:
    groups = [row.name for row in late.candidates if row.kind == "group"]
    users = [row.name for row in late.candidates if row.kind == "user"]
    excluded = {row.name for row in late.candidates if row.kind == "excluded"}
    return [account_id for account_id in (*users, *_members(session, groups)) if account_id not in excluded]


def _members(session: Session, groups: Sequence[str]) -> list[str]:
    return [account_id for members in people.members(session, groups).values() for account_id in members]
