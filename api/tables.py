"""The tables of the door: passwords, tokens, browser sessions, failed attempts, answers already given.

Times here are real time (`clock.elapsed`): nothing that guards the door follows a moved business clock.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class Credential(Table):
    """The password of an account, as an argon2 hash."""

    __tablename__ = "credential"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class ApiToken(Table):
    """A bearer token. Only the SHA-256 of its 256 random bits is kept."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_account", "account_id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class BrowserSession(Table):
    """A signed-in browser. The cookie holds the secret, the row its SHA-256."""

    __tablename__ = "browser_session"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class PasswordLink(Table):
    """The one-time link by which somebody chooses a password. The link holds the secret, the row its SHA-256; one an account."""

    __tablename__ = "password_link"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInAttempt(Table):
    """Failed attempts in a row, per account and per address; `subject` is a digest, so no typed name is kept."""

    __tablename__ = "sign_in_attempt"
    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class IdempotencyRecord(Table):
    """The answer to a POST with an Idempotency-Key, given again for 24 hours. Stored with what the request did."""

    __tablename__ = "idempotency_record"
    __table_args__ = (Index("ix_idempotency_record_expires", "expires_at"),)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[str]
    body: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
