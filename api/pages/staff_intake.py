"""Registering a complaint for somebody who called, came, or wrote: one form, sent once, with the cases it may repeat."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from werkzeug.wrappers import Response

from api.pages import complaint_links, complaint_page, complaint_words, door, problems, public_door
from api.pages.intake_words import AMOUNTS_OF_HARM, BUSINESS, LANGUAGES, MEDIA, SOURCES, TIERS
from api.pages.texts import gettext
from engine.errors import Invalid
from processes import case_numbers, public_intake, related_cases, staff_intake
from processes.public_intake import SentAndChanged

LOOKED_AT = ("phone", "email", "order_no", "contract_no", "content")
LONGEST = {"content": 5000}  # of what is looked at; the others are numbers and names
URGENT = (
    *("safety", "media", "severity_tier", "affected_customers", "injury", "time_critical", "legal_action", "in_legal_proceeding"),
    "previously_final",
)


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/new", "new_complaint", new, methods=["GET", "POST"])
    pages.add_url_rule("/complaints/new/related", "related_complaints", related, methods=["POST"])


@door.demands("complaint:register")
def new() -> Response:
    """The form; what is wrong is said at its field, and nothing typed is lost."""
    if request.method == "GET":
        return _form({"channel": "phone"}, key=public_door.fresh_key())
    key = public_door.sent_key()
    if "look" in request.form or "kept" in request.form:
        return _form(request.form, key=key, looked="look" in request.form)
    given = staff_intake.read(request.form)
    try:
        staff_intake.check(given)
        reference = _sent_once(key, given)
    except Invalid as error:
        return _form(request.form, key=key, errors=problems.by_field(error.problems, {}), status=422)
    except SentAndChanged:
        twice = gettext("This form was sent already, and then changed. Send it again only if this is another complaint.")
        return _form(request.form, key=public_door.fresh_key(), notice=twice, status=409)
    browser_session[f"{complaint_page.HANDED}:{reference}"] = _code(key)
    return redirect(url_for("pages.complaint", reference=reference), 303)


@door.demands("complaint:register")
def related() -> str:
    """The cases the form points at so far: asked for while it is typed. A POST, because names of people do not belong into addresses."""
    return render_template("complaints/_related_box.html", **_beside(request.form), looked=True)


def _sent_once(key: str, given: Mapping[str, Any]) -> str:
    """The number of the case: of the one made before, when this form has been here already."""
    actor, code, profile = door.actor(), _code(key), door.settings().profile
    locale = str(given.get("locale", "zh"))
    with door.writes() as session:
        return public_intake.register_once(session, _mine(key), given, locale=locale, profile=profile, code=code, actor=actor)


def _mine(key: str) -> str:
    """A form belongs to who was shown it."""
    return f"{door.actor().id} {key}"


def _code(key: str) -> str:
    return case_numbers.code_of(_mine(key), secret=public_door.secret())


def _beside(typed: Mapping[str, str]) -> dict[str, Any]:
    """The cases it may repeat, and how many there are about the product."""
    given = {name: typed.get(name, "").strip()[: LONGEST.get(name, 120)] for name in LOOKED_AT}
    reads_all = door.who().may("complaint:read")
    with door.reads() as session:
        found = related_cases.of_intake(session, actor=door.actor(), reads_all=reads_all, **given)
        lately = complaint_links.lately(session, typed.get("product_code", "")[:40])
        return {"related": complaint_links.related_rows(found), "lately": lately}


def _form(
    typed: Mapping[str, str],
    *,
    key: str,
    errors: Mapping[str, list[str]] | None = None,
    notice: str = "",
    looked: bool = False,
    status: int = 200,
) -> Response:
    channels = [(one, complaint_words.channel_name(one)) for one in staff_intake.CHANNELS]
    ways = [(one, complaint_words.channel_name(one)) for one in ("phone", "sms", "email", "app", "wechat", "letter")]
    html = render_template(
        "complaints/new.html",
        typed=typed,
        key=key,
        errors=errors or {},
        notice_text=notice,
        **_beside(typed),
        looked=looked,
        urgent_open=any(typed.get(name) for name in URGENT),
        channels=channels,
        ways=ways,
        sources=SOURCES.items(),
        business=BUSINESS.items(),
        languages=LANGUAGES.items(),
        harm=AMOUNTS_OF_HARM.items(),
        media=MEDIA.items(),
        tiers=TIERS.items(),
    )
    return make_response(html, status)
