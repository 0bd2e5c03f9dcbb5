"""How facts of a case are told beside a form: sections of names and values, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from api.pages import wording
from api.pages.form_words import FormWords
from api.pages.people_names import Names


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line: a name and what stands there. `wide`: a text that needs the whole width."""

    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """Facts that belong together; `folded` ones are opened by who wants to read them."""

    title: str
    facts: Sequence[Fact]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Teller:
    """What every section needs to speak: the words of forms, the names of people."""

    words: FormWords
    names: Names


def section(title: str, *facts: Fact | None) -> Section:
    """A section of the facts that are there."""
    return Section(title=title, facts=[one for one in facts if one is not None and one.value])


def fact(label: str, value: Any) -> Fact | None:
    """A line, if there is something to say."""
    return Fact(label=label, value=_said(value)) if value not in (None, "", []) else None


def text(label: str, value: str | None) -> Fact | None:
    """A longer text under its name, if there is one."""
    return Fact(label=label, value=value, wide=True) if value else None


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return wording.money(value)
    if isinstance(value, datetime):
        return wording.short_time(value)
    return value.isoformat() if isinstance(value, date) else wording.plain(value)


def department_name(teller: Teller, code: str | None) -> str:
    """A department as forms offer it."""
    return teller.words("ut_investigate", "involved_departments", code)
