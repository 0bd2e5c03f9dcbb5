"""The doors to the outside world: what is behind them can be away, and every call may come twice with the same key."""

import os
import re
import smtplib
import tempfile
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from engine import clock

SMTP_TIMEOUT_SECONDS = 20


class MailFailed(Exception):
    """The letter was not sent; the text says why, and what to look at."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter on its way. `key` is the same for every try: the other side drops what it already has."""

    key: str
    to: str
    subject: str
    text: str


class MailPort(Protocol):
    """Takes letters. Raises MailFailed; a letter with a key it already took replaces the first or is dropped."""

    def send(self, mail: Mail) -> None: ...


def message(mail: Mail, *, sender: str) -> EmailMessage:
    """The letter as an e-mail; its Message-ID is made from the key."""
    written = EmailMessage()
    written["From"] = sender
    written["To"] = mail.to
    written["Subject"] = mail.subject
    written["Date"] = format_datetime(clock.now())
    written["Message-ID"] = f"<{_safe(mail.key)}@{sender.rpartition('@')[2]}>"
    written.set_content(mail.text)
    return written


def _safe(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", key)


@dataclass(frozen=True, kw_only=True)
class SmtpMail:
    """Sends through a mail server. With `user` it signs in, after switching to TLS."""

    host: str
    port: int = 25
    sender: str
    user: str | None = None
    password: str | None = None

    def send(self, mail: Mail) -> None:
        try:
            with smtplib.SMTP(self.host, self.port, timeout=SMTP_TIMEOUT_SECONDS) as server:
                if self.user is not None:
                    server.starttls()
                    server.login(self.user, self.password or "")
                server.send_message(message(mail, sender=self.sender))
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(f"the mail server {self.host}:{self.port} did not take the letter: {error}") from error


class LedgerMail:
    """Writes each letter as `<key>.eml` into a folder: the mail of a demonstration, and what tests read.

    The folder is made once, here. When it is gone later, or something else is in its place, letters fail until it is
    back: a port that heals itself would hide that letters were lost.
    """

    def __init__(self, folder: Path, *, sender: str = "redress@localhost") -> None:
        self.folder = folder
        self.sender = sender
        if not folder.exists():  # something else in its place is for `send` to complain about: the server has to start
            folder.mkdir(parents=True)

    def send(self, mail: Mail) -> None:
        content = message(mail, sender=self.sender).as_bytes()
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # the job that sent it is gone after this, also when the power fails
            os.replace(file.name, self.folder / f"{_safe(mail.key)}.eml")
        except OSError as error:
            raise MailFailed(f"the letter folder {self.folder.name} cannot be written to: {error.strerror}") from error
