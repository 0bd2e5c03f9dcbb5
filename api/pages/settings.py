"""What people decide for themselves: language, time zone, appearance, who stands in, password, tokens, how they are told."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import accounts, passwords, sign_ins
from api.errors import TooManyAttempts
from api.pages import day_fields, door, language, problems, security, settings_notices, wording
from api.pages.administration_deputies import at_fields, end_now, entry, handed_over, row_of, say_done
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import clock
from engine.errors import Conflict, Invalid, NotFound
from processes import account_changes, account_fields, account_settings, deputy_entries, notification_rules, notification_schedules
from processes.account_settings import Taste

TOKEN_DAYS = (1, 30, 90, 365)
LONGEST_NAME = 100

Errors = Mapping[str, list[str]]


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/settings", "settings", shown)
    pages.add_url_rule("/settings/reading", "keep_taste", keep_taste, methods=["POST"])
    pages.add_url_rule("/settings/absences", "add_absence", add_absence, methods=["POST"])
    pages.add_url_rule("/settings/absences/<entry_id>/end", "end_absence", end_absence, methods=["POST"])
    pages.add_url_rule("/settings/password", "change_password", change_password, methods=["POST"])
    pages.add_url_rule("/settings/tokens", "make_token", make_token, methods=["POST"])
    pages.add_url_rule("/settings/tokens/<token_id>/revocation", "revoke_token", revoke_token, methods=["POST"])
    pages.add_url_rule("/settings/notifications", "keep_notifications", keep_notifications, methods=["POST"])


def shown() -> Response:
    """Everything on one page."""
    return _page()


def _page(
    part: str = "", typed: Mapping[str, Any] | None = None, errors: Errors | None = None, *, status: int = 200, secret: str = ""
) -> Response:
    """`part` is the form that came back, with what was typed and what is wrong about it."""
    me, now = door.actor().id, clock.now()
    with door.reads() as session:
        account = account_changes.get(session, me)
        mine, for_others = deputy_entries.not_over(session, me), deputy_entries.stands_in(session, me)
        names = Names(session, [one for row in (*mine, *for_others) for one in (row.account_id, row.deputy_id, row.created_by)])
        html = render_template(
            "settings/settings.html",
            taste=account_settings.of(account),
            email=account.email,
            zones=account_fields.zones(),
            house_zone=language.house_zone(),
            absences=[row_of(row, names, now) for row in mine],
            stands_in=[row_of(row, names, now) for row in for_others],
            near=[(one.id, wording.name_of(one)) for one in deputy_entries.near(session, me)],
            browsers=sign_ins.browsers(session, me),
            tokens=sign_ins.tokens(session, me),
            **settings_notices.parts(session, me),
            token_days=TOKEN_DAYS,
            length=accounts.PASSWORD_LENGTH,
            today=day_fields.today(),
            part=part,
            typed=typed or {},
            errors=errors or {},
            secret=secret,
        )
    return make_response(html, status)


def _back(part: str) -> Response:
    return redirect(url_for("pages.settings") + f"#{part}", 303)


def keep_taste() -> Response:
    """Language, time zone and appearance: for the person wherever they sign in, and in this browser at once."""
    form = request.form
    taste = Taste(
        locale=form.get("locale", ""),
        time_zone=form.get("time_zone") or None,
        theme=form.get("theme") or None,
        keyboard=bool(form.get("keyboard")),
    )
    try:
        with door.writes() as session:
            account_settings.keep(session, taste, actor=door.actor())
    except Invalid as error:
        return _page("reading", form, problems.by_field(error.problems, {}), status=422)
    response = _back("reading")
    language.remember(response, language.LANGUAGE_COOKIE, taste.locale)
    language.remember(response, language.THEME_COOKIE, taste.theme or "")
    language.choose("zh" if taste.locale == "zh" else "en")
    flash(gettext("Saved."), "good")
    return response


def add_absence() -> Response:
    """I am away from then to then, and this colleague does my tasks."""
    typed = request.form
    try:
        wanted = entry({**typed, "role": ""}, account_id=door.actor().id, deputy_id=typed.get("deputy", "").strip() or None, absent=True)
        with door.writes() as session:
            row = deputy_entries.add(session, wanted, actor=door.actor())
            handed = handed_over(session, row)
    except Invalid as error:
        return _page("absence", typed, at_fields(error), status=422)
    say_done(handed)
    return _back("absence")


def end_absence(entry_id: str) -> Response:
    """I am back. Entries of others are not mine to end; what an administrator named for me is."""
    with door.reads() as session:
        if deputy_entries.get(session, entry_id).account_id != door.actor().id:
            raise NotFound(kind="deputy", id=entry_id)
    end_now(entry_id)
    return redirect(security.own_path(request.form.get("next"), url_for("pages.settings") + "#absence"), 303)


def change_password() -> Response:
    """A new password for whoever knows the old one; every other browser and every token is signed out."""
    form, me = request.form, door.actor()
    if form.get("password", "") != form.get("again", ""):
        return _page("password", {}, {"again": [gettext("The two are not the same.")]}, status=422)
    refused = _not_proven("password")
    if refused is not None:
        return refused
    try:
        password_hash = accounts.hashed(form.get("password", ""))
    except Invalid as error:
        return _page("password", {}, problems.by_field(error.problems, {}), status=422)
    hours = door.settings().session_hours
    with door.writes() as session:
        passwords.change_own(session, me.id, password_hash=password_hash, actor=me)
        issued = accounts.issue_session(session, me.id, hours=hours)
    security.renew_csrf()
    response = _back("password")
    door.remember_session(response, issued.secret, hours)
    flash(gettext("The password is changed. Other browsers and tokens are signed out."), "good")
    return response


def _not_proven(part: str) -> Response | None:
    """The page again when the current password is wrong; nothing when it is right."""
    given = request.form.get("current_password", "")[: accounts.PASSWORD_LENGTH[1] + 1]
    try:
        passwords.prove(door.database(), door.actor().id, password=given, address=request.remote_addr or "")
    except Invalid as error:
        return _page(part, request.form, problems.by_field(error.problems, {}), status=422)
    except TooManyAttempts as error:
        return _page(part, request.form, {"current_password": [wording.sentence(error)]}, status=429)
    return None


def make_token() -> Response:
    """A token for a program, shown once, for whoever knows the password."""
    form, me = request.form, door.actor()
    name = form.get("name", "").strip()
    days = next((one for one in TOKEN_DAYS if str(one) == form.get("days")), TOKEN_DAYS[0])
    if not 1 <= len(name) <= LONGEST_NAME:
        return _page("tokens", form, {"name": [gettext("Say what the token is for.")]}, status=422)
    refused = _not_proven("tokens")
    if refused is not None:
        return refused
    try:
        with door.writes() as session:
            issued = sign_ins.issue_token(session, me.id, name=name, hours=days * 24, actor=me)
    except Conflict as error:
        return _page("tokens", form, {"name": [wording.sentence(error)]}, status=409)
    return _page("tokens", secret=issued.secret, status=201)


def revoke_token(token_id: str) -> Response:
    """End one of one's own tokens."""
    with door.writes() as session:
        sign_ins.revoke_token(session, door.actor().id, token_id, actor=door.actor())
    flash(gettext("The token is worth nothing any more."), "good")
    return _back("tokens")


def keep_notifications() -> Response:
    """How and when one wants to be told."""
    form = request.form
    try:
        with door.writes() as session:
            notification_schedules.keep(session, door.actor().id, settings_notices.schedule_of(form))
            notification_rules.keep(session, door.actor().id, settings_notices.rules_of(form))
    except Invalid as error:
        return _page("notifications", form, problems.by_field(error.problems, {}), status=422)
    flash(gettext("Saved."), "good")
    return _back("notifications")
