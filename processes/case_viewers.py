"""Who may see a case: everybody of them in one statement, to suggest whom to mention and to tell nobody else of it."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.errors import ConflictOfInterest
from engine.tables import UserTask, UserTaskCandidate
from processes.tables.cases import Complaint
from processes.tables.people import Account, Membership

# The roles that read every case. Permissions of roles are the business of `api`; a test holds the two together.
READ_ALL = frozenset(
    {
        *("team_lead", "dept_manager", "complaint_manager", "executive", "general_manager", "auditor", "supervision_group"),
        *("process_owner", "ops"),
    }
)


def among(session: Session, complaint: Complaint, account_ids: Collection[str]) -> frozenset[str]:
    """Those of these accounts that may see the case."""
    return frozenset(session.scalars(_viewers(complaint, Account.id.in_(account_ids)).with_only_columns(Account.id)))


def like(session: Session, complaint: Complaint, text: str, *, limit: int) -> Sequence[Account]:
    """Those of them whose name or id has this in it, by name."""
    named = or_(*(column.icontains(text, autoescape=True) for column in (Account.id, Account.name, Account.name_zh)))
    return session.scalars(_viewers(complaint, named).order_by(func.lower(Account.name), Account.id).limit(limit)).all()


def _viewers(complaint: Complaint, wanted: ColumnElement[bool]) -> Select[Account]:
    in_group = exists().where(Membership.account_id == Account.id)
    sees = [
        Account.id.in_([one for one in (complaint.case_owner, complaint.registered_by) if one]),
        in_group.where(Membership.group.in_(READ_ALL)),
    ]
    mine = and_(UserTask.root_id == complaint.instance_id, UserTaskCandidate.user_task_id == UserTask.id)
    if complaint.instance_id is not None:
        parts = (UserTask.assignee, UserTask.owner, UserTask.completed_by)
        sees.append(exists().where(UserTask.root_id == complaint.instance_id, Account.id.in_(parts)))
        sees.append(exists().where(mine, UserTaskCandidate.kind == "user", UserTaskCandidate.name == Account.id))
        offered = exists().where(mine, UserTaskCandidate.kind == "group", UserTaskCandidate.name == Membership.group)
        sees.append(in_group.where(offered))
    barred = exists().where(
        mine, UserTaskCandidate.kind == "excluded", UserTaskCandidate.code == ConflictOfInterest.code, UserTaskCandidate.name == Account.id
    )
    return select(Account).where(Account.active, wanted, or_(*sees), ~barred, Account.id.not_in(complaint.excluded_users))
