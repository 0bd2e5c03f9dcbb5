"""Failed attempts, counted: who guesses at one account, one code or from one address has to wait longer and longer."""

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.errors import TooManyAttempts
from api.tables import SignInAttempt
from engine import clock

FAILURES_ALLOWED = {"account": 5, "code": 5, "address": 50}  # an office shares one address
FIRST_WAIT = timedelta(seconds=30)  # doubled with every failure after
LONGEST_WAIT = timedelta(minutes=15)
CODE_WAIT = timedelta(hours=1)  # processes.md 2.9: five tries per reference and hour
FORGOTTEN_AFTER = timedelta(hours=1)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def subject(kind: str, name: str) -> str:
    """What is counted of this kind (account, code, address) under this name; a digest, so no typed name is kept."""
    return digest(f"{kind} {name}")


def refuse_blocked(session: Session, subjects: dict[str, str]) -> None:
    """TooManyAttempts while one of these has to wait; kind -> subject."""
    now = clock.elapsed()
    rows = session.scalars(select(SignInAttempt.blocked_until).where(SignInAttempt.subject.in_(subjects.values())).with_for_update())
    until = max((blocked for blocked in rows if blocked is not None), default=now)
    if until > now:
        raise TooManyAttempts(seconds=int((until - now).total_seconds()) + 1)


def count(session: Session, subjects: dict[str, str]) -> None:
    """One more failure of each of these."""
    now = clock.elapsed()
    for kind, subject in subjects.items():
        attempt = session.get(SignInAttempt, subject) or SignInAttempt(subject=subject, failures=0, failed_at=now, blocked_until=None)
        attempt.failures = attempt.failures + 1 if now - attempt.failed_at < FORGOTTEN_AFTER else 1
        attempt.failed_at = now
        over = attempt.failures - FAILURES_ALLOWED[kind]
        attempt.blocked_until = now + _wait(kind, over) if over >= 0 else None
        session.add(attempt)


def _wait(kind: str, over: int) -> timedelta:
    return CODE_WAIT if kind == "code" else min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT)
