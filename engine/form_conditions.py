"""`conditional.hide` of forms: the small part of FEEL that browser and server understand alike.

    = vote != "approve"        = amount > 100 and not(checked)        = (a = "x" or b = null)

Comparisons of fields and constants (`=`, `!=`, `<`, `<=`, `>`, `>=`) with `and`, `or`, `not()` and brackets. An empty field is
null, and a comparison by size with null is null. form-js reads the whole as a *unary test* of an input that is null: a
condition that comes out as null therefore holds, so `= amount > 100` hides while the amount is empty.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*)|(?P<operator>!=|<=|>=|[=<>()]))""", re.UNICODE
)
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_SIZE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_DEEPEST = 20
LONGEST = 1_000
"""Characters of a condition: what is asked in a row is asked in depth."""
Value = Callable[[Mapping[str, Any]], Any]


class UnsupportedCondition(ValueError):
    """A condition that the server cannot decide in the same way as the browser."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One comparison of a condition, as far as it names fields: for checks of their types."""

    operator: str
    fields: tuple[str, ...]
    constants: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A parsed condition: `holds(values)` is whether it is true for them; `fields` are the names it reads."""

    text: str
    fields: frozenset[str]
    comparisons: tuple[Comparison, ...]
    value: Value

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the field is hidden, as form-js decides."""
        return self.value(values) is True


def parse(text: str) -> Condition:
    """A condition from its text, which begins with `=`."""
    bare = text.strip()
    if len(bare) > LONGEST:
        raise UnsupportedCondition(f"it is longer than {LONGEST:,} characters")
    if not bare.startswith("="):
        raise UnsupportedCondition("a condition begins with '='")
    parser = _Parser(_tokens(bare[1:]))
    value = parser.test()
    if parser.tokens:
        raise UnsupportedCondition(f"'{parser.tokens[0][1]}' is not expected there")
    return Condition(text=bare, fields=frozenset(parser.fields), comparisons=tuple(parser.comparisons), value=value)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position, text = [], 0, text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise UnsupportedCondition(f"'{text[position:].strip()[:20]}' is not understood")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Parser:
    """Recursive descent: or, and, not/brackets/comparison, operand."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.fields: set[str] = set()
        self.comparisons: list[Comparison] = []

    def next_is(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0][0] != "text" and self.tokens[0][1] in words

    def take(self) -> tuple[str, str]:
        if not self.tokens:
            raise UnsupportedCondition("something is missing at its end")
        return self.tokens.pop(0)

    def expect(self, word: str) -> None:
        if not self.next_is(word):
            raise UnsupportedCondition(f"'{word}' is missing")
        self.take()

    def test(self) -> Value:
        """The whole: a `not(...)` around all of it negates the unary test, not the expression in it."""
        tokens = list(self.tokens)
        if self.next_is("not") and _closing(tokens) == len(tokens) - 1:
            self.tokens = tokens[2:-1]
            inner = _unary(self.either(0))
            return lambda values: not inner(values)
        return _unary(self.either(0))

    def either(self, depth: int) -> Value:
        if depth > _DEEPEST:
            raise UnsupportedCondition("it is nested too deep")
        value = self.both(depth)
        while self.next_is("or"):
            self.take()
            value = _or(value, self.both(depth))
        return value

    def both(self, depth: int) -> Value:
        value = self.single(depth)
        while self.next_is("and"):
            self.take()
            value = _and(value, self.single(depth))
        return value

    def single(self, depth: int) -> Value:
        if self.next_is("not"):
            self.take()
            self.expect("(")
            value = self.either(depth + 1)
            self.expect(")")
            return _not(value)
        if self.next_is("("):
            self.take()
            value = self.either(depth + 1)
            self.expect(")")
            return value
        return self.comparison()

    def comparison(self) -> Value:
        left_token, left = self.operand()
        if not self.next_is("=", "!=", *_SIZE):
            return left
        operator = self.take()[1]
        right_token, right = self.operand()
        sides = (left_token, right_token)
        if operator in _SIZE and any(not is_field and not isinstance(each, str | Decimal) for is_field, each in sides):
            raise UnsupportedCondition(f"only numbers and texts can be compared with '{operator}'")
        self.comparisons.append(
            Comparison(
                operator=operator,
                fields=tuple(name for is_field, name in sides if is_field),
                constants=tuple(constant for is_field, constant in sides if not is_field),
            )
        )
        return _compare(operator, left, right)

    def operand(self) -> tuple[tuple[bool, Any], Value]:
        """((is it a field, its name or the constant), its value)."""
        kind, token = self.take()
        if kind == "name" and token not in _CONSTANTS:
            if token in ("and", "or", "not"):
                raise UnsupportedCondition(f"'{token}' is not expected there")
            self.fields.add(token)
            return (True, token), lambda values: values.get(token)
        if kind == "operator":
            raise UnsupportedCondition(f"'{token}' is not expected there")
        constant = _constant(kind, token)
        return (False, constant), lambda values: constant


def _constant(kind: str, token: str) -> Any:
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    return Decimal(token) if kind == "number" else _CONSTANTS[token]


def _closing(tokens: list[tuple[str, str]]) -> int:
    """The position of the bracket that closes the one after the first token; -1 if there is none."""
    depth = 0
    for position, token in enumerate(tokens[1:], start=1):
        depth += (token == ("operator", "(")) - (token == ("operator", ")"))
        if depth <= 0:
            return position if token == ("operator", ")") else -1
    return -1


def _unary(value: Value) -> Value:
    def test(values: Mapping[str, Any]) -> bool:
        outcome = value(values)
        return outcome is None or outcome is True

    return test


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _or(left: Value, right: Value) -> Value:
    def value(values: Mapping[str, Any]) -> bool | None:
        a, b = _truth(left(values)), _truth(right(values))
        return True if a or b else None if a is None or b is None else False

    return value


def _and(left: Value, right: Value) -> Value:
    def value(values: Mapping[str, Any]) -> bool | None:
        a, b = _truth(left(values)), _truth(right(values))
        return False if a is False or b is False else None if a is None or b is None else True

    return value


def _not(inner: Value) -> Value:
    def value(values: Mapping[str, Any]) -> bool | None:
        truth = _truth(inner(values))
        return None if truth is None else not truth

    return value


def _compare(operator: str, left: Value, right: Value) -> Value:
    def value(values: Mapping[str, Any]) -> bool | None:
        a, b = left(values), right(values)
        if a is None or b is None:
            return (a is b) == (operator == "=") if operator in ("=", "!=") else None
        if _kind(a) is not _kind(b):
            return {"=": None, "!=": True}.get(operator, False)
        if operator in ("=", "!="):
            return bool(a == b) == (operator == "=")
        return _SIZE[operator](a, b) if _kind(a) in (str, Decimal) else None

    return value


def _kind(value: Any) -> type:
    return Decimal if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else type(value)
