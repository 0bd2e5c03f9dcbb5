"""Problems in the reader's language.

The engine says what is wrong in English sentences made from templates. The templates are message ids: a sentence is taken
apart by the template that made it, and put together again in the other language. What no template fits stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from api.pages.language import language
from api.pages.sentences import TEMPLATES
from api.pages.texts import gettext
from engine.errors import Problem, RedressError
from processes import completeness, roles

_NAMES = {**{one.name: one.name_zh for one in roles.ROLES.values()}, **dict(completeness.FIELDS.values())}
_CUTS = ("; ", ", ")  # between the names of several things; names of fields hold commas


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Longest first, so that the most particular template is tried before a general one."""
    return tuple((one, _pattern(one)) for one in sorted({*TEMPLATES, *_refusals(RedressError)}, key=len, reverse=True))


def _refusals(error: type[RedressError]) -> Iterator[str]:
    """The sentences of all errors; one whose text is given as a whole would fit everything."""
    for one in error.__subclasses__():
        if "{" not in one.template() or not one.template().startswith("{"):
            yield one.template()
        yield from _refusals(one)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    seen: set[str] = set()
    text = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            text += re.escape(part)
        else:
            text += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
            seen.add(part)
    return re.compile(text, re.DOTALL)


def sentence(message: str, **instead: str) -> str:
    """The sentence in the reader's language; `instead` replaces parts of it by name, such as the label of a field."""
    if not instead:
        return message if language() == "en" else _translated(message, language())
    return _said_with(message, instead)


def known(message: str) -> bool:
    """Whether a template makes sentences like this one."""
    return any(pattern.fullmatch(message) for _, pattern in _patterns())


@lru_cache(maxsize=4096)
def _translated(message: str, _language: str) -> str:
    """Kept: some hundred templates are tried for each, and pages that live say the same every second."""
    return _said_with(message, {})


def _said_with(message: str, instead: Mapping[str, str]) -> str:
    for template, pattern in _patterns():
        found = pattern.fullmatch(message)
        if found:
            parts = {name: instead.get(name) or _part(part) for name, part in found.groupdict().items()}
            return gettext(template).format(**parts)
    return message


def _part(part: str) -> str:
    """What stands in a place: a sentence itself, the name of something, or several of them."""
    whole = _named(part)
    if whole is not None:
        return whole
    for cut in _CUTS:
        names = [(_named(one), one) for one in part.split(cut)]
        if any(name is not None for name, _ in names):
            return gettext(", ").join(name or one for name, one in names)
    return part


def _named(part: str) -> str | None:
    if language() == "en":
        return None
    said = _NAMES.get(part) or sentence(part)
    return None if said == part else said


def by_field(problems: Iterable[Problem], labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Sentences by field (`amount`, `shares.0.department`); what belongs to no field is under the empty key.

    `labels` name a field in a row of a list without the number of the row (`shares.department`).
    """
    found: dict[str, list[str]] = {}
    for problem in problems:
        parts = (problem.pointer or "").lstrip("/").split("/")
        parts = parts if "".join(parts[1:2]).isdecimal() else parts[:1]
        name = ".".join(part for part in parts if not part.isdecimal())
        instead = {"label": labels[name]} if name in labels else {}
        found.setdefault(".".join(parts), []).append(sentence(problem.message, **instead))
    return found
