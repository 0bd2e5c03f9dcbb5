"""The accounts of the house for those who look after them: found, counted, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from engine.paging import Listing, Page, Query, page
from engine.tables import UserTask
from processes import cases, roles
from processes.tables.cases import Complaint
from processes.tables.people import Account, Department, Membership

LISTING = Listing(
    fields={"id": Account.id, "department": Account.department, "active": Account.active, "email": Account.email},
    sorts={"name": Account.name, "id": Account.id},
    id=Account.id,
    default_sort="name",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which accounts: `text` is looked for in id, names and address; `active` None is both."""

    text: str = ""
    active: bool | None = None
    group: str | None = None
    department: str | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group and how many active accounts are in it."""

    code: str
    members: int


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What would be left behind: open tasks assigned to somebody, open cases he or she owns."""

    tasks: int
    cases: int


def search(session: Session, wanted: Wanted, query: Query) -> Page[Account]:
    """One page, each account with its groups: two statements however long it is."""
    statement = select(Account).options(selectinload(Account.memberships)).where(*_conditions(wanted))
    return page(session, statement, query, listing=LISTING)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.active is not None:
        yield Account.active.is_(wanted.active)
    if wanted.department:
        yield Account.department == wanted.department
    if wanted.group:
        yield exists().where(Membership.account_id == Account.id, Membership.group == wanted.group)
    if wanted.text:
        columns = (Account.id, Account.name, Account.name_zh, Account.email)
        yield or_(*(column.icontains(wanted.text, autoescape=True) for column in columns))


def departments(session: Session) -> Sequence[Department]:
    """All of them, by code."""
    return session.scalars(select(Department).order_by(Department.code)).all()


def groups(session: Session) -> Sequence[Group]:
    """The groups the product knows, in its order, then those somebody was put into besides."""
    counted = select(Membership.group, func.count()).join(Account, Account.id == Membership.account_id).where(Account.active)
    sizes: Mapping[str, int] = dict(session.execute(counted.group_by(Membership.group)).all())
    own = sorted(set(session.scalars(select(Membership.group).distinct())) - set(roles.ROLES))
    known = [code for code in roles.ROLES if code != "complainant"]
    return [Group(code=code, members=sizes.get(code, 0)) for code in (*known, *own)]


def members(session: Session, group: str, query: Query) -> Page[Account]:
    """Who is in a group, page by page; inactive accounts too, for they come back with their groups."""
    return search(session, Wanted(group=group), query)


def holdings(session: Session, account_id: str) -> Holdings:
    """What somebody has in hand now."""
    tasks = select(func.count()).where(UserTask.assignee == account_id, UserTask.state == "open")
    owned = select(func.count()).where(Complaint.case_owner == account_id, Complaint.status != cases.CLOSED)
    return Holdings(tasks=session.scalar(tasks) or 0, cases=session.scalar(owned) or 0)
