"""The file of a form-js form, read once, and every reason why the server could not check it.

Only what browser and server understand alike is accepted at deployment; a form that is deployed can be checked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from engine import form_conditions, form_patterns
from engine.errors import InvalidDeployment, Problem
from engine.form_conditions import Condition, UnsupportedCondition
from engine.form_schema import CHOICES, COMPARABLE, FIELDS, LONGEST_TEXT, Field, Form

_SHOWN_ONLY = frozenset({"text", "html", "separator", "button", "spacer", "image"})
MAX_BYTES = 500_000
_DEEPEST = 10
_DEEPEST_JSON = 50
_DIGITS = 30  # of a limit, before and after the point: what a field can hold has fewer


@lru_cache(256)
def parse(content: bytes) -> Form:
    """The form in a file; InvalidDeployment names what is wrong with it."""
    reader = Reader()
    form = reader.read(content)
    if form is None or reader.problems:
        raise InvalidDeployment(problems=reader.problems)
    return form


def problems(content: bytes, *, file: str = "") -> list[Problem]:
    """Everything that is wrong with the file of a form; empty if it can be deployed."""
    reader = Reader(file=file)
    reader.read(content)
    return reader.problems


class Reader:
    """Reads a form and collects problems, going on after each."""

    def __init__(self, *, file: str = "") -> None:
        self.file = file
        self.problems: list[Problem] = []

    def problem(
        self, code: str, message: str, *, pointer: str = "", component: Mapping[str, Any] | None = None, line: int | None = None
    ) -> None:
        """Note what is wrong with a component."""
        component = component or {}
        name = component.get("label") or component.get("dateLabel") or component.get("key")
        self.problems.append(
            Problem(
                code=code,
                message=message,
                pointer=pointer or None,
                file=self.file or None,
                element=str(component.get("id") or component.get("key") or "") or None,
                name=str(name) if name else None,
                line=line,
                rule="form",
            )
        )

    def read(self, content: bytes) -> Form | None:
        """The form, as far as it could be understood; None if it is none."""
        if len(content) > MAX_BYTES:
            self.problem(
                "FORM_TOO_LARGE", f"The file has {len(content):,} bytes; a form may have {MAX_BYTES:,}. Divide it among several tasks."
            )
            return None
        try:
            schema = json.loads(content.decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            self.problem("FORM_NOT_JSON", f"The file is not JSON: {error.msg} in line {error.lineno}.", line=error.lineno)
            return None
        except (ValueError, RecursionError):  # no UTF-8, a number of thousands of digits, brackets without end
            self.problem("FORM_NOT_JSON", "The file is not JSON in UTF-8.")
            return None
        if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
            self.problem("FORM_NO_COMPONENTS", "The file is not a form: it has no list of components.")
            return None
        if _is_deeper(schema, _DEEPEST_JSON):
            self.problem("FORM_UNSUPPORTED", "The file is nested too deep for a form.")
            return None
        fields = tuple(self.fields(schema["components"], pointer="/components"))
        if not fields and not self.problems and not schema["components"]:
            self.problem("FORM_NO_COMPONENTS", "The form has no components; draw at least one.", pointer="/components")
        self.check_conditions(fields, outside=())
        return Form(id=str(schema.get("id") or ""), fields=fields, schema=schema)

    def fields(self, components: Sequence[Any], *, pointer: str, hide: tuple[Condition, ...] = (), depth: int = 0) -> Iterator[Field]:
        """The fields of these components; a group is seen through and hands its condition down."""
        for number, component in enumerate(components):
            place = f"{pointer}/{number}"
            if depth > _DEEPEST or not isinstance(component, dict) or not component.get("type"):
                self.problem(
                    "FORM_UNSUPPORTED", "A component is an object with a type, and groups are not nested this deep.", pointer=place
                )
                continue
            kind = str(component["type"])
            conditions = (*hide, *self.condition(component, place))
            if kind == "group":
                yield from self.group(component, pointer=place, hide=conditions, depth=depth)
            elif kind in FIELDS or kind == "dynamiclist":
                found = self.field(component, pointer=place, hide=conditions, depth=depth)
                if found is not None:
                    yield found
            elif kind not in _SHOWN_ONLY:
                self.problem(
                    "FORM_UNSUPPORTED", f"Components of the type '{kind}' cannot be used; take another.", pointer=place, component=component
                )

    def group(self, component: Mapping[str, Any], *, pointer: str, hide: tuple[Condition, ...], depth: int) -> Iterator[Field]:
        """The fields in a group."""
        if component.get("path"):
            self.problem(
                "FORM_UNSUPPORTED", "A group with a path cannot be used; leave its path empty.", pointer=pointer, component=component
            )
        parts = component.get("components")
        yield from self.fields(parts if isinstance(parts, list) else (), pointer=f"{pointer}/components", hide=hide, depth=depth + 1)

    def condition(self, component: Mapping[str, Any], pointer: str) -> tuple[Condition, ...]:
        """The condition that hides a component."""
        conditional = component.get("conditional")
        text = conditional.get("hide") if isinstance(conditional, dict) else None
        if not text:
            return ()
        try:
            return (form_conditions.parse(str(text)),)
        except UnsupportedCondition as error:
            message = f"The condition '{text}' cannot be used: {error}. Write = a = b, != or >, with and, or, not()."
            self.problem("FORM_CONDITION", message, pointer=f"{pointer}/conditional/hide", component=component)
            return ()

    def field(self, component: Mapping[str, Any], *, pointer: str, hide: tuple[Condition, ...], depth: int) -> Field | None:
        """One field; None if it has no usable key."""
        is_list = component["type"] == "dynamiclist"
        key = component.get("path" if is_list else "key")
        if not isinstance(key, str) or not key.isidentifier() or key.startswith("_"):
            wanted = "path" if is_list else "key"
            message = f"A field needs a {wanted}: the name of its variable, of letters, digits and _ (it has {key!r})."
            self.problem("FORM_KEY", message, pointer=f"{pointer}/{wanted}", component=component)
            return None
        rows: tuple[Field, ...] = ()
        if is_list:
            self.check_repeats(component, pointer)
            parts = component.get("components")
            rows = tuple(self.fields(parts if isinstance(parts, list) else (), pointer=f"{pointer}/components", depth=depth + 1))
        return self.built(component, key=key, pointer=pointer, hide=hide, rows=rows)

    def check_repeats(self, component: Mapping[str, Any], pointer: str) -> None:
        """The browser draws a list that does not say so as one group, and sends one row instead of rows."""
        if component.get("isRepeating") is not True:
            message = "A dynamic list needs isRepeating: true; else the browser shows it as one row."
            self.problem("FORM_RULE", message, pointer=f"{pointer}/isRepeating", component=component)

    def built(self, component: Mapping[str, Any], *, key: str, pointer: str, hide: tuple[Condition, ...], rows: tuple[Field, ...]) -> Field:
        """The field itself, with its rules."""
        rules = component.get("validate")
        rules = rules if isinstance(rules, dict) else {}
        self.check_constant(component, rules, pointer)
        return Field(
            key=key,
            type=component["type"],
            label=str(component.get("label") or component.get("dateLabel") or component.get("timeLabel") or key),
            required=rules.get("required") is True,
            read_only=component.get("disabled") is True or component.get("readonly") is True,
            minimum=self.number(rules, "min", pointer=pointer, component=component),
            maximum=self.number(rules, "max", pointer=pointer, component=component),
            min_length=int(self.number(rules, "minLength", pointer=pointer, component=component) or 0),
            max_length=int(self.number(rules, "maxLength", pointer=pointer, component=component) or LONGEST_TEXT),
            pattern=self.pattern(rules, pointer=pointer, component=component),
            format=rules.get("validationType") if rules.get("validationType") in ("email", "phone") else None,
            choices=self.choices(component, pointer),
            subtype=str(component.get("subtype") or "date"),
            no_past=component.get("disallowPassedDates") is True,
            as_text=component.get("serializeToString") is True,
            digits=component["decimalDigits"] if isinstance(component.get("decimalDigits"), int) else None,
            increment=self.number(component, "increment", pointer=pointer, component=component),
            hide=hide,
            fields=rows,
        )

    def number(self, rules: Mapping[str, Any], name: str, *, pointer: str, component: Mapping[str, Any]) -> Decimal | None:
        """A limit of a field."""
        limit = rules.get(name)
        if limit in (None, ""):
            return None
        try:
            number = None if isinstance(limit, bool) else Decimal(str(limit))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or abs(number.adjusted()) > _DIGITS:
            self.problem(
                "FORM_RULE", f"The limit {name} must be a number, not '{limit}'.", pointer=f"{pointer}/validate/{name}", component=component
            )
            return None
        return number

    def pattern(self, rules: Mapping[str, Any], *, pointer: str, component: Mapping[str, Any]) -> str | None:
        """The pattern of a field, if it can be used."""
        pattern = rules.get("pattern")
        if not pattern:
            return None
        wrong = form_patterns.problem(str(pattern))
        if wrong is not None:
            self.problem("FORM_PATTERN", f"The pattern '{pattern}' {wrong}.", pointer=f"{pointer}/validate/pattern", component=component)
            return None
        return str(pattern)

    def choices(self, component: Mapping[str, Any], pointer: str) -> tuple[Any, ...]:
        """The values that can be chosen."""
        if component["type"] not in CHOICES:
            return ()
        values = component.get("values")
        if not isinstance(values, list) or not values:
            message = "A choice needs its values in the form; values from variables or expressions cannot be checked."
            self.problem("FORM_VALUES", message, pointer=f"{pointer}/values", component=component)
            return ()
        found = [value.get("value") if isinstance(value, dict) else None for value in values]
        if any(value is None or isinstance(value, dict | list) for value in found) or len({repr(value) for value in found}) < len(found):
            self.problem("FORM_VALUES", "Every choice needs a value, and each only once.", pointer=f"{pointer}/values", component=component)
        return tuple(found)

    def check_constant(self, component: Mapping[str, Any], rules: Mapping[str, Any], pointer: str) -> None:
        """Refuse rules that are computed in the browser only."""
        for owner, name in ((component, "readonly"), (component, "disabled"), (rules, "required")):
            if not isinstance(owner.get(name, False), bool):
                self.problem("FORM_RULE", f"'{name}' must be true or false; it cannot be computed.", pointer=pointer, component=component)

    def check_conditions(self, fields: Sequence[Field], *, outside: Sequence[Field]) -> None:
        """Keys are unique, conditions name fields of the form, and compare what browser and server compare alike."""
        known: dict[str, Field] = {each.key: each for each in outside}
        seen: set[str] = set()
        for each in fields:
            if each.key in seen:
                self.problem("FORM_DUPLICATE_KEY", f"The key '{each.key}' is used twice; give each field its own.", component=_named(each))
            seen.add(each.key)
        known |= {each.key: each for each in fields}
        for each in fields:
            for condition in each.hide:
                self.check_condition(condition, known, each)
            if each.type == "dynamiclist":
                self.check_conditions(each.fields, outside=tuple(known.values()))

    def check_condition(self, condition: Condition, known: Mapping[str, Field], owner: Field) -> None:
        """One condition against the fields it reads."""
        if any(reached.hide for name in condition.fields for reached in _reached(known.get(name), known)):
            message = (
                f"The condition '{condition.text}' hangs on fields that are hidden by fields that are hidden themselves; shorten the chain."
            )
            self.problem("FORM_CONDITION", message, component=_named(owner))
        for name in sorted(condition.fields - known.keys()):
            message = f"The condition '{condition.text}' names '{name}', which is no field of this form."
            self.problem("FORM_CONDITION", message, component=_named(owner))
        for comparison in condition.comparisons:
            by_value = comparison.operator not in ("=", "!=") or any(each is not None for each in comparison.constants)
            for name in comparison.fields:
                field = known.get(name)
                if field is not None and field.type not in COMPARABLE and comparison.operator not in ("=", "!="):
                    message = f"The condition '{condition.text}' compares '{name}' by size; only numbers and texts have one."
                    self.problem("FORM_CONDITION", message, component=_named(owner))
                if by_value and field is not None and field.as_text:
                    message = f"The condition '{condition.text}' cannot compare '{name}', which is kept as text (serializeToString)."
                    self.problem("FORM_CONDITION", message, component=_named(owner))


def _reached(owner: Field | None, known: Mapping[str, Field]) -> list[Field]:
    """The fields on which the visibility of a field hangs."""
    names = {name for condition in owner.hide for name in condition.fields} if owner is not None else set()
    return [known[name] for name in sorted(names & known.keys())]


def _is_deeper(value: Any, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _named(owner: Field) -> Mapping[str, Any]:
    return {"key": owner.key, "label": owner.label}
