"""The texts that are sent: one Jinja file each and per language, `<template>.<en|zh>.txt`, its first line the subject."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from processes.letters import words

LANGUAGES = ("en", "zh")
_BLANK_LINES = re.compile(r"\n{3,}")  # what a part that is left out leaves behind

# Letters are plain text: escaping would put `&amp;` into them. A name that is not given is a mistake, not an empty place.
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(words.FILTERS)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A text ready to be sent."""

    template: str
    subject: str
    text: str


def render(template: str, locale: str, **values: Any) -> Letter:
    """The letter in that language, English where there is none in it. Raises UndefinedError for a value not given."""
    language = locale if locale in LANGUAGES else "en"
    written = _ENVIRONMENT.get_template(f"{template}.{language}.txt").render(locale=language, **values)
    subject, _, text = written.partition("\n")
    # A line break that came with a value would start a header of its own.
    return Letter(template=template, subject=" ".join(subject.split()), text=_BLANK_LINES.sub("\n\n", text.strip()) + "\n")
