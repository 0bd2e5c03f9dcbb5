"""Forms without JavaScript: the same deployed schema as plain fields, and what a browser posts as values again."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.errors import Invalid, Problem

Schema = Mapping[str, Any]


def fields(schema: Schema) -> Iterator[Mapping[str, Any]]:
    """Every component that holds a value, groups opened."""
    for component in schema.get("components", ()):
        if "components" in component and "key" not in component:
            yield from fields(component)
        elif component.get("key"):
            yield component


def shown(schema: Schema, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the instance that the form only shows; what is to be answered is never filled in from an earlier answer."""
    keys = {field["key"] for field in fields(schema) if field.get("readonly") or field.get("disabled")}
    return {key: value for key, value in variables.items() if key in keys}


def posted(form: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """What was typed: form-js sends one JSON object as `values`, the plain form one field each."""
    raw = form.get("values")
    if not raw:
        return {field["key"]: value for field in fields(schema) if (value := _value(form, field)) is not None}
    try:
        values = json.loads(raw, parse_float=Decimal)
    except ValueError as error:
        raise Invalid(problems=[Problem(code="FORM", message="The form did not arrive whole; send it again.")]) from error
    return dict(values) if isinstance(values, dict) else {}


def _value(form: MultiDict[str, str], field: Mapping[str, Any]) -> Any:
    key, kind = field["key"], field["type"]
    if kind in ("checklist", "taglist"):
        return form.getlist(key)
    if kind == "checkbox":
        return key in form
    text = form.get(key, "").strip()
    if text == "":
        return None
    if kind == "number" and not field.get("serializeToString"):
        return _number(text)
    return text


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text  # the form check says what is wrong with it
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
