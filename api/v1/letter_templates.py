"""Letter templates: what is sent, in both languages; tried on an example, changed, and back again."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import Resource
from api.v1.shapes import Action, Input, Output, many, maybe, moment, shown, texts, whole
from engine.extensions import Actor
from processes import letter_texts
from processes.letter_texts import Text
from processes.letters import examples, grammar

resource = Resource(
    "letter_templates", "/letter-templates", "Letter templates: what customers and colleagues are sent, by name and language."
)


class LetterTemplateRow(Output):
    """One letter in one language, as it is sent now."""

    template = shown(example="T-ACK")
    locale = shown(example="en")
    version = whole("0 is what was delivered.")
    by = maybe()
    at = moment(null=True)
    note = maybe()


class LetterTemplateShape(LetterTemplateRow):
    """The same with its text."""

    text = shown("A Jinja template; its first line is the subject.")


class LetterTemplateWithActions(LetterTemplateShape):
    """The same with what it may name, and what can be done."""

    names = texts("The values it is given.")
    filters = texts("The words for codes and times.")
    actions = many(Action)


class LetterTemplates(Output):
    """All letters in both languages. There are few, so there are no pages."""

    items = many(LetterTemplateRow)


class LetterVersions(Output):
    """Every version of one letter in one language, the newest first."""

    items = many(LetterTemplateShape)


class LetterText(Input):
    """A text."""

    text = fields.String(required=True, validate=validate.Length(1, grammar.LONGEST))


class NewLetterText(LetterText):
    """A text, and what changes and why."""

    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, letter_texts.LONGEST_NOTE))


class Restoration(Input):
    """Which version to send again."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(0, 10**6))


class LetterPreview(Output):
    """The letter of the example case."""

    subject = shown()
    text = shown()


EXAMPLE = {"text": "We have your complaint {{ reference }}\n\nDear {{ name }},\n"}


def _row(one: Text) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("template", "locale", "version", "by", "at", "note")}


def _with_actions(one: Text, actor: Actor) -> dict[str, Any]:
    verbs = [permissions.action(name, actor, "letter:manage") for name in ("change", "restore")]
    more = {"names": sorted(examples.names(one.template)), "filters": sorted(grammar.FILTERS), "actions": verbs}
    return _row(one) | {"text": one.text} | more


@resource.get("")
@reads("letter:manage", answers={200: LetterTemplates})
def list_templates(session: Session, call: Call) -> Answer:
    """Every letter as it is sent now."""
    return Answer(body={"items": [_row(one) for one in letter_texts.overview(session)]})


@resource.get("/<string:template>/<string:locale>")
@reads("letter:manage", answers={200: LetterTemplateWithActions})
def get(session: Session, call: Call, template: str, locale: str) -> Answer:
    """One letter in one language, with its text."""
    one = letter_texts.get(session, template, locale)
    return Answer(body=_with_actions(one, call.actor), revision=one.version)


@resource.put("/<string:template>/<string:locale>")
@writes(
    "letter:manage", body=NewLetterText, if_match=True, answers={200: LetterTemplateWithActions}, example=EXAMPLE | {"note": "Shorter."}
)
def change(session: Session, call: Call, template: str, locale: str) -> Answer:
    """Send another text from now on. One that cannot be written is refused; `errors` name the line."""
    given, version = call.body, call.required_revision
    one = letter_texts.save(session, template, locale, given["text"], version=version, note=given["note"], actor=call.actor)
    return Answer(body=_with_actions(one, call.actor), revision=one.version)


@resource.get("/<string:template>/<string:locale>/versions")
@reads("letter:manage", answers={200: LetterVersions})
def versions(session: Session, call: Call, template: str, locale: str) -> Answer:
    """Every version with who wrote it and when; the last is what was delivered."""
    found = letter_texts.versions(session, template, locale)
    return Answer(body={"items": [_row(one) | {"text": one.text} for one in found]})


@resource.post("/<string:template>/<string:locale>/preview")
@reads("letter:manage", body=LetterText, answers={200: LetterPreview}, example=EXAMPLE)
def preview(session: Session, call: Call, template: str, locale: str) -> Answer:
    """A text as the example case would get it; nothing is changed."""
    letter_texts.get(session, template, locale)
    letter = letter_texts.preview(template, locale, call.body["text"])
    return Answer(body={"subject": letter.subject, "text": letter.text})


@resource.put("/<string:template>/<string:locale>/restoration")
@writes("letter:manage", body=Restoration, if_match=True, answers={200: LetterTemplateWithActions}, example={"version": 0})
def restore(session: Session, call: Call, template: str, locale: str) -> Answer:
    """Send an older text again: a version of its own."""
    to, version = call.body["version"], call.required_revision
    one = letter_texts.restore(session, template, locale, to=to, version=version, actor=call.actor)
    return Answer(body=_with_actions(one, call.actor), revision=one.version)
