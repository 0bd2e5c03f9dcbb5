"""The texts that are sent: one Jinja file each and per language, `<template>.<en|zh>.txt`, its first line the subject.

An administrator may write another version of a text (`processes.letter_texts`); the newest is sent.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from processes.letters import words
from processes.tables.house import LetterVersion

LANGUAGES = ("en", "zh")
_BLANK_LINES = re.compile(r"\n{3,}")  # what a part that is left out leaves behind

# Letters are plain text: escaping would put `&amp;` into them. A name that is not given is a mistake, not an empty place.
# What `grammar` lets through is rendered in the sandbox all the same.
ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
ENVIRONMENT.globals.clear()
ENVIRONMENT.filters.update(words.FILTERS)

_NEWEST_OF_ALL = (
    select(LetterVersion.locale, LetterVersion.text).where(LetterVersion.template == bindparam("template")).order_by(LetterVersion.version)
)
_NEWEST = (
    select(LetterVersion.text)
    .where(LetterVersion.template == bindparam("template"), LetterVersion.locale == bindparam("locale"))
    .order_by(LetterVersion.version.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A text ready to be sent."""

    template: str
    subject: str
    text: str


@cache
def templates() -> tuple[str, ...]:
    """Every letter there is, by its name: T- to customers, N- to people of the house."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".en.txt") for name in files if name.endswith(".en.txt")))


@cache
def delivered(template: str, locale: str) -> str:
    """The text of a letter in that language as it was delivered: version 0."""
    return (resources.files(__name__) / f"{template}.{locale}.txt").read_text(encoding="utf-8")


def render(session: Session, template: str, locale: str, **values: Any) -> Letter:
    """The letter in that language, English where there is none in it. Raises UndefinedError for a value not given."""
    language = locale if locale in LANGUAGES else "en"
    written = session.scalar(_NEWEST, {"template": template, "locale": language})
    return filled(template, written if written is not None else delivered(template, language), language, **values)


def sources(session: Session, template: str) -> dict[str, str]:
    """What is sent now in every language, in one statement: for a letter to many people."""
    written = {row.locale: row.text for row in session.execute(_NEWEST_OF_ALL, {"template": template})}
    return {locale: written.get(locale) or delivered(template, locale) for locale in LANGUAGES}


def filled(template: str, source: str, locale: str, **values: Any) -> Letter:
    """A text of this letter with these values in their places."""
    subject, _, text = _compiled(source).render(locale=locale, **values).partition("\n")
    # A line break that came with a value would start a header of its own.
    return Letter(template=template, subject=" ".join(subject.split()), text=_BLANK_LINES.sub("\n\n", text.strip()) + "\n")


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return ENVIRONMENT.from_string(source)
