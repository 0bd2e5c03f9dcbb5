"""The doors of the sandbox: only plain data comes in, only plain data goes out, both as copies.

In: floats (JSON) become Decimal, tuples become lists. Out: what `values.dumps` can write, with text keys. A value that holds
itself, or shares a part so often that writing it would never end, is refused at the door by its size.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from types import NoneType
from typing import Any

from engine.bpmn.sandbox_budget import DEPTH, SIZE, Budget, BudgetUsedUp, ExpressionError

ATOMS = frozenset({str, int, bool, NoneType, Decimal, datetime.date, datetime.datetime, datetime.timedelta, bytes})
_WORDS: dict[type, str] = {
    str: "text",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    bool: "yes or no",
    NoneType: "nothing (None)",
    list: "a list",
    tuple: "a list",
    dict: "data with fields",
    set: "a set",
    datetime.date: "a date",
    datetime.datetime: "a point in time",
    datetime.timedelta: "a duration",
}
KINDS: dict[str, tuple[type, ...]] = {
    "Decimal": (Decimal,),
    "bool": (bool,),
    "date": (datetime.date,),
    "datetime": (datetime.datetime,),
    "dict": (dict,),
    "float": (Decimal,),
    "int": (int,),
    "list": (list,),
    "set": (set,),
    "str": (str,),
    "timedelta": (datetime.timedelta,),
    "tuple": (list,),
}
"""The kinds that `isinstance` knows. There is no float and no tuple inside: what is written so is a Decimal and a list."""
_LARGEST = 2**63


def word(value: Any) -> str:
    """What kind of value this is, in words; never the value itself, which may be confidential."""
    return _WORDS.get(type(value), "something that is no data")


def sentence_word(value: Any) -> str:
    """The same at the beginning of a sentence."""
    said = word(value)
    return said[0].upper() + said[1:]


def word_of_type(name: str) -> str:
    """The same by the name of a Python type, as error messages of Python spell it."""
    return next((said for kind, said in _WORDS.items() if kind.__name__ == name.rpartition(".")[2]), name)


def enter(budget: Budget, value: Any, *, depth: int = 0) -> Any:
    """A copy of a variable for use inside."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _copy(budget, value, depth=depth, member=enter)
    if isinstance(value, float):
        number = Decimal(repr(value))
        if number.is_finite():
            return number
        raise ExpressionError("A number that is infinite or undefined cannot be used.")
    if isinstance(value, str):
        return str.__str__(value)
    raise ExpressionError(f"A value of the kind {type(value).__name__} is not plain data and cannot be used.")


def leave(budget: Budget, value: Any, *, depth: int = 0) -> Any:
    """A copy of a result for the variables of an instance."""
    kind = type(value)
    if kind is int and not -_LARGEST <= value < _LARGEST:
        return Decimal(value)
    if kind is Decimal and not value.is_finite():
        raise ExpressionError("A number that is infinite or undefined cannot be kept.")
    if kind in ATOMS:
        return value
    if kind is dict and not all(type(key) is str for key in value):
        raise ExpressionError("The names of fields must be text; write str(...) around them.")
    if kind in (dict, list, set):
        return _copy(budget, value, depth=depth, member=leave)
    raise ExpressionError("Only data can be kept: text, numbers, yes or no, dates, lists, and data with fields.")


def _copy(budget: Budget, value: Any, *, depth: int, member: Callable[..., Any]) -> Any:
    if depth >= DEPTH:
        raise BudgetUsedUp(f"Data is nested more than {DEPTH} levels deep, or contains itself.")
    budget.take(len(value) + 1)
    deeper = depth + 1
    if isinstance(value, dict):
        return {member(budget, key, depth=deeper): member(budget, part, depth=deeper) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return {member(budget, part, depth=deeper) for part in value}
    return [member(budget, part, depth=deeper) for part in value]


def weigh(budget: Budget, *collections: Any) -> None:
    """Refuse to walk through data that is too large or contains itself (comparing does walk through it)."""
    total, waiting = 0, list(collections)
    while waiting:
        value = waiting.pop()
        if type(value) not in (list, dict, set):
            continue
        total += len(value) + 1
        if total > SIZE:
            raise BudgetUsedUp(f"Data with more than {SIZE:,} members, or that contains itself, cannot be compared.")
        budget.take(len(value) + 1)
        waiting.extend(value.values() if type(value) is dict else value)
