"""Which language, theme and time zone a page is shown in: the person's, or what was switched to in this browser."""

from typing import Literal

from flask import current_app, g, has_request_context, request
from flask_babel import Babel, refresh
from werkzeug.wrappers import Response

Language = Literal["en", "zh"]
BABEL_LOCALES: dict[Language, str] = {"en": "en_GB", "zh": "zh_Hans_CN"}
LANGUAGE_COOKIE = "redress_language"
THEME_COOKIE = "redress_theme"
THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 3600

babel = Babel()


def language() -> Language:
    """The switch of this browser first, then the person's own language, then what the browser asks for."""
    if not has_request_context():
        return "en"
    known: Language | None = g.get("redress_language")
    if known is None:
        known = g.redress_language = _chosen()
    return known


def _chosen() -> Language:
    own = g.get("account_locale")
    for wish in (request.cookies.get(LANGUAGE_COOKIE), own):
        if wish in ("en", "zh"):
            return "zh" if wish == "zh" else "en"
    return "zh" if (request.accept_languages.best_match(["en", "zh"]) or "en") == "zh" else "en"


def choose(wanted: Language) -> None:
    """The rest of this request is in this language."""
    g.redress_language = wanted
    refresh()


def forget() -> None:
    """The person has become known (or unknown) in the middle of a request: choose again."""
    g.pop("redress_language", None)


def theme() -> str:
    """`light`, `dark`, or nothing: as the device. The switch of this browser first, then what the person settled on."""
    wish = request.cookies.get(THEME_COOKIE) or g.get("account_theme") or ""
    return wish if wish in THEMES else ""


def remember(response: Response, cookie: str, value: str) -> None:
    """Keep a choice in this browser for a year; an empty one is forgotten."""
    if value:
        response.set_cookie(cookie, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie(cookie, httponly=True, samesite="Lax", secure=request.is_secure)


def babel_locale() -> str:
    """The name Babel knows the language by."""
    return BABEL_LOCALES[language()]


def time_zone() -> str:
    """The zone in which people read times."""
    own: str | None = g.get("account_time_zone") if has_request_context() else None
    return own or house_zone()


def house_zone() -> str:
    """The zone of whoever has chosen none."""
    zone: str = current_app.config.get("TIME_ZONE", "Asia/Shanghai")
    return zone
