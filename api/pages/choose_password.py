"""The page behind a one-time link: whoever was told it chooses the password of one account."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import accounts, passwords
from api.pages import door, problems, wording
from api.pages.texts import gettext
from engine.errors import Invalid


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/password/<secret>", "choose_password", choose, methods=["GET", "POST"])


def choose(secret: str) -> Response:
    """Ask for the password twice; then sign in with it. A link that is over answers 409."""
    if request.method == "GET":
        return _form(secret)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _form(secret, [gettext("The two are not the same.")], status=422)
    try:
        account_id = passwords.redeem(door.database(), secret, password=password, address=request.remote_addr or "")
    except Invalid as error:
        return _form(secret, [problems.sentence(one.message) for one in error.problems], status=422)
    flash(gettext("The password is chosen. Sign in with it."), "good")
    return redirect(url_for("pages.sign_in", account=account_id), 303)


def _form(secret: str, errors: list[str] | None = None, *, status: int = 200) -> Response:
    with door.reads() as session:
        account = passwords.behind_link(session, secret)
        name, account_id = wording.name_of(account), account.id
    shortest, longest = accounts.PASSWORD_LENGTH
    html = render_template("password.html", name=name, account_id=account_id, errors=errors or [], shortest=shortest, longest=longest)
    return make_response(html, status)
