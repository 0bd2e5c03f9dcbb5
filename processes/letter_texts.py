"""The texts of letters as administrators change them: look, try on an example, write a version, go back to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock, operations
from engine.errors import Conflict, Invalid, NotFound, Problem, RevisionChanged
from engine.extensions import Actor
from processes import letters
from processes.letters import Letter, examples, grammar
from processes.tables.house import LetterVersion

LONGEST_NOTE = 500
LONGEST_SUBJECT = 200
# Raised by what a value is and the text does not expect: a filter given another kind of value, a name without one.
_CANNOT = (TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError)


@dataclass(frozen=True, kw_only=True)
class Text:
    """The text of one letter in one language: what is sent now. Version 0 is what was delivered."""

    template: str
    locale: str
    version: int
    text: str
    by: str | None = None
    at: datetime | None = None
    note: str | None = None


def overview(session: Session) -> Sequence[Text]:
    """Every letter in every language as it is sent now, in one statement."""
    newest = select(LetterVersion.template, LetterVersion.locale, func.max(LetterVersion.version))
    newest = newest.group_by(LetterVersion.template, LetterVersion.locale)
    key = tuple_(LetterVersion.template, LetterVersion.locale, LetterVersion.version)
    changed = {(one.template, one.locale): one for one in session.scalars(select(LetterVersion).where(key.in_(newest)))}
    return [_text(template, locale, changed.get((template, locale))) for template in letters.templates() for locale in letters.LANGUAGES]


def _text(template: str, locale: str, row: LetterVersion | None) -> Text:
    if row is None:
        return Text(template=template, locale=locale, version=0, text=letters.delivered(template, locale))
    return Text(template=template, locale=locale, version=row.version, text=row.text, by=row.by, at=row.at, note=row.note)


def get(session: Session, template: str, locale: str) -> Text:
    """What is sent now; NotFound for a letter there is not."""
    return versions(session, template, locale)[0]


def versions(session: Session, template: str, locale: str) -> Sequence[Text]:
    """Every version, the newest first; the last is what was delivered."""
    if template not in letters.templates() or locale not in letters.LANGUAGES:
        raise NotFound(kind="letter", id=f"{template}.{locale}"[:100])
    mine = select(LetterVersion).where(LetterVersion.template == template, LetterVersion.locale == locale)
    rows = session.scalars(mine.order_by(LetterVersion.version.desc())).all()
    return [*(_text(template, locale, row) for row in rows), _text(template, locale, None)]


def preview(template: str, locale: str, source: str) -> Letter:
    """The letter of the example case; Invalid with the line when it cannot be written, also where little is known."""
    problems = grammar.check(source, examples.names(template))
    if problems:
        raise Invalid(problems=problems)
    _tried(template, locale, source, examples.bare(template, locale))
    return _tried(template, locale, source, examples.full(template, locale))


def _tried(template: str, locale: str, source: str, values: Mapping[str, Any]) -> Letter:
    try:
        letter = letters.filled(template, source, locale, **values)
    except _CANNOT as error:
        line = _line(error)
        missing = ", ".join(sorted(name for name, value in values.items() if value is None))
        message = f"Line {line} cannot be written: a value is missing or of another kind. Ask with 'if' first for {missing or 'it'}."
        raise Invalid(problems=[Problem(code="LETTER", message=message, pointer="/text", line=line)]) from error
    if not 1 <= len(letter.subject) <= LONGEST_SUBJECT:
        message = f"The first line is the subject: it has 1 to {LONGEST_SUBJECT} characters."
        raise Invalid(problems=[Problem(code="LETTER", message=message, pointer="/text", line=1)])
    return letter


def _line(error: Exception) -> int:
    """The line of the text, which Jinja writes into the traceback."""
    found, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def save(session: Session, template: str, locale: str, source: str, *, version: int, note: str | None, actor: Actor) -> Text:
    """Write another version, sent from now on. `version` is the one that was read; Invalid as `preview`."""
    source = "\n".join(source.splitlines()).strip() + "\n"
    preview(template, locale, source)
    before = get(session, template, locale)
    if before.version != version:
        raise RevisionChanged()
    if before.text == source:
        return before
    return _write(session, before, source, note=note, actor=actor)


def restore(session: Session, template: str, locale: str, *, to: int, version: int, actor: Actor) -> Text:
    """Send an older text again: a new version with it. `version` is the newest that was read."""
    known = versions(session, template, locale)
    wanted = next((one for one in known if one.version == to), None)
    if wanted is None:
        raise NotFound(kind="version", id=str(to))
    if known[0].version != version:
        raise RevisionChanged()
    if known[0].text == wanted.text:
        raise Conflict(reason="this text is sent already")
    preview(template, locale, wanted.text)
    return _write(session, known[0], wanted.text, note=f"as version {to}", actor=actor)


def _write(session: Session, before: Text, source: str, *, note: str | None, actor: Actor) -> Text:
    row = LetterVersion(
        template=before.template,
        locale=before.locale,
        version=before.version + 1,
        text=source,
        note=note[:LONGEST_NOTE] if note else None,
        by=actor.id,
        at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody else wrote this version a moment ago
        raise RevisionChanged() from error
    which = {"template": before.template, "locale": before.locale}
    was, now = {"version": before.version, "text": before.text}, {"version": row.version, "text": row.text}
    operations.record(session, "letter_change", actor=actor, subject=row, reason=row.note, **which, before=was, after=now)
    return _text(before.template, before.locale, row)
