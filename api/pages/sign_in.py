"""Signing in and out, and the two switches every page has: language and theme."""

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import Response as Page
from werkzeug.wrappers import Response

from api import accounts, demo
from api.errors import SignInFailed, TooManyAttempts
from api.pages import door, language, security, wording
from api.pages.texts import gettext
from processes import people

KEPT = "kept."  # typed in a form whose page had been left open too long: carried through signing in
KEPT_FOR = frozenset({"pages.new_complaint"})


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    pages.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    pages.add_url_rule("/language", "switch_language", switch_language, methods=["POST"])
    pages.add_url_rule("/theme", "switch_theme", switch_theme, methods=["POST"])


def sign_in() -> Response:
    """Ask who it is; a wrong password or too many attempts are said above the form."""
    if request.method == "GET":
        if door.known() is not None:
            return redirect(_next())
        return _form(account=request.args.get("account", ""))
    account = request.form.get("account", "").strip()
    hours = door.settings().session_hours
    try:
        issued = accounts.sign_in_for_session(
            door.database(),
            account_id=account,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            hours=hours,
        )
    except (SignInFailed, TooManyAttempts) as error:
        return _form(account=account, error=wording.sentence(error), status=401 if isinstance(error, SignInFailed) else 429)
    security.renew_csrf()
    kept = {name.removeprefix(KEPT): text for name, text in request.form.items() if name.startswith(KEPT)}
    response = _go_on(kept) if kept else redirect(_next(), 303)
    door.remember_session(response, issued.secret, hours)
    return response


def form_that_keeps() -> Page:
    """The session ended while somebody typed: after signing in he or she goes on where it was, in the same form."""
    late = gettext("Your session had ended. What you typed is kept: sign in, and go on with it.")
    kept = {f"{KEPT}{name}": text for name, text in request.form.items() if name not in ("csrf_token", "look")}
    return security.protect(_form(error=late, status=401, kept=kept, back=request.path))


def _go_on(kept: Mapping[str, str]) -> Response:
    """One click leads back into the form: only a form can carry what is too private for an address."""
    return make_response(render_template("kept.html", kept=kept, action=_next()))


def _form(*, account: str = "", error: str = "", status: int = 200, kept: Mapping[str, str] | None = None, back: str | None = None) -> Page:
    """`kept`: what was typed elsewhere; a wrong password does not lose it."""
    hint = {"password": demo.PASSWORD, "accounts": demo.SHOWN} if door.settings().demo else None
    carried = kept or {name: text for name, text in request.form.items() if name.startswith(KEPT)}
    html = render_template("sign_in.html", account=account, error=error, next=back or _next(), demo=hint, kept=carried)
    return make_response(html, status)


def _next() -> str:
    return security.own_path(request.values.get("next"), url_for("pages.home"))


def sign_out() -> Response:
    """End the session here and on the server; the next person starts with their own language."""
    person = door.who()
    with door.writes() as session:
        accounts.sign_out(session, person)
    security.renew_csrf()
    response = redirect(url_for("pages.sign_in"), 303)
    door.forget_session(response)
    language.remember(response, language.LANGUAGE_COOKIE, "")
    return response


def switch_language() -> Response:
    """Another language from now on: in this browser, and for the person wherever they sign in."""
    wanted = "zh" if request.form.get("language") == "zh" else "en"
    person = door.known()
    if person is not None and person.locale != wanted:
        with door.writes() as session:
            people.get(session, person.actor.id).locale = wanted
    response = redirect(security.own_path(request.form.get("next"), url_for("pages.home")), 303)
    language.remember(response, language.LANGUAGE_COOKIE, wanted)
    return response


def switch_theme() -> Response:
    """Light, dark, or as the device."""
    wanted = request.form.get("theme", "")
    response = redirect(security.own_path(request.form.get("next"), url_for("pages.home")), 303)
    language.remember(response, language.THEME_COOKIE, wanted if wanted in language.THEMES else "")
    return response
