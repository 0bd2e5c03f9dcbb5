"""The operators of the sandbox: what `+`, `*`, `<`, `x[i]`, `for` become. Each spends from the budget, then computes.

Whole numbers stay whole and exact, everything else is Decimal with 28 digits; `/` gives Decimal, `//` and `%` round down for
both kinds. There is no float. Every function takes the budget first.
"""

import datetime
import operator
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from engine.bpmn.sandbox_budget import BITS, DIGITS, Budget, BudgetUsedUp, ExpressionError
from engine.bpmn.sandbox_data import sentence_word, weigh, word

ARITHMETIC = Context(prec=28, rounding=ROUND_HALF_UP, Emax=DIGITS, Emin=-DIGITS, traps=[InvalidOperation, DivisionByZero, Overflow])
_COLLECTIONS = frozenset({list, dict, set})
_SIZED = _COLLECTIONS | {str}
_MOMENTS = (datetime.date, datetime.datetime)


def is_number(value: Any) -> bool:
    """Whole numbers, Decimals, and True and False, which count as 1 and 0."""
    return isinstance(value, int | Decimal)


def number_for(value: Any, *, function: str) -> Any:
    """The argument of a function that needs a number."""
    if not is_number(value):
        raise ExpressionError(f"{function} needs a number, not {word(value)}.")
    return value


def whole(value: Any, *, use: str) -> int:
    """A number used to count or to point: whole, and small enough to count with."""
    number = value
    if type(number) is Decimal and number.is_finite() and number.adjusted() <= DIGITS and number == number.to_integral_value():
        number = int(number)
    if not isinstance(number, int):
        kind = "one with a fraction" if type(value) is Decimal else word(value)
        raise ExpressionError(f"{use} must be a whole number, not {kind}.")
    return number


def bounded(number: int) -> int:
    """Refuse a whole number that is too large to go on with."""
    if number.bit_length() > BITS:
        raise BudgetUsedUp(f"A number grows beyond {DIGITS:,} digits.")
    return number


def _mismatch(verb: str, a: Any, b: Any) -> ExpressionError:
    hint = " Write str(...) around the number." if verb == "added" and {type(a), type(b)} & {str} and (is_number(a) or is_number(b)) else ""
    return ExpressionError(f"{sentence_word(a)} and {word(b)} cannot be {verb}.{hint}")


def add(budget: Budget, a: Any, b: Any) -> Any:
    """`a + b`."""
    budget.tick()
    if is_number(a) and is_number(b):
        return bounded(a + b) if isinstance(a, int) and isinstance(b, int) else ARITHMETIC.add(a, b)
    if type(a) is type(b) and type(a) in (str, list):
        budget.take(len(a) + len(b))
        return a + b
    if (type(a) in _MOMENTS or isinstance(a, datetime.timedelta)) and isinstance(b, datetime.timedelta):
        return a + b
    raise _mismatch("added", a, b)


def subtract(budget: Budget, a: Any, b: Any) -> Any:
    """`a - b`."""
    budget.tick()
    if is_number(a) and is_number(b):
        return bounded(a - b) if isinstance(a, int) and isinstance(b, int) else ARITHMETIC.subtract(a, b)
    if type(a) is set and type(b) is set:
        budget.take(len(a))
        return a - b
    if type(a) in (*_MOMENTS, datetime.timedelta) and type(b) in (type(a), datetime.timedelta):
        return a - b
    raise _mismatch("subtracted", a, b)


def multiply(budget: Budget, a: Any, b: Any) -> Any:
    """`a * b`; text and lists can be repeated a whole number of times."""
    budget.tick()
    if is_number(a) and is_number(b):
        if not (isinstance(a, int) and isinstance(b, int)):
            return ARITHMETIC.multiply(a, b)
        if a.bit_length() + b.bit_length() > BITS + 1:
            raise BudgetUsedUp(f"A number grows beyond {DIGITS:,} digits.")
        return bounded(a * b)
    for part, times in ((a, b), (b, a)):
        if type(part) in (str, list) and is_number(times):
            count = max(0, whole(times, use="The number of repetitions"))
            budget.take(len(part) * count)
            return part * count
        if isinstance(part, datetime.timedelta) and is_number(times):
            return part * whole(times, use="The factor of a duration")
    raise _mismatch("multiplied", a, b)


def divide(budget: Budget, a: Any, b: Any) -> Any:
    """`a / b`, always a Decimal."""
    budget.tick()
    if is_number(a) and is_number(b):
        return ARITHMETIC.divide(a, b)
    raise _mismatch("divided", a, b)


def divide_down(budget: Budget, a: Any, b: Any) -> Any:
    """`a // b`, rounded down."""
    return _divmod(budget, a, b)[0]


def remainder(budget: Budget, a: Any, b: Any) -> Any:
    """`a % b` of numbers. Text is never formatted with it."""
    if type(a) is str:
        raise ExpressionError("Text cannot be filled in with %; write f'... {name} ...'.")
    return _divmod(budget, a, b)[1]


def _divmod(budget: Budget, a: Any, b: Any) -> Any:
    budget.tick()
    if not (is_number(a) and is_number(b)):
        raise _mismatch("divided", a, b)
    if isinstance(a, int) and isinstance(b, int):
        return divmod(a, b)
    quotient, rest = ARITHMETIC.divide_int(a, b), ARITHMETIC.remainder(a, b)
    if rest and (rest < 0) != (b < 0):
        return ARITHMETIC.subtract(quotient, 1), ARITHMETIC.add(rest, b)
    return quotient, rest


def power(budget: Budget, a: Any, b: Any) -> Any:
    """`a ** b`."""
    budget.tick()
    if not (is_number(a) and is_number(b)):
        raise _mismatch("raised to a power", a, b)
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        if abs(a) > 1 and a.bit_length() * b > BITS:
            raise BudgetUsedUp(f"A number grows beyond {DIGITS:,} digits.")
        return a**b
    result = ARITHMETIC.power(a, b)
    if not result.is_finite():
        raise ExpressionError("0 cannot be raised to a negative power.")
    return result


def shift_left(budget: Budget, a: Any, b: Any) -> Any:
    """`a << b` of whole numbers."""
    budget.tick()
    number, places = whole(a, use="What is shifted"), whole(b, use="The number of places")
    if places > BITS:
        raise BudgetUsedUp(f"A number grows beyond {DIGITS:,} digits.")
    return bounded(number << places)


def shift_right(budget: Budget, a: Any, b: Any) -> Any:
    """`a >> b` of whole numbers."""
    budget.tick()
    return whole(a, use="What is shifted") >> whole(b, use="The number of places")


def _combine(name: str, function: Callable[[Any, Any], Any]) -> Callable[[Budget, Any, Any], Any]:
    def combine(budget: Budget, a: Any, b: Any) -> Any:
        budget.tick()
        if isinstance(a, int) and isinstance(b, int):
            return function(a, b)
        if type(a) is type(b) and (type(a) is set or (type(a) is dict and name == "BitOr")):
            budget.take(len(a) + len(b))
            return function(a, b)
        raise _mismatch("combined", a, b)

    return combine


BINARY: dict[str, Callable[[Budget, Any, Any], Any]] = {
    "Add": add,
    "Sub": subtract,
    "Mult": multiply,
    "Div": divide,
    "FloorDiv": divide_down,
    "Mod": remainder,
    "Pow": power,
    "LShift": shift_left,
    "RShift": shift_right,
    "BitOr": _combine("BitOr", operator.or_),
    "BitAnd": _combine("BitAnd", operator.and_),
    "BitXor": _combine("BitXor", operator.xor),
}

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "In": lambda a, b: a in b,
    "NotIn": lambda a, b: a not in b,
    "Is": operator.is_,
    "IsNot": operator.is_not,
}


def compare(budget: Budget, operators: tuple[str, ...], *operands: Any) -> Any:
    """`a < b <= c`: all operands are computed first, then compared from left to right."""
    outcome: Any = True
    for name, a, b in zip(operators, operands, operands[1:], strict=False):
        budget.tick()
        if type(b) in _SIZED:
            if type(a) in _COLLECTIONS:
                weigh(budget, a, b)
            else:
                budget.take(len(b))
        outcome = _COMPARISONS[name](a, b)
        if not outcome:
            return outcome
    return outcome


def item(budget: Budget, owner: Any, key: Any) -> Any:
    """`owner[key]`."""
    budget.tick()
    if type(owner) in (list, str):
        return owner[whole(key, use="A position")]
    if type(owner) is dict:
        return owner[key]
    raise ExpressionError(f"{sentence_word(owner)} has no members that could be picked with [...].")


def part(budget: Budget, owner: Any, *bounds: Any) -> Any:
    """`owner[start:stop:step]`."""
    budget.tick()
    if type(owner) not in (list, str):
        raise ExpressionError(f"Of {word(owner)} no part can be taken with [from:to].")
    budget.take(len(owner))
    return owner[slice(*(None if bound is None else whole(bound, use="A position") for bound in bounds))]


def field(budget: Budget, owner: Any, name: str) -> Any:
    """`owner.name`: a field of data, or a part of a date."""
    budget.tick()
    if type(owner) is dict:
        if name not in owner:
            raise ExpressionError(f"The data has no field '{name}'; use .get('{name}') if it may be missing.")
        return owner[name]
    if type(owner) in _MOMENTS and name in ("year", "month", "day", "hour", "minute", "second") and hasattr(owner, name):
        return getattr(owner, name)
    if isinstance(owner, datetime.timedelta) and name in ("days", "seconds"):
        return getattr(owner, name)
    raise ExpressionError(f"{sentence_word(owner)} has no field '{name}'.")


def writable(budget: Budget, owner: Any) -> Any:
    """What `owner[key] = value` may write to."""
    budget.tick()
    if type(owner) in (list, dict):
        return owner
    raise ExpressionError(f"Members of {word(owner)} cannot be set; only those of lists and of data with fields.")


def shrinkable(budget: Budget, owner: Any) -> Any:
    """What `del owner[key]` may take out of; the members behind it move up."""
    budget.take(len(writable(budget, owner)))
    return owner


def key_of(budget: Budget, key: Any) -> Any:
    """The key of `owner[key] = value`: a whole Decimal points like the whole number it equals."""
    budget.tick()
    return whole(key, use="A position") if type(key) is Decimal else key


def iterate(budget: Budget, values: Any) -> Iterator[Any]:
    """`for x in values`: a step a turn. A set or data is walked as it was at the start."""
    if type(values) not in (list, str, dict, set):
        raise ExpressionError(f"{sentence_word(values)} cannot be gone through one by one.")
    if type(values) in (dict, set):
        budget.take(len(values))
        values = list(values)
    for value in values:
        budget.tick()
        yield value


def tick(budget: Budget) -> None:
    """The turn of a `while`."""
    budget.tick()
