"""Forms without JavaScript: the same deployed schema as plain fields, and what a browser posts as values again.

A field is posted under its key, one in a row of a list under `list.0.key`. Rows left empty are not sent.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from api import exact_json
from api.errors import BadRequest
from api.pages import wording
from engine.errors import Invalid, Problem

Schema = Mapping[str, Any]
LIST = "dynamiclist"
MANY = ("checklist", "taglist")
MOST_ROWS = 200  # as many as the form check accepts
LONGEST_NUMBER = 18  # digits behind the first; a whole number is kept in 64 bit
_ROW = re.compile(r"(\d{1,3})\.")


def fields(schema: Schema) -> Iterator[Mapping[str, Any]]:
    """Every component that holds a value, groups opened; a list is one of them."""
    for component in schema.get("components", ()):
        if component.get("type") == LIST or component.get("key"):
            yield component
        elif "components" in component:
            yield from fields(component)


def name_of(field: Mapping[str, Any]) -> str:
    """The variable a field writes: a list is named by its path."""
    return str(field.get("path") if field.get("type") == LIST else field["key"])


def labels(schema: Schema, before: str = "") -> dict[str, str]:
    """What each field is called, by name; one in a row of a list by `list.key`."""
    found: dict[str, str] = {}
    for field in fields(schema):
        name = before + name_of(field)
        found[name] = str(field.get("label") or field.get("dateLabel") or name)
        if field.get("type") == LIST:
            found |= labels(field, before=f"{name}.")
    return found


def said_by_label(schema: Schema, sentences: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same sentences with the choices of their field called as the form calls them (`delivery_trace`: Delivery trace)."""
    named = {name_of(field): _codes(field) for field in fields(schema)}
    return {key: [_labelled(one, named.get(key, {})) for one in said] for key, said in sentences.items()}


def _codes(field: Mapping[str, Any]) -> dict[str, str]:
    """The choices that cannot be taken for words of a sentence: `delivery_trace`, `RC-32`."""
    offered = {wording.choice(one["value"]): str(one.get("label") or one["value"]) for one in field.get("values", ())}
    return {code: label for code, label in offered.items() if "_" in code or (code.isupper() and len(code) > 1)}


def _labelled(sentence: str, codes: Mapping[str, str]) -> str:
    if not codes:
        return sentence
    found = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])({found})(?![\w-])", lambda match: codes[match[1]], sentence)


def read_only(schema: Schema) -> frozenset[str]:
    """The fields that only show something."""
    return frozenset(name_of(field) for field in fields(schema) if field.get("readonly") or field.get("disabled"))


def answerable(schema: Schema) -> Schema:
    """The same form without what only shows data of one instance: for several of them at once."""
    kept = [one for one in schema.get("components", ()) if not (one.get("readonly") or one.get("disabled"))]
    return {**schema, "components": [answerable(one) if "components" in one else one for one in kept]}


def shown(schema: Schema, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the instance that the form only shows; what is to be answered is never filled in from an earlier answer."""
    keys = read_only(schema)
    return {key: value for key, value in variables.items() if key in keys}


def posted(form: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """What was typed: form-js sends one JSON object as `values`, the plain form one field each."""
    raw = form.get("values")
    if not raw:
        return _typed(form, schema)
    try:
        values = exact_json.loads(raw.encode())
    except BadRequest as error:
        raise Invalid(problems=[Problem(code="FORM", message="The form did not arrive whole; send it again.")]) from error
    return dict(values) if isinstance(values, dict) else {}


def _typed(form: MultiDict[str, str], schema: Schema, before: str = "") -> dict[str, Any]:
    """The values of these fields; what is only shown and what was left empty is left out."""
    only_shown = read_only(schema)
    found = {name_of(field): _value(form, field, before + name_of(field)) for field in fields(schema) if name_of(field) not in only_shown}
    return {name: value for name, value in found.items() if value is not None}


def _value(form: MultiDict[str, str], field: Mapping[str, Any], name: str) -> Any:
    kind = field["type"]
    if kind == LIST:
        return _rows(form, field, name)
    if kind in MANY:
        return [_choice(field, one) for one in form.getlist(name)]
    if kind == "checkbox":
        return name in form
    text = form.get(name, "").strip()
    if text == "":
        return None
    if kind in ("radio", "select"):
        return _choice(field, text)
    if kind == "number" and not field.get("serializeToString"):
        return _number(text)
    return text


def _choice(field: Mapping[str, Any], text: str) -> Any:
    """The value that is offered under this text; another text goes on to the form check, which refuses it."""
    return next((one["value"] for one in field.get("values", ()) if wording.choice(one["value"]) == text), text)


def _rows(form: MultiDict[str, str], field: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of a list in their order; a tick alone does not make a row."""
    start = f"{name}."
    named = (_ROW.match(key.removeprefix(start)) for key in form if key.startswith(start))
    numbers = sorted({int(one[1]) for one in named if one is not None})[:MOST_ROWS]
    rows = (_typed(form, field, before=f"{start}{number}.") for number in numbers)
    return [row for row in rows if any(not isinstance(value, bool) and value != [] for value in row.values())]


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text  # the form check says what is wrong with it
    if not number.is_finite() or number.adjusted() > LONGEST_NUMBER:
        return text
    return int(number) if number == number.to_integral_value() and "." not in text else number


def jsonable(value: Any) -> Any:
    """Values as form-js wants them: money and other decimals as text, the rest as it is."""
    if isinstance(value, Mapping):
        return {key: jsonable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
