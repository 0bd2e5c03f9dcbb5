"""The methods of values that expressions and scripts may call, by kind of value and name.

A method that is not in these tables does not exist inside; `format`, `format_map`, `encode`, `translate`, `strftime` are left
out on purpose: they reach attributes or grow without bounds. So are `rfind` and its like, which made-up texts can slow down
a millionfold. Nothing here gives a method, function or iterator as a value.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.bpmn.sandbox_budget import Budget, ExpressionError
from engine.bpmn.sandbox_collections import sorted_
from engine.bpmn.sandbox_data import sentence_word, weigh, word
from engine.bpmn.sandbox_operators import whole

Method = Callable[..., Any]
_STRIPPED = 100


def _plain(name: str, kind: type) -> Method:
    """A method that only reads its value and gives back something no larger than three times it (upper case of some letters)."""
    native = getattr(kind, name)

    def method(budget: Budget, owner: Any, /, *arguments: Any) -> Any:
        budget.take(3 * len(owner) if kind is str else len(owner))
        result = native(owner, *arguments)
        return list(result) if isinstance(result, tuple) else result

    return method


def _padded(name: str) -> Method:
    native = getattr(str, name)

    def method(budget: Budget, owner: str, width: Any, /, *fill: str) -> Any:
        size = whole(width, use="The width")
        budget.take(max(size, len(owner)))
        return native(owner, size, *fill)

    return method


def _stripped(name: str) -> Method:
    native = getattr(str, name)

    def method(budget: Budget, owner: str, characters: str | None = None, /) -> Any:
        # every character of the text is looked for among these, so many of both take a second
        if characters is not None and len(characters) > _STRIPPED:
            raise ExpressionError(f"{name} takes up to {_STRIPPED} characters.")
        budget.take(len(owner))
        return native(owner, characters)

    return method


def _sought(name: str) -> Method:
    native = getattr(str, name)

    def method(budget: Budget, owner: str, sought: Any, start: Any = 0, end: Any = None, /) -> Any:
        budget.take(len(owner))
        last = len(owner) if end is None else whole(end, use="A position")
        return native(owner, sought, whole(start, use="A position"), last)

    return method


def _replace(budget: Budget, owner: str, old: str, new: str, count: Any = -1, /) -> str:
    budget.take(len(owner))
    most = whole(count, use="The number of replacements")
    found = owner.count(old) if most < 0 else min(owner.count(old), most)
    budget.take(len(owner) + max(0, found * (len(new) - len(old))))
    return owner.replace(old, new, most)


def _split(budget: Budget, owner: str, separator: str | None = None, most: Any = -1, /) -> list[str]:
    budget.take(2 * len(owner) + 1)
    return owner.split(separator, whole(most, use="The number of parts"))


def _join(budget: Budget, owner: str, parts: Any, /) -> str:
    if type(parts) not in (list, set, dict):
        raise ExpressionError(f"join needs a list of texts, not {word(parts)}.")
    budget.take(len(parts))
    if not all(type(part) is str for part in parts):
        raise ExpressionError("join needs a list of texts; write str(...) around numbers.")
    budget.take(sum(map(len, parts)) + len(owner) * len(parts))
    return owner.join(parts)


def _extend(budget: Budget, owner: list[Any], more: Any, /) -> None:
    if type(more) not in (list, set, str):
        raise ExpressionError(f"A list can only be extended by a list, not by {word(more)}.")
    budget.take(len(owner) + len(more))
    owner.extend(list(more))


def _append(budget: Budget, owner: list[Any], value: Any, /) -> None:
    budget.take(1)
    owner.append(value)


def _insert(budget: Budget, owner: list[Any], position: Any, value: Any, /) -> None:
    budget.take(len(owner))
    owner.insert(whole(position, use="A position"), value)


def _pop(budget: Budget, owner: list[Any], position: Any = -1, /) -> Any:
    budget.take(len(owner))
    return owner.pop(whole(position, use="A position"))


def _sort(budget: Budget, owner: list[Any], /, *, key: Any = None, reverse: Any = False) -> None:
    owner[:] = sorted_(budget, owner, key=key, reverse=reverse)


def _compared(name: str) -> Method:
    native = getattr(list, name)

    def method(budget: Budget, owner: list[Any], value: Any, /) -> Any:
        budget.take(len(owner))
        if type(value) in (list, dict, set):
            weigh(budget, owner, value)
        return native(owner, value)

    return method


def _view(name: str) -> Method:
    native = getattr(dict, name)

    def method(budget: Budget, owner: dict[Any, Any], /) -> list[Any]:
        budget.take(len(owner))
        return [list(member) if type(member) is tuple else member for member in native(owner)]

    return method


def _get(budget: Budget, owner: dict[Any, Any], key: Any, default: Any = None, /) -> Any:
    return owner.get(key, default)


def _pop_key(budget: Budget, owner: dict[Any, Any], key: Any, *default: Any) -> Any:
    return owner.pop(key, *default)


def _set_default(budget: Budget, owner: dict[Any, Any], key: Any, value: Any = None, /) -> Any:
    budget.take(1)
    return owner.setdefault(key, value)


def _update(budget: Budget, owner: dict[Any, Any], more: Any = None, /, **fields: Any) -> None:
    more = {} if more is None else more
    if type(more) is not dict:
        raise ExpressionError(f"Data can only be updated from other data with fields, not from {word(more)}.")
    budget.take(len(owner) + len(more) + len(fields))
    owner.update(more, **fields)


def _of_sets(name: str) -> Method:
    native = getattr(set, name)

    def method(budget: Budget, owner: set[Any], other: Any, /) -> Any:
        if type(other) not in (set, list):
            raise ExpressionError(f"{name} needs a set or a list, not {word(other)}.")
        budget.take(len(owner) + len(other))
        return native(owner, other)

    return method


def _of_dates(name: str) -> Method:
    def method(budget: Budget, owner: Any, /) -> Any:
        return getattr(owner, name)()

    return method


def _total_seconds(budget: Budget, owner: datetime.timedelta, /) -> Decimal:
    return Decimal(owner.days * 86_400 + owner.seconds) + Decimal(owner.microseconds).scaleb(-6)


_READING = (
    *("upper", "lower", "swapcase", "capitalize", "title", "casefold", "splitlines", "partition", "removeprefix", "removesuffix"),
    *("isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower"),
)
_STR = {name: _plain(name, str) for name in _READING}
_LIST = {"copy": _plain("copy", list), "clear": _plain("clear", list), "reverse": _plain("reverse", list)}
_DATE = {name: _of_dates(name) for name in ("isoformat", "weekday", "isoweekday")}

METHODS: dict[type, dict[str, Method]] = {
    str: _STR
    | {name: _padded(name) for name in ("ljust", "rjust", "center", "zfill")}
    | {name: _sought(name) for name in ("find", "index", "count", "startswith", "endswith")}
    | {name: _stripped(name) for name in ("strip", "lstrip", "rstrip")}
    | {"replace": _replace, "split": _split, "join": _join},
    list: _LIST
    | {name: _compared(name) for name in ("index", "count", "remove")}
    | {"append": _append, "extend": _extend, "insert": _insert, "pop": _pop, "sort": _sort},
    dict: {name: _view(name) for name in ("keys", "values", "items")}
    | {"copy": _plain("copy", dict), "clear": _plain("clear", dict)}
    | {"get": _get, "pop": _pop_key, "setdefault": _set_default, "update": _update},
    set: {name: _of_sets(name) for name in ("union", "intersection", "difference", "issubset", "issuperset", "isdisjoint")}
    | {name: _plain(name, set) for name in ("add", "discard", "remove", "copy", "clear")},
    datetime.date: _DATE,
    datetime.datetime: _DATE | {"date": _of_dates("date")},
    datetime.timedelta: {"total_seconds": _total_seconds},
}
NAMES = frozenset(name for methods in METHODS.values() for name in methods)
CHANGING = frozenset({"append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "add", "discard", "update", "setdefault"})
"""Methods that change their value: for scripts, not for conditions."""


def call(budget: Budget, owner: Any, name: str, /, *arguments: Any, **named: Any) -> Any:
    """`owner.name(...)`."""
    budget.tick()
    method = METHODS.get(type(owner), {}).get(name)
    if method is None:
        raise ExpressionError(f"{sentence_word(owner)} has no method '{name}'.")
    return method(budget, owner, *arguments, **named)
