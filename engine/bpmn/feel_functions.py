"""Comparisons, literals and functions of FEEL, said in our expression language (`feel`)."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import isodate

LONGEST = 4_000
"""Characters of a text, read or said; an expression of ours has 2,000 at most."""
ORDER = ("<", "<=", ">", ">=")


class NotUnderstood(ValueError):
    """This is no FEEL, or more than is translated."""


class TooLong(NotUnderstood):
    """It takes too many steps to be read."""

    def __str__(self) -> str:
        return "It is too long; divide it."


def short(said: str) -> str:
    """The same, as long as it may be: what stands in brackets can be repeated by each comparison around it."""
    if len(said) > LONGEST:
        raise TooLong
    return said


def compared(subject: str, sign: str, value: str) -> str:
    """Nothing is less or more than null (10.3.2.13), but null may be equal to it."""
    plain = f"{subject} {'==' if sign == '=' else sign} {value}"
    return f"({subject} != None and {plain})" if sign in ORDER else f"({plain})"


def string(token: str) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise NotUnderstood(f"The text {token or 'that is missing here'} cannot be read.") from None


def _date(text: str) -> str:
    try:
        return f"date({date.fromisoformat(text).isoformat()!r})"
    except ValueError:
        raise NotUnderstood(f"'{text}' is no date, such as 2026-03-01.") from None


def _instant(text: str) -> str:
    try:
        return f"datetime({datetime.fromisoformat(text).isoformat()!r})"
    except ValueError:
        raise NotUnderstood(f"'{text}' is no date and time, such as 2026-03-01T09:00:00Z.") from None


def _duration(text: str) -> str:
    try:
        found = isodate.parse_duration(text)
    except (isodate.ISO8601Error, ValueError, OverflowError):
        raise NotUnderstood(f"'{text}' is no duration, such as P3D or PT4H.") from None
    if not isinstance(found, timedelta):
        raise NotUnderstood(f"The length of '{text}' varies; use days or hours.")
    seconds = int(found.total_seconds())
    return f"timedelta(days={seconds // 86400}, seconds={seconds % 86400})"


def at(text: str) -> str:
    return _duration(text) if text.lstrip("-").startswith("P") else _instant(text) if "T" in text else _date(text)


def _listed(items: tuple[str, ...]) -> str:
    """`sum(list)` and `sum(1, 2)` mean the same in FEEL."""
    return items[0] if len(items) == 1 else f"[{', '.join(items)}]"


DATES: Mapping[str, Callable[[str], str]] = {
    "date": _date,
    "date and time": _instant,
    "duration": _duration,
}
FUNCTIONS: Mapping[str, Callable[..., str]] = {
    "not": lambda value: f"(not {value})",
    "date": lambda value: f"date({value})",
    "date and time": lambda value: f"datetime({value})",
    "count": lambda items: f"len({items})",
    "string length": lambda value: f"len({value})",
    "string": lambda value: f"str({value})",
    "number": lambda value: f"Decimal({value})",
    "abs": lambda value: f"abs({value})",
    "decimal": lambda value, places: f"round({value}, {places})",
    "round half up": lambda value, places: f"round({value}, {places})",
    "contains": lambda value, part: f"({part} in {value})",
    "list contains": lambda items, item: f"({item} in {items})",
    "starts with": lambda value, part: f"{value}.startswith({part})",
    "ends with": lambda value, part: f"{value}.endswith({part})",
    "upper case": lambda value: f"{value}.upper()",
    "lower case": lambda value: f"{value}.lower()",
    "string join": lambda items, between="''": f"{between}.join({items})",
    "sum": lambda *items: f"sum({_listed(items)})",
    "min": lambda *items: f"min({_listed(items)})",
    "max": lambda *items: f"max({_listed(items)})",
    "all": lambda items: f"all({items})",
    "any": lambda items: f"any({items})",
}
