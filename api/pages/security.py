"""What protects a page: the token in every form, and the headers that tell the browser what may run."""

import hmac
import secrets

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from api.errors import API_PREFIX
from api.pages.refusals import FormExpired

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for pages: the JSON API has nothing in it, and is spared the signing."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None is a session that stays empty."""
        return None if request.path.startswith(API_PREFIX) else super().open_session(app, request)


def csrf_token() -> str:
    """The secret this browser's forms carry; made when the first form is shown."""
    token: str | None = session.get("csrf")
    if token is None:
        token = session["csrf"] = secrets.token_urlsafe(32)
    return token


def demand_csrf() -> None:
    """Refuse a change that does not come from one of our own pages."""
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise FormExpired()


def renew_csrf() -> None:
    """After signing in or out a token known before is worth nothing."""
    session.pop("csrf", None)


def allow_inline_styles() -> None:
    """Pages with islands: bpmn-js and form-js set style attributes."""
    g.inline_styles = True


def allow_own_frames() -> None:
    """The page of a PDF shows it in a frame."""
    g.own_frames = True


def protect(response: Response) -> Response:
    """Strict headers for every page; an answer that has its own policy keeps it."""
    if response.mimetype != "text/html" or "Content-Security-Policy" in response.headers:
        return response
    styles = "'self' 'unsafe-inline'" if g.get("inline_styles") else "'self'"
    fonts = "font-src 'self' data:" if g.get("inline_styles") else "font-src 'self'"
    policy = f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; {fonts}; connect-src 'self'"
    if g.get("own_frames"):
        policy += "; frame-src 'self'"
    response.headers["Content-Security-Policy"] = f"{policy}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def own_path(wanted: str | None, fallback: str) -> str:
    """A path of this site to go on to; anything that could lead elsewhere becomes the fallback."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not any(ord(c) < 32 for c in wanted):
        return wanted
    return fallback
