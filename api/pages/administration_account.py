"""One account: what is written about it, its groups, what it is signed in with, and what was done to it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import passwords, permissions, sign_ins
from api.accounts import Issued
from api.pages import administration_frame, door, people_choices, problems, whole_numbers, wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import operations
from engine.errors import Conflict, Invalid, RedressError, RevisionChanged
from engine.paging import Query
from processes import account_changes, account_fields, account_list, deputies, person_search
from processes.account_fields import Person
from processes.tables.people import Account

SHOWN_OPERATIONS = 20
LONGEST_REASON = 500


def register(pages: Blueprint) -> None:
    """Add the routes."""
    base = "/administration/accounts/<account_id>"
    pages.add_url_rule("/administration/accounts/new", "new_account", new, methods=["GET", "POST"])
    pages.add_url_rule(base, "account", account, methods=["GET", "POST"])
    pages.add_url_rule(f"{base}/activity", "set_account_active", set_active, methods=["POST"])
    pages.add_url_rule(f"{base}/password-link", "password_link", password_link, methods=["POST"])
    pages.add_url_rule(f"{base}/sign-out", "sign_out_account", sign_out, methods=["POST"])
    pages.add_url_rule(f"{base}/tokens/<token_id>/revocation", "revoke_account_token", revoke_token, methods=["POST"])


@door.demands("account:manage")
def new() -> Response:
    """A new account; then the link by which its owner chooses a password."""
    if request.method == "GET":
        return _form(None, {"locale": "zh"}, frozenset(), {})
    account_id = request.form.get("id", "").strip()
    try:
        with door.writes() as session:
            made = account_changes.create(session, account_id, _person(session), actor=door.actor())
            issued = passwords.issue_link(session, made.id, actor=door.actor())
            name = wording.name_of(made)
    except Invalid as error:
        return _form(None, request.form, _groups(), problems.by_field(error.problems, {}), status=422)
    return _link_page(account_id, name, issued, first=True)


@door.demands("account:manage")
def account(account_id: str) -> Response:
    """Read and change it; who was slower than somebody else is told, and sees what is there now beside what was typed."""
    if request.method == "GET":
        return _form(account_id, None, frozenset(), {})
    try:
        with door.writes() as session:
            account_changes.change(session, account_id, _person(session), revision=_revision(), actor=door.actor())
    except Invalid as error:
        return _form(account_id, request.form, _groups(), problems.by_field(error.problems, {}), status=422)
    except (RevisionChanged, Conflict) as error:
        return _form(account_id, request.form, _groups(), {"": [wording.sentence(error)]}, status=409)
    flash(gettext("Saved."), "good")
    return redirect(url_for("pages.account", account_id=account_id), 303)


def _revision() -> int:
    return whole_numbers.of(request.form.get("revision", ""))


def _groups() -> frozenset[str]:
    return frozenset(request.form.getlist("groups"))


def _person(session: Session) -> Person:
    form = request.form
    optional = {name: form.get(name, "").strip() or None for name in ("name_zh", "email", "department")}
    manager = person_search.identified(session, form.get("manager_id", ""), pointer="/manager_id") or None
    return Person(name=form.get("name", "").strip(), locale=form.get("locale", "zh"), groups=_groups(), manager_id=manager, **optional)


def _form(
    account_id: str | None, typed: Mapping[str, Any] | None, groups: frozenset[str], errors: Mapping[str, list[str]], *, status: int = 200
) -> Response:
    """With what was typed; without, an account as it is."""
    with door.reads() as session:
        codes = [one.code for one in account_list.groups(session)]
        shown: dict[str, Any] = {
            "departments": {one.code: wording.name_of(one) for one in account_list.departments(session)},
            "people": people_choices.first(session),
            "roles": [code for code in codes if code in permissions.ROLES],
            "teams": [code for code in codes if code not in permissions.ROLES],
        }
        if account_id is not None:
            found = account_changes.get(session, account_id)
            shown |= _standing(session, found)
            if typed is None:
                person = account_fields.of(found)
                manager = people_choices.shown(session.get(Account, person.manager_id)) if person.manager_id else ""
                typed, groups = {**person.plain(), "manager_id": manager, "revision": found.revision}, person.groups
    page = "administration/account.html" if account_id else "administration/new_account.html"
    html = render_template(
        page, tabs=administration_frame.tabs(), account_id=account_id, typed=typed, groups=groups, errors=errors, **shown
    )
    return make_response(html, status)


def _standing(session: Session, found: Account) -> dict[str, Any]:
    """What an account is signed in with, what it holds, and what was done to it."""
    account_id = found.id
    trail = operations.search(
        session, Query(filter={"subject_kind": Account.__tablename__, "subject_id": account_id}, limit=SHOWN_OPERATIONS)
    )
    names = Names(session, [one.by for one in trail.items])
    return {
        "account": found,
        "name": wording.name_of(found),
        "himself": account_id == door.actor().id,
        "away": deputies.absent(session, [account_id]).get(account_id),
        "holdings": account_list.holdings(session, account_id),
        "browsers": sign_ins.browsers(session, account_id),
        "tokens": sign_ins.tokens(session, account_id),
        "has_password": sign_ins.has_password(session, account_id),
        "link": sign_ins.link_of(session, account_id),
        "trail": [
            {
                "at": one.at,
                "by": names(one.by),
                "what": administration_frame.done(one.kind) if one.kind in administration_frame.DONE else wording.operation_name(one.kind),
                "reason": one.reason,
                "changes": administration_frame.changes(one.details),
            }
            for one in trail.items
        ],
    }


def _back(account_id: str) -> Response:
    return redirect(url_for("pages.account", account_id=account_id), 303)


def _refused(error: RedressError) -> None:
    flash(wording.sentence(error), "bad")


@door.demands("account:manage")
def set_active(account_id: str) -> Response:
    """Let somebody in again, or no longer."""
    active = request.form.get("active") == "yes"
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON] or None
    try:
        with door.writes() as session:
            sign_ins.set_active(session, account_id, active=active, reason=reason, actor=door.actor())
    except Conflict as error:
        _refused(error)
    else:
        done = gettext("The account is active again.") if active else gettext("The account is inactive, and signed out everywhere.")
        flash(done, "good")
    return _back(account_id)


@door.demands("account:manage")
def password_link(account_id: str) -> Response:
    """The link, shown once: who is told it chooses the password."""
    try:
        with door.writes() as session:
            issued = passwords.issue_link(session, account_id, actor=door.actor())
            name = wording.name_of(account_changes.get(session, account_id))
    except Conflict as error:
        _refused(error)
        return _back(account_id)
    return _link_page(account_id, name, issued, first=False)


def _link_page(account_id: str, name: str, issued: Issued, *, first: bool) -> Response:
    url = url_for("pages.choose_password", secret=issued.secret, _external=True)
    shown = {"account_id": account_id, "name": name, "url": url, "until": issued.expires_at, "first": first}
    return make_response(render_template("administration/link.html", tabs=administration_frame.tabs(), **shown), 201 if first else 200)


@door.demands("account:manage")
def sign_out(account_id: str) -> Response:
    """End everything somebody is signed in with."""
    with door.writes() as session:
        sign_ins.end_all(session, account_id, actor=door.actor())
    flash(gettext("Signed out everywhere: every browser and every token."), "good")
    return _back(account_id)


@door.demands("account:manage")
def revoke_token(account_id: str, token_id: str) -> Response:
    """End one token."""
    with door.writes() as session:
        sign_ins.revoke_token(session, account_id, token_id, actor=door.actor())
    flash(gettext("The token is worth nothing any more."), "good")
    return _back(account_id)
