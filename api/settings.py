"""What an installation may decide, read from the environment (`REDRESS_...`) once at start."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

VAR = Path("var")  # what a running installation writes; git-ignored
KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting has a default, so that a clean clone runs without any.

    `mail_url` is `smtp://user:password@host:port` or a folder that letters are written to; `payment_url` is the address of a
    payment gateway (`https://...`) or a folder that payment orders are written to. `secret_key` signs the forms
    of the pages; left empty, one is made at the first start and kept in `var/secret_key`. `data_key` seals payee accounts in the
    database; several, parted by commas: the first seals, all open (to change it, put the new one before the old one). Left
    empty, `secret_key` does it: who changes that one names the old one here. `trusted_proxies` is the number
    of proxies in front whose `X-Forwarded-*` headers are believed. `dispatch` says where due jobs run: `here`, in threads of
    the serving process, or `fleet`, on workers (`redress worker`) that share one PostgreSQL. `profile` names the rules of the
    authority that supervises the company (DMN-16). `files_folder` is where uploaded files are kept, shared by all machines.
    `virus_scan` is `clamd:/run/clamav/clamd.ctl`, `clamd:host:3310`, or a command that is given a path and ends with 0 (clean)
    or 1; left empty, files are taken without a scan, and say so.
    `site_url` is the address people reach Redress at, for links in mails; left empty, that of this machine.
    """

    database_url: str = f"sqlite:///{VAR}/redress.db"
    secret_key: str = ""
    data_key: str = ""
    mail_url: str = f"{VAR}/letters"
    mail_from: str = "redress@localhost"
    payment_url: str = f"{VAR}/payments"
    payment_token: str = ""
    site_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    dispatch: str = "here"
    profile: str = "NONE"
    max_body_bytes: int = 16 * 1024 * 1024
    max_json_bytes: int = 1024 * 1024
    files_folder: str = f"{VAR}/files"
    max_file_bytes: int = 20 * 1024 * 1024
    max_upload_bytes: int = 60 * 1024 * 1024
    virus_scan: str = ""
    session_hours: int = 12
    token_hours: int = 12
    trusted_proxies: int = 0
    secure_cookies: bool = False
    demo: bool = False

    @property
    def site(self) -> str:
        """The address people reach Redress at, without a slash at its end."""
        return (self.site_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database, None for others."""
        prefix = "sqlite:///"
        name = self.database_url.removeprefix(prefix)
        return Path(name) if self.database_url.startswith(prefix) and name not in ("", ":memory:") else None


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `REDRESS_DATABASE_URL` and so on; a wrong number is a ValueError that names its variable."""
    given: dict[str, Any] = {}
    for field in fields(Settings):
        name = f"REDRESS_{field.name.upper()}"
        if name in environment:
            given[field.name] = _converted(name, environment[name], field.type)
    return Settings(**given)


def _converted(name: str, text: str, wanted: Any) -> Any:
    if wanted is bool:
        return text.strip().lower() in ("1", "true", "yes", "on")
    if wanted is int:
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{name} must be a whole number, not '{text}'.") from error
    return text


def secret_key(settings: Settings) -> str:
    """The key that signs: as set, else kept in a file only this user may read."""
    if settings.secret_key:
        return settings.secret_key
    kept = (settings.database_file or VAR / "redress.db").parent / "secret_key"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=kept.parent) as fresh:  # readable by its owner only
        fresh.write(secrets.token_urlsafe(KEY_BYTES))
        fresh.flush()
        with suppress(FileExistsError):  # a former start, or another process a moment ago: theirs is the key
            os.link(fresh.name, kept)
    return kept.read_text()


def data_secrets(settings: Settings) -> tuple[str, ...]:
    """What seals columns (the first) and opens them (all): the data keys, and the secret key, as nobody names a data key at first."""
    named = (one.strip() for one in settings.data_key.split(","))
    return (*(one for one in named if one), secret_key(settings))
