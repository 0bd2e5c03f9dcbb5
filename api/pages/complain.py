"""The complaint form of the public, and what happens now."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import accounts
from api.errors import TooManyAttempts
from api.pages import door, language, problems, public_door, public_files, public_words
from api.pages.public_files import Chosen
from api.pages.texts import gettext
from engine.errors import Invalid, Problem
from processes import case_numbers, cases, complaints, completeness, customer_files, public_case, public_intake
from processes.public_intake import SentAndChanged


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complain", "complain", complain, methods=["GET", "POST"])
    pages.add_url_rule("/complain/received", "complaint_received", received)
    pages.add_url_rule("/complain/received.txt", "receipt_file", receipt_file)


def complain() -> Response:
    """The form. However often it is sent it is one complaint; what is wrong is said at its field, and nothing typed is lost."""
    if request.method == "GET":
        return _form({}, key=public_door.fresh_key())
    key, given = public_door.sent_key(), public_intake.read(request.form)
    try:
        chosen = public_files.chosen()
    except TooManyAttempts as error:
        return _form(request.form, key=key, notice=public_words.too_many_files(error), status=429)
    typed = request.form.to_dict() | chosen.fields
    if "language" in request.form:
        return _in_another_language(typed)
    try:
        _check(given, chosen)
        reference = _sent_once(key, given | {"files": chosen.digests}, chosen)
    except Invalid as error:
        return _form(typed, key=key, errors=problems.by_field(error.problems, {}), status=422)
    except TooManyAttempts as error:
        return _form(typed, key=key, notice=public_words.too_many_complaints(error), status=429)
    except SentAndChanged:
        twice = gettext("This form was sent already, and then changed. Send it again only if this is another complaint.")
        more = gettext("To add something to the first one, use its status page.")
        return _form(typed, key=public_door.fresh_key(), notice=f"{twice} {more}", status=409)
    response = redirect(url_for("pages.complaint_received"), 303)
    public_door.give_receipt(response, reference=reference, key=key)
    return response


def _check(given: Mapping[str, Any], chosen: Chosen) -> None:
    """Everything that is wrong, fields and files, at once."""
    found: list[Problem] = []
    try:
        public_intake.check(given)
    except Invalid as error:
        found += error.problems
    found += chosen.problems
    if found:
        raise Invalid(problems=found)


def _in_another_language(typed: Mapping[str, str]) -> Response:
    """The button beside the form sends the form along, so that what was typed is there in the other language too."""
    wanted: language.Language = "zh" if request.form["language"] == "zh" else "en"
    language.choose(wanted)
    response = _form(typed, key=public_door.sent_key())
    language.remember(response, language.LANGUAGE_COOKIE, wanted)
    return response


def _sent_once(key: str, given: Mapping[str, Any], chosen: Chosen) -> str:
    """The number of the complaint: of the one that was made before, when this form has been here already."""
    locale, profile, code = language.language(), door.settings().profile, _code(key)
    with door.writes() as session:
        accounts.count_registration(session, address=request.remote_addr or "")
        reference = public_intake.register_once(session, key, given, locale=locale, profile=profile, code=code)
        customer_files.add_once(session, cases.by_reference(session, reference), chosen.files)
    return reference


def _code(key: str) -> str:
    return case_numbers.code_of(key, secret=public_door.secret())


def _form(
    typed: Mapping[str, str], *, key: str, errors: Mapping[str, list[str]] | None = None, notice: str = "", status: int = 200
) -> Response:
    choices = {"kinds": public_words.KINDS, "ways": public_words.WAYS}
    html = render_template("public/complain.html", typed=typed, key=key, errors=errors or {}, notice_text=notice, **choices)
    return make_response(html, status)


def received() -> Response:
    """Number, code, and what happens by when. For half an hour, in the browser that sent the form."""
    found = _receipt()
    return redirect(url_for("pages.status"), 303) if found is None else make_response(render_template("public/received.html", **found))


def receipt_file() -> Response:
    """The same as a text to keep."""
    found = _receipt()
    if found is None:
        return redirect(url_for("pages.status"), 303)
    answer = make_response(render_template("public/receipt.txt", **found))
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found["reference"]}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _receipt() -> dict[str, Any] | None:
    receipt = public_door.receipt()
    if receipt is None:
        return None
    reference, key = receipt
    with door.reads() as session:
        complaint = cases.by_reference(session, reference)
        promises = public_case.promises(session, complaint)
        lacking = [completeness.words(name, language.language()) for name in complaints.missing(session, complaint)]
    return {"reference": reference, "code": _code(key), "promises": promises, "lacking": lacking}
