"""What a person filled in, checked again on the server, field by field.

`check(form, values)` gives the clean values and the problems. A field that is shown has a value afterwards (None if it was
left empty; no for a box that was not ticked), a field that is hidden, disabled or read-only has none. Numbers are whole
numbers or Decimal, dates stay ISO text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine import clock, form_patterns
from engine.errors import Problem
from engine.form_reader import parse, problems
from engine.form_schema import LISTS, LONGEST_TEXT, Field, Form, label, translated

__all__ = ["MESSAGES", "Field", "Form", "check", "label", "parse", "problems", "translated"]

MESSAGES: Mapping[str, str] = {
    "REQUIRED": "{label} is required.",
    "NOT_TEXT": "{label} must be text.",
    "TOO_SHORT": "{label} must have at least {limit} characters.",
    "TOO_LONG": "{label} must have at most {limit} characters.",
    "PATTERN": "{label} does not have the form that is expected.",
    "NOT_EMAIL": "{label} must be an e-mail address such as name@example.com.",
    "NOT_PHONE": "{label} must be a phone number of digits, spaces and + - ( ).",
    "NOT_NUMBER": "{label} must be a number such as 44.85.",
    "TOO_PRECISE": "{label} must have at most {limit} digits after the point.",
    "TOO_SMALL": "{label} must be at least {limit}.",
    "TOO_LARGE": "{label} must be at most {limit}.",
    "NOT_STEP": "{label} must be a multiple of {limit}.",
    "NOT_YES_NO": "{label} must be yes or no.",
    "NOT_OFFERED": "{label} must be one of the choices that are offered.",
    "NOT_LIST": "{label} must be a list.",
    "TOO_MANY": "{label} must have at most {limit} entries.",
    "NOT_DATE": "{label} must be a date such as 2026-03-01.",
    "NOT_TIME": "{label} must be a time such as 09:30.",
    "NOT_DATE_TIME": "{label} must be a date and time such as 2026-03-01T09:30.",
    "PAST": "{label} must not be in the past.",
    "UNKNOWN_FIELD": "This form has no field '{label}'; leave it out.",
    "NOT_FIELDS": "What was sent must be an object with one member for each field.",
}
"""The sentence for each code; pages translate these and hand them to `check`."""
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
_LARGEST = 10**15
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}", re.ASCII)
_PHONE = re.compile(r"\+?[\d ().-]{3,30}", re.ASCII)
_ROWS = 200
_UNKNOWN = 20
"""Unknown fields that are named; a sender of more has other worries."""
_NONE: Mapping[str, Any] = {}
_EMPTY: tuple[Any, ...] = (None, "", [])


class _Wrong(ValueError):
    """A value that its field does not accept."""

    def __init__(self, code: str, limit: object = "") -> None:
        self.code = code
        self.limit = limit
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class _Check:
    """One check of one form: its language, and where problems go."""

    locale: str
    messages: Mapping[str, str]
    variables: Mapping[str, Any]
    found: list[Problem]

    def problem(self, code: str, *, pointer: str, name: str, limit: object = "") -> None:
        message = self.messages.get(code, MESSAGES[code]).format(label=name, limit=limit)
        self.found.append(Problem(code=code, message=message, pointer=pointer, name=name))

    def values(self, fields: Sequence[Field], values: Any, *, pointer: str, outside: Mapping[str, Any]) -> dict[str, Any]:
        """The clean values of these fields; conditions see what is shown, in two rounds, as in the browser."""
        if not isinstance(values, Mapping):
            self.problem("NOT_FIELDS", pointer=pointer, name="")
            return {}
        sent = {field.key: _as_seen(field, (self.variables if field.read_only else values).get(field.key)) for field in fields}
        seen = {**outside, **_shown(fields, {**outside, **sent})}
        clean: dict[str, Any] = {}
        for field in fields:
            if not field.read_only and not _hidden(field, seen):
                clean[field.key] = self.value(field, values.get(field.key), pointer=f"{pointer}/{_escaped(field.key)}", outside=seen)
        known = {field.key for field in fields}
        for key in [key for key in values if key not in known][:_UNKNOWN]:
            self.problem("UNKNOWN_FIELD", pointer=f"{pointer}/{_escaped(str(key))}", name=str(key)[:80])
        return clean

    def value(self, field: Field, value: Any, *, pointer: str, outside: Mapping[str, Any]) -> Any:
        """The clean value of one field."""
        name = label(field.label, self.locale)
        try:
            clean = self.rows(field, value, pointer=pointer, outside=outside) if field.type == "dynamiclist" else _read(field, value)
        except _Wrong as wrong:
            self.problem(wrong.code, pointer=pointer, name=name, limit=wrong.limit)
            return None
        if field.required and (clean in _EMPTY or (field.type == "checkbox" and clean is False)):
            self.problem("REQUIRED", pointer=pointer, name=name)
        return clean

    def rows(self, field: Field, value: Any, *, pointer: str, outside: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a dynamic list, each checked like a form."""
        rows = _list(value)
        return [self.values(field.fields, row, pointer=f"{pointer}/{number}", outside=outside) for number, row in enumerate(rows)]


def check(
    form: Form, values: Any, *, locale: str = "en", messages: Mapping[str, str] = MESSAGES, variables: Mapping[str, Any] = _NONE
) -> tuple[dict[str, Any], list[Problem]]:
    """The clean values and what is wrong with what was sent, in the order of the page.

    `variables` are those of the instance: conditions read the fields that are only shown from there, not from the sender.
    `messages` are the translated templates by code; `locale` chooses the language of the labels in them. A Problem has the
    code, a JSON pointer (`/approved_amount`, `/items/0/price`) and the label as `name`.
    """
    checking = _Check(locale=locale, messages=messages, variables=variables, found=[])
    clean = checking.values(form.fields, values, pointer="", outside={})
    return clean, checking.found


def _escaped(key: str) -> str:
    """A key within a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _hidden(field: Field, seen: Mapping[str, Any]) -> bool:
    return any(condition.holds(seen) for condition in field.hide)


def _shown(fields: Sequence[Field], seen: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those of hidden fields; form-js then decides on these what is hidden."""
    return {field.key: None if _hidden(field, seen) else seen[field.key] for field in fields}


def _as_seen(field: Field, value: Any) -> Any:
    """What a condition sees of a value that is not checked yet: null if it is empty, no if a box is not ticked."""
    if field.type == "checkbox":
        return value is True
    return None if value in _EMPTY else value


def _read(field: Field, value: Any) -> Any:
    """The clean value; _Wrong says what is wrong with it."""
    if field.type == "checkbox":
        return _yes_no(value)
    if value in _EMPTY:
        return [] if field.type in LISTS else None
    return _READERS[field.type](field, value)


def _yes_no(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise _Wrong("NOT_YES_NO")
    return value is True


def _text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _Wrong("NOT_TEXT")
    longest = min(field.max_length, form_patterns.LONGEST_VALUE if field.pattern else LONGEST_TEXT)
    if len(value) > LONGEST_TEXT or len(value.strip()) > longest:
        raise _Wrong("TOO_LONG", longest)
    if 0 < len(value.strip()) < field.min_length:
        raise _Wrong("TOO_SHORT", field.min_length)
    if field.pattern and not form_patterns.matches(field.pattern, value):
        raise _Wrong("PATTERN")
    if field.format == "email" and not (_EMAIL.fullmatch(value) and "." in value.rpartition("@")[2].strip(".")):
        raise _Wrong("NOT_EMAIL")
    if field.format == "phone" and not _PHONE.fullmatch(value):
        raise _Wrong("NOT_PHONE")
    # a field of blanks says nothing: it is as empty as it looks
    return value if value.strip() else None


def _number(field: Field, value: Any) -> int | Decimal:
    number = _decimal(value, as_text=field.as_text)
    places = max(0, -int(number.as_tuple().exponent))
    if field.digits is not None and places > field.digits:
        raise _Wrong("TOO_PRECISE", field.digits)
    if field.minimum is not None and number < field.minimum:
        raise _Wrong("TOO_SMALL", format(field.minimum, "f"))
    if field.maximum is not None and number > field.maximum:
        raise _Wrong("TOO_LARGE", format(field.maximum, "f"))
    if field.increment and number % field.increment:
        raise _Wrong("NOT_STEP", format(field.increment, "f"))
    return number if field.as_text or places else int(number)


def _decimal(value: Any, *, as_text: bool) -> Decimal:
    """Numbers as JSON has them, and as text where the field keeps text: money never passes through a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str) if as_text else (int, float, Decimal)):
        raise _Wrong("NOT_NUMBER")
    if isinstance(value, float):
        value = Decimal(repr(value)) if abs(value) < _LARGEST else None
        value = int(value) if value is not None and value == value.to_integral_value() else value
    written = value if isinstance(value, str) else format(value, "f") if isinstance(value, Decimal) and value.is_finite() else ""
    if isinstance(value, int) and abs(value) < _LARGEST:
        written = str(value)
    if not _NUMBER.fullmatch(written):
        raise _Wrong("NOT_NUMBER")
    return Decimal(written)


def _choice(field: Field, value: Any) -> Any:
    for offered in field.choices:
        if offered == value and isinstance(offered, bool) == isinstance(value, bool):
            return offered
    raise _Wrong("NOT_OFFERED")


def _choices(field: Field, value: Any) -> list[Any]:
    chosen: list[Any] = []
    for each in _list(value):
        choice = _choice(field, each)
        if choice not in chosen:
            chosen.append(choice)
    return chosen


def _list(value: Any) -> list[Any]:
    if value in _EMPTY:
        return []
    if not isinstance(value, list):
        raise _Wrong("NOT_LIST")
    if len(value) > _ROWS:
        raise _Wrong("TOO_MANY", _ROWS)
    return value


def _moment(field: Field, value: Any) -> str:
    code, read = _MOMENTS.get(field.subtype, _MOMENTS["date"])
    try:
        moment = read(value if isinstance(value, str) and len(value) <= len("2026-03-01T09:30:00.000000+08:00") else "")
    except ValueError as error:
        raise _Wrong(code) from error
    if field.no_past and isinstance(moment, date) and _day(moment) < clock.now().date():
        raise _Wrong("PAST")
    return str(value)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


_MOMENTS: Mapping[str, tuple[str, Callable[[str], date | time]]] = {
    "date": ("NOT_DATE", date.fromisoformat),
    "time": ("NOT_TIME", time.fromisoformat),
    "datetime": ("NOT_DATE_TIME", datetime.fromisoformat),
}
_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _moment,
}
