"""Refusals and failures as pages: a sentence, who can, and what to do next."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from api.errors import Failure, NotSignedIn
from api.pages import door, language, security, sign_in, standing, wording
from api.pages.texts import gettext


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a kind of failure is introduced."""

    title: str
    icon: str
    advice: str


def _words(status: int) -> Words:
    if status >= 500:
        title, icon, advice = gettext("Something went wrong"), "stop", gettext("Nothing was changed. Try again in a moment.")
    elif status == 403:
        title, icon, advice = gettext("You may not do this"), "lock", gettext("If you think you should, ask an administrator.")
    elif status == 404:
        title, icon, advice = gettext("Not found"), "info", gettext("It may be finished or removed; start again from a list.")
    elif status == 405:
        title, icon, advice = gettext("Nothing to open here"), "info", gettext("Start again from a list.")
    elif status in (409, 412):
        title, icon, advice = gettext("Changed in the meantime"), "alert", gettext("Load the page again to see how it stands now.")
    elif status == 413:
        title, icon, advice = gettext("Too large"), "stop", gettext("Send less at once.")
    else:
        title, icon, advice = gettext("This did not work"), "stop", gettext("Go back, correct it and send it again.")
    return Words(title=title, icon=icon, advice=advice)


def page(failure: Failure) -> Response:
    """The page of a failure; who is not signed in is asked to, and comes back afterwards."""
    if isinstance(failure.error, NotSignedIn):
        return _sign_in_first()
    if request.endpoint is None and failure.status < 500:  # no page answers here, so nobody looked who is reading
        door.recognise()
        standing.remember()
    language.forget()
    words = _words(failure.status)
    html = render_template(
        "errors/error.html",
        base="public/_base.html" if door.public() else "_base.html",
        start=url_for("pages.complain") if door.public() else url_for("pages.home"),
        title=words.title,
        icon_name=words.icon,
        advice=words.advice,
        message=message_of(failure),
        problems=failure.problems,
        who_can=failure.who_can,
        trace_id=failure.trace_id if failure.status >= 500 else None,
    )
    response = make_response(html, failure.status)
    response.headers.update(failure.headers)
    return security.protect(response)


def message_of(failure: Failure) -> str:
    """The sentence of a failure in the reader's language; failures of the engine keep case data to themselves."""
    if failure.error is not None and failure.status < 500:
        return wording.sentence(failure.error)
    if failure.status == 405:
        return gettext("Forms are sent to this address; it is no page of its own.")
    return gettext(failure.detail)


def _sign_in_first() -> Response:
    if request.method == "POST" and request.endpoint in sign_in.KEPT_FOR:
        return sign_in.form_that_keeps()
    if request.method == "POST" and "HX-Request" in request.headers:
        return make_response("", 401)  # a part that is looked up while somebody types: a page of its own is nothing to put there
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    answer: BaseResponse = redirect(url_for("pages.sign_in", next=back or None), 303)
    return make_response(answer)
