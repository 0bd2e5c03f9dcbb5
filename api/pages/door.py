"""Who stands at the door of a page, and the transactions behind it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from api import accounts, permissions, uploaded
from api.accounts import SignedIn
from api.errors import NotSignedIn
from api.pages import language, security
from api.requests import redress
from api.settings import Settings
from engine.database import Database, asking, reading, unit_of_work
from engine.extensions import Actor

P = ParamSpec("P")
R = TypeVar("R")
SESSION_COOKIE = "redress_session"
PUBLIC = frozenset(
    {
        *("pages.complain", "pages.complaint_received", "pages.receipt_file", "pages.status", "pages.answer", "pages.leave_status"),
        "pages.own_file",
    }
)
WITH_FILES = frozenset({"pages.write_comment", "pages.complain", "pages.answer", "pages.status"})
OPEN = frozenset({"pages.sign_in", "pages.choose_password", "pages.switch_language", "pages.switch_theme", "static"}) | PUBLIC


def database() -> Database:
    """The database of this application."""
    return redress().database


def enter() -> None:
    """Before every page: who is it, in which language, and did a change come from our own form?"""
    recognise()
    if request.endpoint in WITH_FILES and (known() or public()):
        uploaded.allow_files()
    security.demand_csrf()
    if request.endpoint not in OPEN:
        who()


def recognise() -> None:
    """Whose browser this is, if somebody is signed in with it."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        with asking(database()) as connection:
            _recognise(connection, secret)


def _recognise(connection: Connection, secret: str) -> None:
    try:
        g.who = accounts.by_session(connection, secret)
    except NotSignedIn:
        return  # an old cookie: the sign-in page is still open to its owner
    g.account_locale, g.account_theme, g.account_time_zone = g.who.locale, g.who.theme, g.who.time_zone
    language.forget()


def known() -> SignedIn | None:
    """Who is signed in, if anybody."""
    found: SignedIn | None = g.get("who")
    return found


def who() -> SignedIn:
    """Who is signed in; NotSignedIn leads to the sign-in page."""
    found = known()
    if found is None:
        raise NotSignedIn()
    return found


def actor() -> Actor:
    """The person as the engine knows actors."""
    return who().actor


def demands(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page for those whose roles have this permission."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            permissions.require(actor(), permission)
            return view(*args, **kwargs)

        return guarded

    return decorate


def public() -> bool:
    """Whether this is a page for customers, who have no account."""
    return request.endpoint in PUBLIC


@contextmanager
def reads() -> Iterator[Session]:
    """A session that reads."""
    with reading(database()) as session:
        yield session


@contextmanager
def writes() -> Iterator[Session]:
    """The one write transaction of a view, begun as late and ended as early as possible."""
    with unit_of_work(database()) as session:
        yield session


def remember_session(response: BaseResponse, secret: str, hours: int) -> None:
    """Give the browser its secret; no script can read it."""
    response.set_cookie(SESSION_COOKIE, secret, max_age=hours * 3600, httponly=True, samesite="Lax", secure=secure())


def forget_session(response: BaseResponse) -> None:
    """Take it back."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=secure())


def secure() -> bool:
    """Whether cookies may travel over encrypted connections only."""
    return request.is_secure or settings().secure_cookies


def settings() -> Settings:
    """What this installation decided."""
    return redress().settings
