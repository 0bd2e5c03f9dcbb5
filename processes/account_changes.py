"""What administrators do to accounts and groups. Each change is an operation with what was before and after."""

from dataclasses import fields
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from engine import operations
from engine.errors import Conflict, NotFound, RevisionChanged
from engine.extensions import Actor
from processes import account_fields, administrators, people
from processes.account_fields import Person
from processes.tables.people import Account, Membership


def get(session: Session, account_id: str) -> Account:
    """The account with its groups, or NotFound."""
    found = session.scalar(select(Account).where(Account.id == account_id).options(selectinload(Account.memberships)))
    if found is None:
        raise NotFound(kind="account", id=account_id)
    return found


def create(session: Session, account_id: str, person: Person, *, actor: Actor) -> Account:
    """A new active account. It cannot sign in before a password is chosen (`api.passwords`)."""
    account_fields.demand_id(session, account_id)
    account_fields.demand(session, account_id, person)
    given = {one.name: getattr(person, one.name) for one in fields(Person)}
    account = people.add_account(session, account_id, **given)
    session.flush()  # operations are written past the session
    operations.record(session, "account_create", actor=actor, subject=account, after=person.plain())
    return account


def change(session: Session, account_id: str, person: Person, *, revision: int, actor: Actor) -> Account:
    """Write what an administrator says now; `revision` is the one that was read."""
    administrators.lock(session)
    account = _locked(session, account_id, revision=revision)
    before = account_fields.of(account)
    account_fields.demand(session, account_id, person)
    if account_id == actor.id and person.groups - before.groups:
        raise administrators.OwnRoles()
    if person == before:
        return account
    for one in fields(Person):
        if one.name != "groups":
            setattr(account, one.name, getattr(person, one.name))
    _put_into(session, account, person.groups)
    account.revision += 1
    administrators.demand_one_left(session, but_for=account.id)
    operations.record(session, "account_change", actor=actor, subject=account, **_difference(before.plain(), person.plain()))
    return account


def _put_into(session: Session, account: Account, groups: frozenset[str]) -> None:
    """Rows that stay keep their place in the order of the group, which decides between equals; who is new comes last."""
    held = {row.group for row in account.memberships}
    session.execute(delete(Membership).where(Membership.account_id == account.id, Membership.group.in_(held - groups)))
    new = sorted(groups - held)
    last = dict(
        session.execute(
            select(Membership.group, func.max(Membership.position)).where(Membership.group.in_(new)).group_by(Membership.group)
        ).all()
    )
    session.add_all(Membership(account_id=account.id, group=group, position=last.get(group, -1) + 1) for group in new)
    session.flush()  # read again as it is now
    session.expire(account, ["memberships"])
    session.refresh(account, ["memberships"])


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = [name for name in before if before[name] != after[name]]
    return {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}


def set_active(session: Session, account_id: str, *, active: bool, reason: str | None, actor: Actor) -> Account:
    """Let somebody in again, or no longer. Their name stays where they did something; their tasks stay until given to others."""
    administrators.lock(session)
    account = _locked(session, account_id)
    if account.active == active:
        raise Conflict(reason="the account is active already" if active else "the account is inactive already")
    account.active = active
    account.revision += 1
    administrators.demand_one_left(session, but_for=account.id)
    kind = "account_reactivate" if active else "account_deactivate"
    operations.record(session, kind, actor=actor, subject=account, reason=reason, before={"active": not active}, after={"active": active})
    return account


def add_member(session: Session, group: str, account_id: str, *, actor: Actor) -> Account:
    """Put somebody into a group; who is in it already stays."""
    account = get(session, account_id)
    person = account_fields.of(account)
    wanted = Person(**{**_values(person), "groups": person.groups | {group}})
    return change(session, account_id, wanted, revision=account.revision, actor=actor)


def remove_member(session: Session, group: str, account_id: str, *, actor: Actor) -> Account:
    """Take somebody out of a group; NotFound for who is not in it."""
    account = get(session, account_id)
    person = account_fields.of(account)
    if group not in person.groups:
        raise NotFound(kind="member", id=account_id)
    wanted = Person(**{**_values(person), "groups": person.groups - {group}})
    return change(session, account_id, wanted, revision=account.revision, actor=actor)


def _values(person: Person) -> dict[str, Any]:
    return {one.name: getattr(person, one.name) for one in fields(Person)}


def _locked(session: Session, account_id: str, *, revision: int | None = None) -> Account:
    asked = select(Account).where(Account.id == account_id).with_for_update(of=Account).options(selectinload(Account.memberships))
    account = session.scalar(asked.execution_options(populate_existing=True))
    if account is None:
        raise NotFound(kind="account", id=account_id)
    if revision is not None and account.revision != revision:
        raise RevisionChanged()
    return account
