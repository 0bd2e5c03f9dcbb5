"""Conditions, decision cells, due dates and scripts of a diagram: the only place where their text is evaluated.

The language (`urn:redress:expression:1`) is a small part of Python over the variables of the instance:

* Numbers are exact. `44.85` is Decimal, `3` is a whole number, `/` and `round` always give Decimal, `round(2.675, 2)` is
  2.68 (half goes up, away from zero). Floats in the data become Decimal when they are read; nothing gives a float back.
* Lists, data with fields (`case.level` or `case['level']`), sets, text, dates. There are no tuples: `(1, 2)` is a list.
* `?` in a decision cell is its input value, passed under the key `expressions.INPUT`.
* Functions: those of `sandbox_functions.FUNCTIONS` and those given. Methods: those of `sandbox_methods.METHODS`.
* A script may end itself (`raise ValueError("text")`, `assert condition, "text"`): the text is the reason. `print(...)` notes
  what it says as it is written, with names in the place of values. `del` takes variables and members away.
* An expression reads copies. A script changes copies too; only when it ran to its end are the variables it set written
  back, so a script that fails changes nothing. The names of its `for` loops are not kept.

A given function that does not like its arguments raises ExpressionError itself; the message of another error is not shown.

Every evaluation has a `Budget`. A text that is refused, fails, or uses its budget up raises ExpressionError: a sentence that
names variables and functions but no values.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import Any

import isodate

from engine.bpmn import timers
from engine.bpmn.sandbox_budget import Budget, BudgetUsedUp, ExpressionError
from engine.bpmn.sandbox_compiler import INPUT, Compiled, compile_expression, compile_script
from engine.bpmn.sandbox_data import ATOMS, enter, leave
from engine.bpmn.sandbox_failures import FAILURES, failed, unknown_function
from engine.bpmn.sandbox_functions import FUNCTIONS, given

__all__ = [
    "INPUT",
    "LANGUAGE",
    "Budget",
    "BudgetUsedUp",
    "ExpressionError",
    "Names",
    "check_expression",
    "check_script",
    "check_timer",
    "evaluate",
    "execute",
    "is_iso_timer",
    "names",
    "names_of_script",
]

LANGUAGE = "urn:redress:expression:1"
Functions = Mapping[str, Callable[..., Any]]
_NONE: Functions = {}
_LEAVES_AS_IT_IS = frozenset({str, bool, NoneType, Decimal})
_LOOKS_LIKE_ISO = re.compile(r"R\d*/|P(?=\d|T\d|T?$)|\d{4}-?\d\d")
_CRON = re.compile(r"([\d*?/,LW#-]+|[A-Z]{3}(-[A-Z]{3})?)(\s+([\d*?/,LW#-]+|[A-Z]{3}(-[A-Z]{3})?)){4,6}")
_REPETITION = re.compile(r"R\d*/(?:([^/]+)/)?([^/]+)(?:/([^/]+))?")


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a text reads, calls and (a script) sets."""

    variables: frozenset[str]
    functions: frozenset[str]
    assigned: frozenset[str] = frozenset()


def evaluate(text: str, variables: Mapping[str, Any], *, functions: Functions = _NONE, budget: Budget | None = None) -> Any:
    """The value of an expression over the variables; plain data that `values.dumps` can write."""
    compiled = compile_expression(text)
    try:
        scope = _scope(compiled, variables, functions=functions, budget=budget)
        value = eval(compiled.code, scope)  # noqa: S307 - not the text itself: code made of guards, without builtins
        return value if type(value) in _LEAVES_AS_IT_IS else leave(scope.get("_budget_") or budget or Budget(), value)
    except FAILURES as error:
        raise failed(error, variables=variables, functions={*FUNCTIONS, *functions}) from error


def execute(script: str, variables: dict[str, Any], *, functions: Functions = _NONE, budget: Budget | None = None) -> None:
    """Run a script and write what it set into `variables`; if it fails, they are left as they were.

    What it printed is then in `budget.said`.
    """
    compiled, allowance = compile_script(script), budget or Budget()
    try:
        scope = _scope(compiled, variables, functions=functions, budget=allowance)
        exec(compiled.code, scope)  # noqa: S102 - not the text itself: code made of guards, without builtins
        results = {name: _leave(allowance, name, scope[name]) for name in _set_names(compiled, scope)}
    except FAILURES as error:
        raise failed(error, variables=variables, functions={*FUNCTIONS, *functions}) from error
    variables.update(results)
    for name in compiled.removed - scope.keys():
        variables.pop(name, None)


def _scope(compiled: Compiled, variables: Mapping[str, Any], *, functions: Functions, budget: Budget | None) -> dict[str, Any]:
    scope = compiled.scope.copy()
    if compiled.guarded:
        budget = scope["_budget_"] = budget or Budget()
    for name, key in compiled.variables:
        if key in variables:
            value = variables[key]
            scope[name] = value if type(value) in ATOMS else enter(budget or Budget(), value)
    if functions:
        for name in compiled.calls & functions.keys():
            scope[f"_f_{name}"] = given(functions[name])
    return scope


def _set_names(compiled: Compiled, scope: dict[str, Any]) -> set[str]:
    """What a script assigned and, if it changes data in place, the collections it read (not the names of its loops)."""
    names = {name for name in compiled.assigned if name in scope}
    if compiled.changes:
        read = {name for name, _ in compiled.variables} - compiled.bound
        names |= {name for name in read if type(scope.get(name)) in (list, dict, set)}
    return names


def _leave(budget: Budget, name: str, value: Any) -> Any:
    try:
        return leave(budget, value)
    except BudgetUsedUp as error:
        raise BudgetUsedUp(f"The variable '{name}' cannot be kept: {error.message}") from error
    except ExpressionError as error:
        raise ExpressionError(f"The variable '{name}' cannot be kept: {error.message}") from error


def names(text: str) -> Names:
    """What an expression reads and calls; the names of its own comprehensions are left out."""
    return _names(compile_expression(text))


def names_of_script(text: str) -> Names:
    """What a script reads, calls and sets."""
    return _names(compile_script(text))


def _names(compiled: Compiled) -> Names:
    read = frozenset(key for name, key in compiled.variables if name not in compiled.bound)
    return Names(variables=read, functions=compiled.calls, assigned=frozenset(compiled.assigned))


def check_expression(text: str, functions: Collection[str] | None = None) -> str | None:
    """Why this expression is refused, as a sentence; None if it is not. With `functions` (those given), unknown calls are named."""
    return _checked(compile_expression, text, functions)[0]


def check_script(text: str, functions: Collection[str] | None = None) -> tuple[str, int | None] | None:
    """Why this script is refused, and the line within it; None if it is not."""
    message, line = _checked(compile_script, text, functions)
    return None if message is None else (message, line)


def _checked(compiler: Callable[[str], Compiled], text: str, functions: Collection[str] | None) -> tuple[str | None, int | None]:
    try:
        compiled = compiler(text)
    except ExpressionError as error:
        return error.message, error.line
    if functions is not None:
        known = {*FUNCTIONS, *functions}
        for name in sorted(compiled.calls - known):
            return unknown_function(name, known), None
    return None, None


def check_timer(text: str, functions: Collection[str] | None = None) -> str | None:
    """Why this can be no timer; None for ISO 8601 as it stands (PT24H, R3/PT4H, 2026-03-01T09:00Z) or an expression for it."""
    bare = text.strip()
    if bare[:1] in ("'", '"') and bare[-1:] == bare[:1]:
        bare = bare[1:-1]
    if bare.startswith("R") and is_iso_timer(bare):
        try:
            timers.timer(timers.with_zone(bare))
        except timers.AlreadyOver:
            return None
        except ValueError as error:
            return str(error)
    if _LOOKS_LIKE_ISO.match(bare):
        return None if is_iso_timer(bare) else "This is no duration, date or repetition; write PT24H, P3D, R3/PT4H or 2026-03-01T09:00:00Z."
    if _CRON.fullmatch(bare):
        return "This is cron, which is not understood; write R/PT1H, or with its first time R/2026-03-01T06:00:00Z/P1D."
    return check_expression(text, functions)


def is_iso_timer(text: str) -> bool:
    """Whether this is ISO 8601: a duration, a date (with time), or a repetition R[n]/[start/]duration[/end]."""
    bare = text.strip()
    repeated = _REPETITION.fullmatch(bare)
    if repeated is None:
        return _is_duration(bare) or _is_date(bare)
    start, duration, end = repeated.groups()
    return (start is None or _is_date(start)) and _is_duration(duration) and (end is None or _is_date(end))


def _is_duration(text: str) -> bool:
    try:
        isodate.parse_duration(text)
    except (isodate.ISO8601Error, ValueError, OverflowError):
        return False
    return text[-1:].isalpha() and text not in ("P", "PT") and not text.endswith("T")


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
