"""The status page of a complainant: how far it is, what was said, and the answers he or she can give."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from api import uploaded
from api.errors import TooManyAttempts, status_of
from api.pages import door, file_tiles, problems, public_door, public_files, public_words
from api.pages.public_files import Chosen
from api.pages.texts import gettext
from engine.errors import Conflict, Invalid, NotFound, RedressError
from processes import case_messages, cases, customer_files, public_answers, public_case
from processes.public_case import PublicCase
from processes.tables.cases import Complaint

KEPT = "kept."  # typed on a page that had closed meanwhile: carried through the question for the code


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/status", "status", status, methods=["GET", "POST"])
    pages.add_url_rule("/status/files/<attachment_id>", "own_file", own_file)
    pages.add_url_rule("/status/<what>", "answer", answer, methods=["POST"])
    pages.add_url_rule("/status/end", "leave_status", leave, methods=["POST"])


def status() -> Response:
    """Ask for number and code, or show the case they opened."""
    if request.method == "POST":
        return _knock()
    shown = _shown()
    return shown if shown is not None else _ask(reference=request.args.get("reference", ""))


def _knock() -> Response:
    reference, code = (request.form.get(name, "").strip().upper() for name in ("reference", "code"))
    try:
        complaint_id = public_door.case_for(reference, code)
    except TooManyAttempts as error:
        return _ask(reference=reference, error=public_words.throttled(error), status=429)
    if complaint_id is None:
        wrong = gettext(
            "This number and this code do not belong together. After five wrong codes the status page of a number closes for one hour."
        )
        return _ask(reference=reference, error=wrong, status=401)
    kept = {name.removeprefix(KEPT): text for name, text in request.form.items() if name.startswith(KEPT)}
    response = _shown(complaint_id, typed=kept) if kept else redirect(url_for("pages.status"), 303)
    assert response is not None  # the case was there a moment ago
    public_door.open_case(response, complaint_id)
    return response


def _ask(*, reference: str = "", error: str = "", kept: Mapping[str, str] | None = None, status: int = 200) -> Response:
    html = render_template("public/ask.html", reference=reference, error=error, kept=kept or {}, prefix=KEPT)
    return make_response(html, status)


def _shown(complaint_id: str | None = None, **more: Any) -> Response | None:
    """The page of the case this browser may see; None when there is none, or no longer."""
    complaint_id = complaint_id or public_door.opened_case()
    if complaint_id is None:
        return None
    with door.reads() as session:
        complaint = _case(session, complaint_id)
        if complaint is None:
            return None
        return _page(public_case.view(session, complaint), **more)


def _case(session: Session, complaint_id: str) -> Complaint | None:
    try:
        return cases.get(session, complaint_id)
    except NotFound:
        return None


def _page(case: PublicCase, *, typed: Mapping[str, str] | None = None, error: RedressError | None = None) -> Response:
    errors = problems.by_field(error.problems, {}) if isinstance(error, Invalid) else {}
    html = render_template(
        "public/case.html",
        case=case,
        complaint=case.complaint,
        steps=public_words.steps(case.complaint),
        typed=typed or {},
        errors={public_words.FIELDS.get(name, name): said for name, said in errors.items()},
        refused=_refusal(error) if error is not None and not errors else "",
        key=public_door.fresh_key(),
        paid_by=public_words.METHODS,
    )
    response = make_response(html, status_of(error) if error is not None else 200)
    public_door.open_case(response, case.complaint.id)
    return response


def _refusal(error: RedressError) -> str:
    """The rule that refused, where it has words for customers; else that the case has moved on."""
    if isinstance(error, TooManyAttempts):
        return public_words.too_many_files(error)
    if error.code in public_words.REFUSALS:
        return str(public_words.REFUSALS[error.code])
    return gettext("Your complaint has moved on in the meantime, and this could not be taken any more. This is how it stands now.")


def answer(what: str) -> Response:
    """Send what was typed as a message of the complainant; sent twice it is one message."""
    if what not in public_case.MESSAGES:
        raise NoSuchPage()
    complaint_id = public_door.opened_case()
    try:
        chosen = public_files.chosen()
    except TooManyAttempts as error:
        return _closed_or(complaint_id, typed=_typed(), error=error)
    typed = _typed() | chosen.fields
    if complaint_id is None:
        late = gettext(
            "This page had closed itself to keep your complaint private. What you wrote is kept; enter your code and send it then."
        )
        return _ask(error=late, kept=typed, status=401)
    try:
        if chosen.problems:
            raise Invalid(problems=chosen.problems)
        _send(complaint_id, what, chosen)
    except (Invalid, Conflict) as error:
        return _closed_or(complaint_id, typed=typed, error=error)
    flash(str(public_words.THANKS[what]), "good")
    return redirect(url_for("pages.status"), 303)


def _closed_or(complaint_id: str | None, *, typed: Mapping[str, str], error: RedressError) -> Response:
    """The page with what is wrong; who is not let in any more is asked for the code first."""
    shown = _shown(complaint_id, typed=typed, error=error)
    return shown if shown is not None else _ask(error=_refusal(error), kept=typed, status=status_of(error))


def own_file(attachment_id: str) -> Response:
    """A file the complainant sent, to look at again; nobody else's, and none of the house."""
    complaint_id = public_door.opened_case()
    if complaint_id is None:
        return redirect(url_for("pages.status"), 303)
    with door.reads() as session:
        row = customer_files.one_of_mine(session, cases.get(session, complaint_id), attachment_id)
    kind = file_tiles.preview_of(row)
    return uploaded.shown(row, kind=kind) if kind in ("image", "pdf") else uploaded.download(row)


def _typed() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name not in ("csrf_token", "key")}


def _send(complaint_id: str, what: str, chosen: Chosen) -> None:
    typed = request.form.to_dict() | {public_answers.FILES: " ".join(chosen.digests)}
    with door.reads() as session:
        complaint = cases.get(session, complaint_id)
        payload = public_answers.READERS[what](typed, public_case.view(session, complaint))
        customer_files.demand_room(session, complaint, len(chosen.files))
    with door.writes() as session:
        complaint = cases.get(session, complaint_id)
        me = case_messages.complainant(complaint)
        message_id = _message_id(complaint_id, what, payload, chosen)
        name = public_case.MESSAGES[what]
        case_messages.send(session, complaint, name, payload, message_id=message_id, actor=me, files=chosen.files)


def _message_id(complaint_id: str, what: str, payload: Mapping[str, Any], chosen: Chosen) -> str:
    """The same form with the same words is one message; all forms of a page have one key, and a page comes back with "Back"."""
    said = json.dumps([public_door.sent_key(), what, payload, *chosen.digests], sort_keys=True)
    return f"status-page-{complaint_id}-{hashlib.sha256(said.encode()).hexdigest()}"


def leave() -> Response:
    """Close the page: nobody sees the case in this browser without the code."""
    flash(gettext("The page of your complaint is closed."), "good")
    response = redirect(url_for("pages.status"), 303)
    public_door.leave(response)
    return response
