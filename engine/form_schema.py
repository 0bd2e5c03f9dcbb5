"""A form as plain data: its fields and their rules, and the texts of one language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.form_conditions import Condition

CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
LISTS = frozenset({"checklist", "taglist", "dynamiclist"})
FIELDS = frozenset({"textfield", "textarea", "number", "checkbox", "datetime", *CHOICES})
COMPARABLE = frozenset({"textfield", "textarea", "number", "radio", "select", "datetime"})
LONGEST_TEXT = 20_000
_LANGUAGES = " | "
_TRANSLATED = ("label", "description", "text", "content", "dateLabel", "timeLabel", "alt", "placeholder", "prefixAdorner", "suffixAdorner")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input of a form; `label` still holds both languages. `fields` are those of a row of a dynamic list."""

    key: str
    type: str
    label: str
    required: bool = False
    read_only: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    min_length: int = 0
    max_length: int = LONGEST_TEXT
    pattern: str | None = None
    format: str | None = None
    choices: tuple[Any, ...] = ()
    subtype: str = "date"
    no_past: bool = False
    as_text: bool = False
    digits: int | None = None
    increment: Decimal | None = None
    hide: tuple[Condition, ...] = ()
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A deployed form: its fields in the order of the page, and the schema as it was deployed (do not change it)."""

    id: str
    fields: tuple[Field, ...]
    schema: Mapping[str, Any] = field(repr=False)

    @property
    def asks_nothing(self) -> bool:
        """Whether it can be sent as it is: nothing in it has to be filled in."""
        return not any(one.required for one in self.fields if not one.read_only)


def label(text: str, locale: str) -> str:
    """The part of `English | 中文` for this language; a text in one language is itself."""
    parts = text.split(_LANGUAGES)
    if len(parts) != 2:
        return text
    return parts[1 if locale.lower().startswith("zh") else 0].strip()


def translated(schema: Any, locale: str) -> Any:
    """A copy of the schema for the browser, with the texts of one language."""
    if isinstance(schema, dict):
        return {
            name: label(part, locale) if name in _TRANSLATED and isinstance(part, str) else translated(part, locale)
            for name, part in schema.items()
        }
    return [translated(part, locale) for part in schema] if isinstance(schema, list) else schema
