"""Signing in: passwords, bearer tokens, browser sessions, and the throttle before them.

An unknown account and a wrong password get the same answer after the same work. Failures are counted per account and
per address in the transaction that judges them, so guesses sent at once count one after the other.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Connection, FromClause, Select, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api import permissions, throttle
from api.errors import NotSignedIn, SignInFailed, TooManyAttempts
from api.tables import ApiToken, BrowserSession, Credential, IdempotencyRecord, SignInAttempt
from engine import clock, prepared
from engine.database import Database, reading, unit_of_work
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from processes import deputies, notifications
from processes.tables.people import Account, Membership

TOKEN_BYTES = 32  # 256 random bits
PASSWORD_LENGTH = (10, 200)  # NIST SP 800-63B: length is what counts; the upper bound keeps hashing short
REGISTRATIONS_ALLOWED = {"hour": 100}  # from one address without an account: a branch has a terminal, a village one address
UPLOADED_MEGABYTES_ALLOWED = {"hour": 1000}  # of files, from one address without an account

digest = throttle.digest
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # argon2id as the OWASP cheat sheet asks at least


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who stands behind a request. `credential` is the id of the token or the digest of the session they came with.

    What every page shows comes along where somebody came with a session: the `unread` notifications, the id of the `newest`,
    and whether somebody's absence `concerned` them now.
    """

    actor: Actor
    name_zh: str | None
    locale: str
    credential: str
    expires_at: datetime
    time_zone: str | None = None
    theme: str | None = None
    keyboard: bool = True
    unread: int = 0
    newest: str | None = None
    concerned: bool = False

    def may(self, permission: str) -> bool:
        """Does any of their roles have this permission?"""
        return permissions.may(self.actor, permission)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A fresh secret, shown once."""

    secret: str
    expires_at: datetime


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """What is compared with where there is nothing to compare with: the same work."""
    return _hasher.hash(secrets.token_urlsafe(TOKEN_BYTES))


def hashed(password: str) -> str:
    """The argon2 hash of a new password; slow on purpose, so never inside a write transaction."""
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        message = f"A password has {shortest} to {longest} characters."
        raise Invalid(problems=[Problem(code="PASSWORD_LENGTH", message=message, pointer="/password")])
    return _hasher.hash(password)


def set_password(session: Session, account_id: str, *, password_hash: str) -> None:
    """Store a password made by `hashed`; whoever was signed in with the old one is signed out."""
    credential = session.get(Credential, account_id)
    if credential is None:
        session.add(Credential(account_id=account_id, password_hash=password_hash, changed_at=clock.elapsed()))
        return
    credential.password_hash, credential.changed_at = password_hash, clock.elapsed()
    sign_out_everywhere(session, account_id)


def sign_out_everywhere(session: Session, account_id: str) -> None:
    """End every browser session and every token of an account, at once."""
    for kind in (ApiToken, BrowserSession):
        session.execute(delete(kind).where(kind.account_id == account_id))


def sign_in_for_token(database: Database, *, account_id: str, password: str, address: str, name: str, hours: int) -> Issued:
    """A bearer token for the right password; SignInFailed or TooManyAttempts otherwise."""
    issued = fresh(hours)
    token = ApiToken(
        sha256=digest(issued.secret), account_id=account_id, name=name, created_at=clock.elapsed(), expires_at=issued.expires_at
    )
    _sign_in(database, token, account_id=account_id, password=password, address=address)
    return issued


def sign_in_for_session(database: Database, *, account_id: str, password: str, address: str, hours: int) -> Issued:
    """A browser session for the right password; SignInFailed or TooManyAttempts otherwise."""
    issued = fresh(hours)
    row = BrowserSession(sha256=digest(issued.secret), account_id=account_id, created_at=clock.elapsed(), expires_at=issued.expires_at)
    _sign_in(database, row, account_id=account_id, password=password, address=address)
    return issued


def issue_token(session: Session, account_id: str, *, name: str, hours: int) -> Issued:
    """A bearer token for somebody who needs no password here: a service, a scenario that is played."""
    issued = fresh(hours)
    session.add(
        ApiToken(sha256=digest(issued.secret), account_id=account_id, name=name, created_at=clock.elapsed(), expires_at=issued.expires_at)
    )
    return issued


def issue_session(session: Session, account_id: str, *, hours: int) -> Issued:
    """A browser session for somebody who has just shown who it is, as the one before ended with the old password."""
    issued = fresh(hours)
    now = clock.elapsed()
    session.add(BrowserSession(sha256=digest(issued.secret), account_id=account_id, created_at=now, expires_at=issued.expires_at))
    return issued


def guarded(database: Database, *, subject: str, address: str, right: Callable[[Session], bool]) -> bool:
    """Whether the code somebody gave is the right one. Five wrong ones, and the subject is closed for an hour; an address
    that guesses at many subjects waits as it does for passwords."""
    subjects = {"code": throttle.subject("code", subject), "address": throttle.subject("address", address)}
    with unit_of_work(database) as session:
        throttle.refuse_blocked(session, subjects)
        if right(session):
            return True
        throttle.count(session, subjects)
    return False


def count_registration(session: Session, *, address: str) -> None:
    """A complaint without an account comes in from this address. Raises TooManyAttempts when there were too many within an hour."""
    _count_in_hour(session, throttle.subject("registration", address), 1, allowed=REGISTRATIONS_ALLOWED["hour"])


def count_upload(session: Session, *, address: str, megabytes: int) -> None:
    """Files come in from this address without an account. Raises TooManyAttempts when there were too many within an hour."""
    _count_in_hour(session, throttle.subject("upload", address), megabytes, allowed=UPLOADED_MEGABYTES_ALLOWED["hour"])


def _count_in_hour(session: Session, subject: str, more: int, *, allowed: int) -> None:
    now = clock.elapsed()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(SignInAttempt).values(subject=subject, failures=0, failed_at=now, blocked_until=None)
    session.execute(row.on_conflict_do_nothing(index_elements=["subject"]))
    hour = session.get_one(SignInAttempt, subject, with_for_update=True, populate_existing=True)
    if now - hour.failed_at >= throttle.FORGOTTEN_AFTER:
        hour.failures, hour.failed_at = 0, now
    if hour.failures + more > allowed:
        raise TooManyAttempts(seconds=int((hour.failed_at + throttle.FORGOTTEN_AFTER - now).total_seconds()) + 1)
    hour.failures += more


def fresh(hours: int) -> Issued:
    """A secret nobody knows yet."""
    return Issued(secret=secrets.token_urlsafe(TOKEN_BYTES), expires_at=clock.elapsed() + timedelta(hours=hours))


def _sign_in(database: Database, row: ApiToken | BrowserSession, *, account_id: str, password: str, address: str) -> None:
    subjects = {"account": throttle.subject("account", account_id), "address": throttle.subject("address", address)}
    with reading(database) as session:
        throttle.refuse_blocked(session, subjects)
        known = session.scalar(
            select(Credential.password_hash)
            .join(Account, Account.id == Credential.account_id)
            .where(Account.id == account_id, Account.active)
        )
    right = verified(known or nobodys_hash(), password) and known is not None
    with unit_of_work(database) as session:
        throttle.refuse_blocked(session, subjects)  # again: others may have guessed while this one was hashed
        if right:
            _forget(session, subjects["account"])
            session.add(row)
        else:
            throttle.count(session, subjects)
    if not right:
        raise SignInFailed()


def verified(password_hash: str, password: str) -> bool:
    """Is it the password behind this hash? Slow on purpose."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _forget(session: Session, subject: str) -> None:
    """A good moment to sweep: signing in is rare, and what expired is of no use to anybody."""
    now = clock.elapsed()
    old = SignInAttempt.failed_at < now - throttle.FORGOTTEN_AFTER
    session.execute(delete(SignInAttempt).where((SignInAttempt.subject == subject) | old))
    for kind in (ApiToken, BrowserSession, IdempotencyRecord):
        session.execute(delete(kind).where(kind.expires_at < now))


def _who(credential: FromClause, id_: str, *also: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The account behind a live token or session with its groups, a row a group. Built once: it runs with every request."""
    account, membership = Account.__table__, Membership.__table__
    rows = credential.join(account, account.c.id == credential.c.account_id)
    rows = rows.outerjoin(membership, membership.c.account_id == account.c.id)
    person = (account.c.id, account.c.name, account.c.name_zh, account.c.locale, account.c.time_zone, account.c.theme, account.c.keyboard)
    wanted = (credential.c.sha256 == bindparam("sha256"), credential.c.expires_at > bindparam("elapsed"), account.c.active)
    return select(credential.c[id_], credential.c.expires_at, membership.c.group, *person, *also).select_from(rows).where(*wanted)


_BY_TOKEN = _who(ApiToken.__table__, "id")
_BY_SESSION = _who(
    BrowserSession.__table__,
    "sha256",
    *notifications.unread_of(Account.__table__.c.id),
    deputies.concerned(Account.__table__.c.id),
)


def by_token(connection: Connection, secret: str) -> SignedIn:
    """Who holds this token, with all their groups, in one statement; NotSignedIn for anybody else."""
    who, _ = _found(connection, _BY_TOKEN, {"sha256": digest(secret)})
    return who


def by_session(connection: Connection, secret: str) -> SignedIn:
    """Whose browser session this is, and what the frame of a page shows them, in one statement; NotSignedIn for anybody else."""
    who, (unread, newest, concerned) = _found(connection, _BY_SESSION, {"sha256": digest(secret), "now": clock.now()})
    return replace(who, unread=unread, newest=newest, concerned=bool(concerned))


def _found(connection: Connection, statement: Select[*tuple[Any, ...]], given: Mapping[str, Any]) -> tuple[SignedIn, Sequence[Any]]:
    rows = prepared.ask(connection, statement, **given, elapsed=clock.elapsed())
    if not rows:
        raise NotSignedIn()
    credential, expires_at, _, id_, name, name_zh, locale, time_zone, theme, keyboard, *also = rows[0]
    groups = frozenset(row[2] for row in rows if row[2] is not None)
    actor = Actor(id=id_, name=name, groups=groups)
    of_person = {"name_zh": name_zh, "locale": locale, "time_zone": time_zone, "theme": theme, "keyboard": keyboard}
    return SignedIn(actor=actor, credential=credential, expires_at=expires_at, **of_person), also


def sign_out(session: Session, who: SignedIn) -> None:
    """End what the person came with: at once, for tokens and sessions are read with every request."""
    session.execute(delete(ApiToken).where(ApiToken.id == who.credential))
    session.execute(delete(BrowserSession).where(BrowserSession.sha256 == who.credential))
