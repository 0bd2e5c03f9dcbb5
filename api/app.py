"""The application: database, JSON API, pages, scheduler, put together."""

import gc
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api import docs, errors, pages, v1
from api.requests import Redress
from api.settings import Settings, data_secrets, from_environment, secret_key
from engine import clock as clocks
from engine.clock import Clock
from engine.database import Database, open_database
from engine.dispatch import Fleet, Pool
from engine.errors import NotFound
from engine.scheduler import Scheduler
from processes import extensions
from processes.ports import HttpPayments, LedgerMail, LedgerPayments, MailPort, PaymentPort, SmtpMail

log = logging.getLogger("redress")
DEFAULT_SMTP_PORT = 25
GARBAGE_THRESHOLDS = (50_000, 20, 20)  # Python: 700, 10, 10


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The doors to the outside world."""

    mail: MailPort
    payments: PaymentPort


def create_app(
    *,
    database_url: str | None = None,
    clock: Clock | None = None,
    settings: Settings | None = None,
    scheduler: bool = True,
    ports: Ports | None = None,
) -> Flask:
    """The WSGI application. `clock` moves business time (tests); without `scheduler` nothing falls due by itself; `ports`
    are the doors to the outside world where they are not those of the settings."""
    settings = settings or from_environment()
    if database_url is not None:
        settings = replace(settings, database_url=database_url)
    clocks.set_process_clock(clock)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key(settings), MAX_CONTENT_LENGTH=settings.max_body_bytes, MAX_FORM_MEMORY_SIZE=settings.max_body_bytes
    )
    app.config["SESSION_COOKIE_SECURE"] = settings.secure_cookies
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.trusted_proxies] * 4)  # type: ignore[method-assign]  # Flask's way to wrap
    app.extensions["redress"] = redress = opened(settings, ports=ports)
    _register_doors(app)
    if scheduler:
        redress.scheduler = start_scheduler(redress.database, dispatch=dispatch_of(redress.database, settings))
    return app


def opened(settings: Settings, *, ports: Ports | None = None) -> Redress:
    """What stands behind the doors of an application; nothing falls due by itself yet."""
    return Redress(database=open_product_database(settings, ports=ports), settings=settings)


def open_product_database(settings: Settings, *, ports: Ports | None = None) -> Database:
    """The database with everything complaints tell the engine."""
    if (file := settings.database_file) is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    doors = ports or Ports(mail=mail_port(settings), payments=payment_port(settings))
    told = extensions.build(mail=doors.mail, payments=doors.payments, site=settings.site)
    return open_database(settings.database_url, extensions=told, secrets=data_secrets(settings))


def payment_port(settings: Settings) -> PaymentPort:
    """A payment gateway (`https://...`), or a folder that payment orders are written to."""
    if settings.payment_url.startswith(("http://", "https://")):
        return HttpPayments(url=settings.payment_url, token=settings.payment_token or None)
    return LedgerPayments(Path(settings.payment_url))


def mail_port(settings: Settings) -> MailPort:
    """A mail server (`smtp://user:password@host:port`), or a folder that letters are written to."""
    if not settings.mail_url.startswith("smtp://"):
        return LedgerMail(Path(settings.mail_url), sender=settings.mail_from)
    parts = urlsplit(settings.mail_url)
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    return SmtpMail(
        host=parts.hostname or "localhost", port=parts.port or DEFAULT_SMTP_PORT, sender=settings.mail_from, user=user, password=password
    )


def dispatch_of(database: Database, settings: Settings) -> Pool | Fleet:
    """Where due jobs run: threads of this process, or (`REDRESS_DISPATCH=fleet`, PostgreSQL) the workers."""
    return Fleet(database) if settings.dispatch == "fleet" else Pool()


def start_scheduler(database: Database, *, dispatch: Pool | Fleet) -> Scheduler:
    """Let jobs run when they are due."""
    started = Scheduler(database, dispatch)
    started.start()
    return started


def settle() -> None:
    """For a process that serves from now on: what is loaded stays, and is not searched for garbage with every few requests.

    Reference counting frees what a request leaves behind; the collector is for cycles, which are few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def close(app: Flask) -> None:
    """Stop what runs beside the requests, and give every connection back."""
    redress: Redress = app.extensions["redress"]
    if redress.scheduler is not None:
        redress.scheduler.stop()
    redress.database.close()


def _register_doors(app: Flask) -> None:
    errors.register(app, page=pages.errors.page)
    app.before_request(_refuse_nul)
    api = v1.register(app)
    docs.register(app, api)
    pages.register(app)
    app.after_request(_finish)


def _refuse_nul() -> None:
    # No id or text of ours holds a NUL, and PostgreSQL refuses it with an error of its own.
    if "\x00" in request.path:
        raise NotFound(kind="page", id="?")
    if b"%00" in request.query_string or b"\x00" in request.query_string:
        raise errors.BadRequest(reason="a parameter holds the character NUL")


def _finish(response: Response) -> Response:
    if request.path.startswith(errors.API_PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
    if "trace_id" in g:
        response.headers["X-Trace-Id"] = g.trace_id
    return response
