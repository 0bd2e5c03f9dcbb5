"""Functions of numbers, text and dates, and the table of all functions that expressions and scripts may call.

Each takes the budget first and spends from it before it works.
"""

import datetime
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from engine.bpmn.sandbox_budget import DIGITS, Budget, BudgetUsedUp, ExpressionError
from engine.bpmn.sandbox_collections import FUNCTIONS as COLLECTIONS
from engine.bpmn.sandbox_data import enter, sentence_word, weigh, word
from engine.bpmn.sandbox_operators import bounded, divide_down, is_number, number_for, power, remainder, whole

_EXACT = Context(prec=2 * DIGITS, rounding=ROUND_HALF_UP, Emax=999_999, Emin=-999_999, traps=[InvalidOperation])
_PLACES = 28
_UNITS = {places: Decimal(1).scaleb(-places) for places in range(-_PLACES, _PLACES + 1)}


def _finite(budget: Budget, number: Decimal) -> Decimal:
    digits = len(number.as_tuple().digits)
    budget.take(digits)
    if not number.is_finite() or abs(number.adjusted()) > DIGITS or digits > DIGITS:
        raise BudgetUsedUp(f"A number may have {DIGITS:,} digits and must be finite.")
    return number


def _text_of_number(value: str) -> str:
    if len(value) > DIGITS:
        raise BudgetUsedUp(f"A number may have {DIGITS:,} digits.")
    return value


def decimal_(budget: Budget, value: Any = 0, /) -> Decimal:
    """Decimal(x): of a number or of text such as '44.85'."""
    budget.tick()
    if type(value) is str:
        try:
            return _finite(budget, Decimal(_text_of_number(value)))
        except InvalidOperation as error:
            raise ExpressionError("This text is not a number.") from error
    return _finite(budget, Decimal(number_for(value, function="Decimal")))


def int_(budget: Budget, value: Any = 0, /) -> int:
    """int(x): the whole part of a number, or the whole number a text says."""
    budget.tick()
    if type(value) is str:
        try:
            return bounded(int(_text_of_number(value)))
        except ValueError as error:
            raise ExpressionError("This text is not a whole number.") from error
    number = number_for(value, function="int")
    return bounded(int(_finite(budget, number) if isinstance(number, Decimal) else number))


def text(budget: Budget, value: Any = "", /) -> str:
    """str(x): of a number, a date, yes or no, a list, data with fields."""
    budget.tick()
    if type(value) is str:
        return value
    if type(value) is Decimal:
        return format(_finite(budget, value), "f")
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if value is None or isinstance(value, int | datetime.timedelta):
        return str(bounded(value) if isinstance(value, int) else value)
    if isinstance(value, list | dict):
        weigh(budget, value)
        return _written(budget, value)
    raise ExpressionError(f"{sentence_word(value)} has no text; use ', '.join(sorted(...)) for a set.")


def _written(budget: Budget, value: Any) -> str:
    """A list or data as one would write it down, its texts in quotes."""
    budget.tick()
    if isinstance(value, list):
        parts = ", ".join(_written(budget, member) for member in value)
        written = f"[{parts}]"
    elif isinstance(value, dict):
        parts = ", ".join(f"{_written(budget, key)}: {_written(budget, member)}" for key, member in value.items())
        written = f"{{{parts}}}"
    else:
        said = text(budget, value)
        written = repr(said) if isinstance(value, str | datetime.date) else said
    budget.take(len(written))
    return written


def round_(budget: Budget, value: Any, places: Any = 0, /) -> Decimal:
    """round(x, places): commercial rounding (0.005 becomes 0.01, -0.005 becomes -0.01), always a Decimal."""
    budget.tick()
    number, digits = Decimal(number_for(value, function="round")), whole(places, use="The number of places")
    if abs(digits) > _PLACES:
        raise ExpressionError(f"round takes up to {_PLACES} places.")
    rounded = _finite(budget, number).quantize(_UNITS[digits], context=_EXACT)
    return rounded if digits >= 0 else rounded.quantize(_UNITS[0], context=_EXACT)


def formatted(budget: Budget, value: Any, spec: str) -> str:
    """One `{value:spec}` of an f-text; `spec` was checked when the text was compiled."""
    if not spec:
        return text(budget, value)
    budget.tick()
    if type(value) is str:
        return format(value, spec)
    if isinstance(value, bool) or not is_number(value):
        raise ExpressionError(f"{sentence_word(value)} cannot be written with ':{spec}'.")
    if spec.endswith(("f", "%")):
        number, point = Decimal(value), spec.partition(".")[2]
        places = int(point.rstrip("f%") or 6) + (2 if spec.endswith("%") else 0)
        value = _finite(budget, number).quantize(_UNITS[places], context=_EXACT)
    elif spec.endswith("d"):
        value = whole(value, use="What is written with ':d'")
    return format(value, spec)


def joined(budget: Budget, *parts: str) -> str:
    """The parts of an f-text put together."""
    budget.take(sum(map(len, parts)))
    return "".join(parts)


def abs_(budget: Budget, value: Any, /) -> Any:
    """abs(x)."""
    budget.tick()
    return abs(number_for(value, function="abs"))


def bool_(budget: Budget, value: Any = False, /) -> bool:
    """bool(x)."""
    budget.tick()
    return bool(value)


def float_(budget: Budget, value: Any = 0, /) -> Decimal:
    """float(x): a number with a fraction, which is a Decimal here, of a number or of text."""
    return decimal_(budget, value.strip() if type(value) is str else value)


def divmod_(budget: Budget, a: Any, b: Any, /) -> list[Any]:
    """divmod(a, b): how many times, and the rest."""
    return [divide_down(budget, a, b), remainder(budget, a, b)]


def date_(budget: Budget, value: Any, /, *parts: Any) -> datetime.date:
    """date('2026-03-01'), date(2026, 3, 1), or the day of a point in time."""
    budget.tick()
    if parts:
        return datetime.date(*_parts(value, *parts))
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    return _instant(value).date()


def datetime_(
    budget: Budget, value: Any, month: Any = None, day: Any = None, hour: Any = 0, minute: Any = 0, second: Any = 0, /
) -> datetime.datetime:
    """datetime('2026-03-01T09:00:00+08:00'), or datetime(2026, 3, 1, 9, 0), which has no time zone."""
    budget.tick()
    if month is not None:
        hour, minute, second = _parts(hour, minute, second)
        return datetime.datetime.combine(datetime.date(*_parts(value, month, day)), datetime.time(hour, minute, second))
    return value if isinstance(value, datetime.datetime) else _instant(value)


def _parts(*parts: Any) -> list[int]:
    return [whole(part, use="Year, month, day and time") for part in parts]


def _instant(value: Any) -> datetime.datetime:
    if type(value) is not str:
        raise ExpressionError(f"A date is read from text such as '2026-03-01', not from {word(value)}.")
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError as error:
        raise ExpressionError("This text is not a date; write it like '2026-03-01' or '2026-03-01T09:00:00Z'.") from error


def timedelta_(budget: Budget, days: Any = 0, /, **parts: Any) -> datetime.timedelta:
    """timedelta(days=3, hours=4) or timedelta(3): whole weeks, days, hours, minutes, seconds."""
    budget.tick()
    parts = {"days": days, **parts}
    if not parts.keys() <= {"weeks", "days", "hours", "minutes", "seconds"}:
        raise ExpressionError("timedelta takes weeks, days, hours, minutes and seconds.")
    return datetime.timedelta(**{name: whole(value, use=f"The number of {name}") for name, value in parts.items()})


def given(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the engine, called from inside: it counts as a step, and what it gives is taken in like a variable.

    Only the sandbox itself is quick enough for the time to be looked at now and then.
    """

    def call(budget: Budget, /, *arguments: Any, **named: Any) -> Any:
        budget.tick()
        budget.look()
        return enter(budget, function(*arguments, **named))

    return call


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Decimal": decimal_,
    "abs": abs_,
    "bool": bool_,
    "date": date_,
    "datetime": datetime_,
    "divmod": divmod_,
    "float": float_,
    "int": int_,
    "pow": power,
    "round": round_,
    "str": text,
    "timedelta": timedelta_,
    **COLLECTIONS,
}
