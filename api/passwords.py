"""Choosing a password: one's own anew, or the first one by a link that works once.

An administrator never knows anybody's password: a link is handed over, whoever opens it chooses. Making one ends the
password there was, every session and every token.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import accounts, throttle
from api.accounts import Issued
from api.errors import LinkOver, OwnLink
from api.tables import Credential, PasswordLink
from engine import clock, operations
from engine.database import Database, reading, unit_of_work
from engine.errors import Conflict, Invalid, Problem
from engine.extensions import Actor
from processes import people
from processes.tables.people import Account

LINK_HOURS = 24


def prove(database: Database, account_id: str, *, password: str, address: str) -> None:
    """Somebody who is signed in shows that it is still the same person. Invalid for a wrong password, which is counted as
    at the door; TooManyAttempts after some of them."""
    subjects = {"account": throttle.subject("account", account_id), "address": throttle.subject("address", address)}
    with reading(database) as session:
        throttle.refuse_blocked(session, subjects)
        known = session.scalar(select(Credential.password_hash).where(Credential.account_id == account_id))
    if accounts.verified(known or accounts.nobodys_hash(), password) and known is not None:
        return
    with unit_of_work(database) as session:
        throttle.refuse_blocked(session, subjects)
        throttle.count(session, subjects)
    raise Invalid(problems=[Problem(code="WRONG_PASSWORD", message="This is not your password.", pointer="/current_password")])


def change_own(session: Session, account_id: str, *, password_hash: str, actor: Actor) -> None:
    """The new password, made by `accounts.hashed`, after `prove`. Every session and token ends, this one too."""
    account = people.get(session, account_id)
    accounts.set_password(session, account_id, password_hash=password_hash)
    operations.record(session, "password_change", actor=actor, subject=account)


def issue_link(session: Session, account_id: str, *, actor: Actor) -> Issued:
    """A link that works once within a day; the one before, the password and every session and token end now."""
    if account_id == actor.id:
        raise OwnLink()
    account = people.get(session, account_id)
    if not account.active:
        raise Conflict(reason="the account is inactive")
    issued = accounts.fresh(LINK_HOURS)
    for row in (session.get(Credential, account_id), session.get(PasswordLink, account_id)):
        if row is not None:
            session.delete(row)
    session.flush()  # the row before is gone before its successor with the same key comes
    accounts.sign_out_everywhere(session, account_id)
    session.add(
        PasswordLink(
            account_id=account_id,
            sha256=throttle.digest(issued.secret),
            created_by=actor.id,
            created_at=clock.elapsed(),
            expires_at=issued.expires_at,
        )
    )
    operations.record(session, "password_reset", actor=actor, subject=account)
    return issued


def behind_link(session: Session, secret: str) -> Account:
    """Whose password this link chooses; LinkOver when it is over."""
    return people.get(session, _link(session, secret).account_id)


def redeem(database: Database, secret: str, *, password: str, address: str) -> str:
    """Choose the password the link is for: gives the account. LinkOver, Invalid (the password), TooManyAttempts."""
    guessed = {"address": throttle.subject("address", address)}
    try:
        with reading(database) as session:
            throttle.refuse_blocked(session, guessed)
            behind_link(session, secret)
    except LinkOver:
        with unit_of_work(database) as session:
            throttle.count(session, guessed)
        raise
    password_hash = accounts.hashed(password)
    with unit_of_work(database) as session:
        link = _link(session, secret)
        account = people.get(session, link.account_id)
        accounts.set_password(session, account.id, password_hash=password_hash)
        session.delete(link)
        operations.record(session, "password_change", actor=Actor(id=account.id, name=account.name), subject=account)
        return account.id


def _link(session: Session, secret: str) -> PasswordLink:
    wanted = select(PasswordLink).join(Account, Account.id == PasswordLink.account_id)
    wanted = wanted.where(PasswordLink.sha256 == throttle.digest(secret), PasswordLink.expires_at > clock.elapsed(), Account.active)
    found = session.scalar(wanted.with_for_update(of=PasswordLink))
    if found is None:
        raise LinkOver()
    return found
