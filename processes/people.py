"""Accounts and groups: who exists, who is in what, who stands in for whom."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.extensions import Actor
from processes.roles import ROLES
from processes.tables.people import Account, Department, DepartmentManager, Membership


def add_account(
    session: Session,
    id: str,
    *,
    name: str,
    name_zh: str | None = None,
    email: str | None = None,
    locale: str = "zh",
    department: str | None = None,
    manager_id: str | None = None,
    groups: Collection[str] = (),
) -> Account:
    """A new active account, in these groups."""
    account = Account(
        id=id, name=name, name_zh=name_zh, email=email, locale=locale, department=department, manager_id=manager_id, active=True
    )
    account.memberships = [Membership(account_id=id, group=group) for group in sorted(groups)]
    session.add(account)
    return account


def add_department(session: Session, code: str, *, name: str, name_zh: str | None = None) -> Department:
    """A new department; its managers are set with `set_managers`."""
    department = Department(code=code, name=name, name_zh=name_zh)
    session.add(department)
    return department


def set_managers(session: Session, department: str, *, manager: str, deputies: Sequence[str] = ()) -> None:
    """Name the manager of a department and those who stand in for him or her."""
    session.add(DepartmentManager(department=department, account_id=manager, kind="manager"))
    session.add_all(DepartmentManager(department=department, account_id=deputy, kind="deputy") for deputy in deputies)


def set_group(session: Session, group: str, account_ids: Sequence[str]) -> None:
    """Put these accounts into a group, in this order: it decides between equals."""
    for position, account_id in enumerate(account_ids):
        member = session.get(Membership, (account_id, group)) or Membership(account_id=account_id, group=group)
        member.position = position
        session.add(member)


def get(session: Session, account_id: str) -> Account:
    """The account, or NotFound."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(kind="account", id=account_id)
    return account


def named(session: Session, account_ids: Collection[str]) -> Mapping[str, Account]:
    """Those of these accounts that exist, by id, in one statement: what a list needs for its names."""
    return {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(account_ids)))}


def actor_of(session: Session, account_id: str) -> Actor:
    """The account as one who acts: with its name and all its groups."""
    account = get(session, account_id)
    groups = session.scalars(select(Membership.group).where(Membership.account_id == account_id))
    return Actor(id=account.id, name=account.name, groups=frozenset(groups))


def group_names(session: Session) -> Collection[str]:
    """Every group a task can be offered to: the roles, and those somebody was put into besides."""
    return frozenset({*ROLES, *session.scalars(select(Membership.group).distinct())})


def members(session: Session, groups: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The active accounts of each of these groups, by id; a group nobody is in has an empty list."""
    found: dict[str, list[str]] = {group: [] for group in groups}
    rows = session.execute(
        select(Membership.group, Account.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.group.in_(groups), Account.active)
        .order_by(Account.id)
    )
    for group, account_id in rows:
        found[group].append(account_id)
    return found


def managers(session: Session, departments: Collection[str]) -> list[str]:
    """Active managers and deputies of any of these departments, managers first."""
    rows = session.execute(
        select(Account.id, DepartmentManager.kind)
        .join(DepartmentManager, DepartmentManager.account_id == Account.id)
        .where(DepartmentManager.department.in_(departments), Account.active)
        .order_by(DepartmentManager.kind.desc(), Account.id)
    )
    return list(dict.fromkeys(account_id for account_id, _ in rows))


def managed_by(session: Session, account_id: str) -> frozenset[str]:
    """The codes of the departments this person manages, or stands in for the manager of."""
    return frozenset(session.scalars(select(DepartmentManager.department).where(DepartmentManager.account_id == account_id)))


def departments(session: Session) -> Sequence[Department]:
    """Every department, by its code."""
    return session.scalars(select(Department).order_by(Department.code)).all()


def active(session: Session, account_ids: Collection[str | None]) -> list[str]:
    """Those of these accounts that exist and may act, by id."""
    return list(
        session.scalars(select(Account.id).where(Account.id.in_([a for a in account_ids if a]), Account.active).order_by(Account.id))
    )


def everybody(session: Session) -> list[str]:
    """The ids of all active accounts."""
    return list(session.scalars(select(Account.id).where(Account.active).order_by(Account.id)))
