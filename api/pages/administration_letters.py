"""The texts of letters: what is sent, in both languages; changed with a preview, and back again."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.pages import administration_frame, door, problems, whole_numbers, wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine.errors import Conflict, Invalid, Problem, RevisionChanged
from processes import letter_texts, letters
from processes.letter_texts import Text
from processes.letters import examples, grammar


def register(pages: Blueprint) -> None:
    """Add the routes."""
    base = "/administration/letters/<template>/<locale>"
    pages.add_url_rule("/administration/letters", "letters", listed)
    pages.add_url_rule(base, "letter", letter, methods=["GET", "POST"])
    pages.add_url_rule(f"{base}/preview", "preview_letter", preview, methods=["POST"])
    pages.add_url_rule(f"{base}/versions/<int:version>", "letter_version", version)
    pages.add_url_rule(f"{base}/versions/<int:version>/restoration", "restore_letter", restore, methods=["POST"])


@door.demands("letter:manage")
def listed() -> str:
    """Every letter with its subject as the example has it, and which texts were changed."""
    with door.reads() as session:
        found = letter_texts.overview(session)
        names = Names(session, [one.by for one in found])
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        rows.setdefault(one.template, {})[one.locale] = {
            "version": one.version,
            "by": names(one.by),
            "at": one.at,
            "subject": subject(one),
        }
    return render_template(
        "administration/letters.html",
        tabs=administration_frame.tabs(),
        outside={name: row for name, row in rows.items() if goes_out(name)},
        inside={name: row for name, row in rows.items() if not goes_out(name)},
    )


def goes_out(template: str) -> bool:
    """Whether it is sent to customers."""
    return template.startswith("T-")


def subject(one: Text) -> str:
    """Its subject as an example case would have it."""
    try:
        return letter_texts.preview(one.template, one.locale, one.text).subject
    except Invalid:  # a text of an older release that this one refuses: it is opened to be corrected
        return "–"


@door.demands("letter:manage")
def letter(template: str, locale: str) -> Response:
    """Read it, try it, change it. A text that cannot be written is refused with its line, and nothing typed is lost."""
    if request.method == "GET":
        return _page(template, locale)
    form = request.form
    if form.get("try"):
        return _page(template, locale, typed=form)
    try:
        with door.writes() as session:
            note = form.get("note", "").strip() or None
            kept = letter_texts.save(
                session, template, locale, form.get("text", ""), version=_number("version"), note=note, actor=door.actor()
            )
    except Invalid as error:
        return _page(template, locale, typed=form, wrong=error.problems, status=422)
    except RevisionChanged as error:
        return _page(template, locale, typed=form, said=wording.sentence(error), status=409)
    flash(gettext("Version %(n)s is sent from now on.", n=kept.version), "good")
    return redirect(url_for("pages.letter", template=template, locale=locale), 303)


def _number(name: str) -> int:
    return whole_numbers.of(request.form.get(name, ""))


def _page(
    template: str,
    locale: str,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: tuple[Problem, ...] = (),
    said: str = "",
    status: int = 200,
) -> Response:
    with door.reads() as session:
        versions = letter_texts.versions(session, template, locale)
        names = Names(session, [one.by for one in versions])
    source = typed.get("text", "") if typed is not None else versions[0].text
    html = render_template(
        "administration/letter.html",
        tabs=administration_frame.tabs(),
        template_name=template,
        language_shown=locale,
        other=next(one for one in letters.LANGUAGES if one != locale),
        now=versions[0],
        source=source,
        note=typed.get("note", "") if typed else "",
        versions=[{"number": one.version, "by": names(one.by), "at": one.at, "note": one.note} for one in versions],
        values=_values(template, locale),
        filters=sorted(grammar.FILTERS),
        longest=grammar.LONGEST,
        said=said,
        **_shown(template, locale, source, wrong),
    )
    return make_response(html, status)


def _values(template: str, locale: str) -> dict[str, str]:
    return {name: wording.plain(value) for name, value in sorted(examples.full(template, locale).items())}


def _shown(template: str, locale: str, source: str, wrong: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """The letter of the example, or what is wrong line by line."""
    found = None
    if not wrong:
        try:
            found = letter_texts.preview(template, locale, source)
        except Invalid as error:
            wrong = error.problems
    return {"shown": found, "wrong": [(one.line, problems.sentence(one.message)) for one in wrong]}


@door.demands("letter:manage")
def preview(template: str, locale: str) -> str:
    """The example again, while somebody is typing."""
    with door.reads() as session:
        letter_texts.get(session, template, locale)
    return render_template("administration/_letter_preview.html", **_shown(template, locale, request.form.get("text", "")))


@door.demands("letter:manage")
def version(template: str, locale: str, version: int) -> Response:
    """An older text in the editor: to look at, or to start from."""
    with door.reads() as session:
        found = next((one for one in letter_texts.versions(session, template, locale) if one.version == version), None)
    if found is None:
        return redirect(url_for("pages.letter", template=template, locale=locale))
    return _page(template, locale, typed={"text": found.text, "note": gettext("from version %(n)s", n=version)})


@door.demands("letter:manage")
def restore(template: str, locale: str, version: int) -> Response:
    """Send an older text again."""
    try:
        with door.writes() as session:
            kept = letter_texts.restore(session, template, locale, to=version, version=_number("version"), actor=door.actor())
    except (Conflict, RevisionChanged) as error:
        flash(wording.sentence(error), "bad")
    except Invalid as error:
        flash(" ".join(problems.sentence(one.message) for one in error.problems), "bad")
    else:
        flash(gettext("Version %(n)s is sent from now on.", n=kept.version), "good")
    return redirect(url_for("pages.letter", template=template, locale=locale), 303)
