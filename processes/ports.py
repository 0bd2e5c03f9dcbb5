"""The doors to the outside world: what is behind them can be away, and every call may come twice with the same key."""

import http.client
import json
import os
import re
import shlex
import smtplib
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from engine import clock

SMTP_TIMEOUT_SECONDS = 20
PAYMENT_TIMEOUT_SECONDS = 20
SCAN_TIMEOUT_SECONDS = 60
LONGEST_ANSWER = 100_000


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
        try:
            _keep(self.folder / f"{_safe(mail.key)}.eml", message(mail, sender=self.sender).as_bytes())
        except OSError as error:
            raise MailFailed(f"the letter folder {self.folder.name} cannot be written to: {error.strerror}") from error


def _keep(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # the job that sent it is gone after this, also when the power fails
    os.replace(file.name, path)


class PaymentFailed(Exception):
    """The order was not taken; the text says why, and what to look at."""


@dataclass(frozen=True, kw_only=True)
class PaymentOrder:
    """Money on its way, in CNY. `key` (comp-<claim>/<attempt>) is the same for every try: it is paid once."""

    key: str
    reference: str
    amount: str
    payee_name: str
    method: str
    account: str | None = None


class PaymentPort(Protocol):
    """Takes payment orders. Raises PaymentFailed; an order with a key it already took is not paid again.

    Whether the money arrived is told later, by the messages payment.confirmed and payment.failed.
    """

    def pay(self, order: PaymentOrder) -> None: ...


class LedgerPayments:
    """Writes each order as `<key>.json` into a folder: the bank of a demonstration, and what tests read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.exists():
            folder.mkdir(parents=True)

    def pay(self, order: PaymentOrder) -> None:
        path = self.folder / f"{_safe(order.key)}.json"
        try:
            if path.exists():
                if json.loads(path.read_text("utf-8")) != asdict(order):
                    raise PaymentFailed(f"the key {order.key} was used for another order")
                return
            _keep(path, json.dumps(asdict(order), ensure_ascii=False).encode())
        except (OSError, ValueError) as error:
            raise PaymentFailed(f"the payment folder {self.folder.name} cannot be used: {error}") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Who is sent elsewhere has not been paid, and elsewhere is told no token: a redirect stays the answer, and an error."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """No other request."""


_opener = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True, kw_only=True)
class HttpPayments:
    """Posts each order as JSON to the payment gateway, its key as `Idempotency-Key`; any answer below 300 takes it."""

    url: str
    token: str | None = None

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError(f"'{self.url}' is no http or https address of a payment gateway")

    def pay(self, order: PaymentOrder) -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": order.key}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url, data=json.dumps(asdict(order)).encode(), headers=headers, method="POST")
        try:
            with _opener.open(request, timeout=PAYMENT_TIMEOUT_SECONDS) as answer:
                answer.read(LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            error.close()
            raise PaymentFailed(f"the payment gateway answered {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise PaymentFailed(f"the payment gateway cannot be reached: {error}") from error


class ScanFailed(Exception):
    """The virus scanner did not answer; the text says why, and what to look at."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What the virus scanner said of a file: `virus` is the name of what it found."""

    state: Literal["clean", "not_scanned", "infected"]
    virus: str | None = None


class VirusScan(Protocol):
    """Looks for viruses in a file before it is kept. Raises ScanFailed: then the file is not taken."""

    def look(self, path: Path) -> Scan: ...


class NoVirusScan:
    """There is no scanner: files are taken, and everybody who opens one reads that it was not scanned."""

    def look(self, path: Path) -> Scan:
        return Scan(state="not_scanned")


@dataclass(frozen=True, kw_only=True)
class CommandScan:
    """A program that is given the path and ends with 0 (clean) or 1 (a virus), as clamscan and others do."""

    command: str

    def look(self, path: Path) -> Scan:
        try:
            ended = subprocess.run(
                [*shlex.split(self.command), str(path)],
                capture_output=True,
                timeout=SCAN_TIMEOUT_SECONDS,
                check=False,
                text=True,
                errors="replace",
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScanFailed(f"the virus scanner '{self.command}' did not run: {error}") from error
        if ended.returncode == 0:
            return Scan(state="clean")
        if ended.returncode == 1:
            return Scan(state="infected", virus=_virus(ended.stdout))
        raise ScanFailed(f"the virus scanner '{self.command}' ended with {ended.returncode}")


@dataclass(frozen=True, kw_only=True)
class ClamdScan:
    """ClamAV's daemon, at a socket file or `host:port`: the file is sent to it (INSTREAM), so it may run elsewhere."""

    address: str

    def look(self, path: Path) -> Scan:
        try:
            with self._connected() as wire, path.open("rb") as file:
                wire.sendall(b"zINSTREAM\0")
                while chunk := file.read(1 << 16):
                    wire.sendall(len(chunk).to_bytes(4, "big") + chunk)
                wire.sendall(bytes(4))
                said = wire.recv(4096).decode("utf-8", "replace").strip("\0\n ")
        except OSError as error:
            raise ScanFailed(f"clamd at {self.address} did not answer: {error}") from error
        if said.endswith("OK"):
            return Scan(state="clean")
        if said.endswith("FOUND"):
            return Scan(state="infected", virus=_virus(said))
        raise ScanFailed(f"clamd at {self.address} said: {said}")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            wire = socket.socket(socket.AF_UNIX)
            wire.settimeout(SCAN_TIMEOUT_SECONDS)
            try:
                wire.connect(self.address)
            except OSError:
                wire.close()
                raise
            return wire
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SCAN_TIMEOUT_SECONDS)


def _virus(said: str) -> str:
    """From `/path/file: Eicar-Test FOUND` its name."""
    found = re.search(r": (\S+) FOUND", said)
    return found[1] if found else "a virus"
