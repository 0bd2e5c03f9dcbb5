"""What the address of the inbox asks for: read, written again, and said in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from api import days
from api.pages import door, inbox_words, language
from engine import attribute_order, definitions
from engine.task_lists import SCOPES, STANDINGS, Scope, Standing, Wanted
from processes import task_texts

DEFAULT_SCOPE: Scope = "groups"
DEFAULT_SORT = "due_at"
SORTS = (DEFAULT_SORT, "slack", "-priority", "created_at", "-created_at", "follow_up_at")
OPERATORS = ("eq", "neq", "gte", "lte", "like")
LEVELS = (1, 2, 3, 4)
LONGEST = 60
MOST_CONDITIONS = 6


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A search attribute compared with a value: `level.gte.3` in the address."""

    name: str
    operator: str
    value: str

    @property
    def written(self) -> str:
        """As part of an address."""
        return f"{self.name}.{self.operator}.{self.value}"

    @property
    def compared(self) -> dict[str, Any]:
        """As a filter of the engine: a number where it is one."""
        value: Any = _number(self.value)
        if self.operator == "like":
            value = f"%{self.value}%"
        return {f"attributes.{self.name}": {f"${self.operator}": value}}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filters of the address; what is none of ours is left out."""

    scope: Scope = DEFAULT_SCOPE
    standing: Standing | None = None
    level: int | None = None
    process: str = ""
    text: str = ""
    conditions: tuple[Condition, ...] = ()
    any_of: bool = False
    sort: str = DEFAULT_SORT

    @property
    def args(self) -> dict[str, Any]:
        """As parts of an address; what is usual needs no word."""
        given: dict[str, Any] = {
            "scope": self.scope if self.scope != DEFAULT_SCOPE else None,
            "standing": self.standing,
            "level": self.level,
            "process": self.process or None,
            "q": self.text or None,
            "where": [one.written for one in self.conditions] or None,
            "any": 1 if self.any_of and len(self.conditions) > 1 else None,
            "sort": self.sort if self.sort != DEFAULT_SORT else None,
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def filter(self) -> dict[str, Any]:
        """Level and conditions, as the engine takes them."""
        found: dict[str, Any] = {"attributes.level": self.level} if self.level else {}
        if self.any_of and len(self.conditions) > 1:
            return found | {"$or": [one.compared for one in self.conditions]}
        compared: dict[str, dict[str, Any]] = {}
        for one in self.conditions:
            for name, operand in one.compared.items():
                compared.setdefault(name, {}).update(operand)
        if self.level and "attributes.level" in compared:
            compared["attributes.level"]["$eq"] = self.level
        return found | compared

    @property
    def kept(self) -> dict[str, Any]:
        """What a saved filter keeps of it."""
        given: dict[str, Any] = {"scope": self.scope, "standing": self.standing, "process": self.process, "text": self.text}
        given |= {"filter": self.filter, "sort": self.sort}
        return {name: value for name, value in given.items() if value}

    @property
    def narrowed(self) -> bool:
        """Whether more is asked for than whose tasks."""
        return bool(self.args.keys() - {"scope", "sort"})

    def url(self, **changes: Any) -> str:
        """The address of the list with these changes."""
        return url_for("pages.tasks", **replace(self, **changes).args)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What is narrowed down to, in words, each with the address without it."""
        found = []
        if self.text:
            found.append((f"“{self.text}”", self.url(text="")))
        if self.level:
            found.append((inbox_words.level(self.level), self.url(level=None)))
        for one in self.conditions:
            rest = tuple(other for other in self.conditions if other != one)
            found.append((inbox_words.condition(one.name, one.operator, one.value), self.url(conditions=rest)))
        return found


def asked() -> Asked:
    """Of this request: what a form sends back about the list it belongs to comes as `list.*` fields or in its address."""
    return read(request.args)


def read(given: MultiDict[str, str]) -> Asked:
    """The filters among these values."""
    scope = next((one for one in SCOPES if one == given.get("scope")), DEFAULT_SCOPE)
    level = given.get("level", "")
    written = [*given.getlist("where"), *_from_fields(given)]
    return Asked(
        scope=scope if scope != "open" or sees_all() else DEFAULT_SCOPE,
        standing=next((one for one in STANDINGS if one == given.get("standing")), None),
        level=int(level) if level in {str(one) for one in LEVELS} else None,
        process=given.get("process", "").strip()[:LONGEST],
        text=given.get("q", "").strip()[:LONGEST],
        conditions=tuple(dict.fromkeys(one for text in written[:MOST_CONDITIONS] if (one := _condition(text)) is not None)),
        any_of=given.get("any") == "1",
        sort=sort if (sort := given.get("sort", "")[:LONGEST]) in SORTS or attribute_order.is_asked(sort) else DEFAULT_SORT,
    )


def _from_fields(given: Mapping[str, str]) -> Sequence[str]:
    """The row of fields that adds a condition."""
    name, operator, value = (given.get(one, "").strip() for one in ("attribute", "operator", "value"))
    return [f"{name}.{operator or 'eq'}.{value}"] if name and value else []


def _condition(text: str) -> Condition | None:
    name, _, rest = text.partition(".")
    operator, _, value = rest.partition(".")
    if not name.isidentifier() or operator not in OPERATORS or not value:
        return None
    return Condition(name=name[:LONGEST], operator=operator, value=value[:LONGEST])


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() and abs(number.adjusted()) < LONGEST else text


def order(session: Session, one: Asked) -> str:
    """What the list is sorted by; an attribute that no process declares any more is no order."""
    known = not attribute_order.is_asked(one.sort) or attribute_order.name(one.sort) in definitions.search_attributes(session)
    return one.sort if known else DEFAULT_SORT


def sees_all() -> bool:
    """Whether this person's roles read every task."""
    return door.who().may("task:read")


def wanted(session: Session, one: Asked) -> Wanted:
    """For the engine."""
    return Wanted(
        scope=one.scope,
        standing=one.standing,
        day=days.today(language.time_zone()),
        process=one.process or None,
        text=one.text,
        keys=task_texts.references(session, one.text, actor=door.actor()),
        filter=one.filter,
    )


def of_saved(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A saved filter as parts of an address, as far as the page has fields for it."""
    filter_: dict[str, Any] = dict(kept.get("filter", {}))
    alternatives = filter_.pop("$or", None)
    either = alternatives if alternatives is not None else [filter_]
    level = filter_.get("attributes.level")
    found = [Condition(name=name, operator=op, value=value) for one in either for name, op, value in _spelled(one)]
    shown = Asked(
        scope=kept.get("scope", DEFAULT_SCOPE),
        standing=kept.get("standing"),
        level=int(level) if isinstance(level, int | Decimal) else None,
        process=kept.get("process", ""),
        text=kept.get("text", ""),
        conditions=tuple(found),
        any_of=alternatives is not None,
        sort=kept.get("sort", DEFAULT_SORT),
    )
    return shown.args


def _spelled(compared: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for name, wish in compared.items():
        for operator, value in (wish if isinstance(wish, dict) else {}).items():
            text = str(value).strip("%") if operator == "$like" else str(value)
            found.append((name.removeprefix("attributes."), operator.removeprefix("$"), text))
    return found
