"""Functions of lists and other collections. All give lists: there are no iterators, generators or tuples inside."""

from collections.abc import Callable, Iterator
from typing import Any

from engine.bpmn import sandbox_operators as operators
from engine.bpmn.sandbox_budget import STEPS, Budget, BudgetUsedUp, ExpressionError
from engine.bpmn.sandbox_data import weigh, word
from engine.bpmn.sandbox_operators import number_for, whole

_ABSENT: Any = object()
_OFTEN = 63


def members_of(budget: Budget, values: Any, *, function: str) -> list[Any]:
    """The members of a collection as a new list, paid for."""
    if type(values) not in (list, str, dict, set):
        raise ExpressionError(f"{function} needs a list, not {word(values)}.")
    budget.take(len(values))
    return list(values)


def len_(budget: Budget, values: Any, /) -> int:
    """len(x)."""
    budget.tick()
    if type(values) not in (list, str, dict, set):
        raise ExpressionError(f"len needs text or a list, not {word(values)}.")
    return len(values)


def sum_(budget: Budget, values: Any, start: Any = 0, /) -> Any:
    """sum(list): of numbers only."""
    total = number_for(start, function="sum")
    for value in members_of(budget, values, function="sum"):
        total = operators.add(budget, total, number_for(value, function="sum"))
    return total


def _order(budget: Budget, members: list[Any], field: Any) -> list[Any]:
    """What to compare for each member: the member, or its field of this name."""
    if field is not None and type(field) is not str:
        raise ExpressionError("key must be the name of a field, as text.")
    compared = members if field is None else [operators.field(budget, member, field) for member in members]
    weigh(budget, compared)
    budget.look()
    return compared


def sorted_(budget: Budget, values: Any, /, *, key: Any = None, reverse: Any = False) -> list[Any]:
    """sorted(list, key='field', reverse=True)."""
    members = members_of(budget, values, function="sorted")
    if len(members) > STEPS:
        raise BudgetUsedUp(f"sorted takes up to {STEPS:,} members.")
    compared = _order(budget, members, key)
    return [members[n] for n in sorted(range(len(members)), key=compared.__getitem__, reverse=bool(reverse))]


def _extreme(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(budget: Budget, /, *values: Any, key: Any = None, default: Any = _ABSENT) -> Any:
        budget.tick()
        members = members_of(budget, values[0] if len(values) == 1 else list(values), function=name)
        if not members:
            if default is _ABSENT:
                raise ExpressionError(f"{name} of an empty list is unknown; give {name}(..., default=0).")
            return default
        compared = _order(budget, members, key)
        return members[function(range(len(members)), key=compared.__getitem__)]

    return extreme


def range_(budget: Budget, *bounds: Any) -> list[int]:
    """range(stop), range(start, stop), range(start, stop, step): a list."""
    budget.tick()
    numbers = range(*(whole(bound, use="A bound of range") for bound in bounds))
    try:
        budget.take(len(numbers))
    except OverflowError as error:
        raise BudgetUsedUp("This range is too long.") from error
    return list(numbers)


def enumerate_(budget: Budget, values: Any, start: Any = 0, /) -> list[Any]:
    """enumerate(list): [[0, first], [1, second], ...]."""
    members = members_of(budget, values, function="enumerate")
    budget.take(3 * len(members))
    return [[number, member] for number, member in enumerate(members, whole(start, use="The first number"))]


def zip_(budget: Budget, /, *collections: Any) -> list[Any]:
    """zip(a, b): [[a0, b0], [a1, b1], ...], as long as the shortest."""
    columns = [members_of(budget, values, function="zip") for values in collections]
    budget.take(sum(map(len, columns)) + len(columns))
    return [list(row) for row in zip(*columns, strict=False)]


def any_(budget: Budget, values: Any, /) -> bool:
    """any(list)."""
    return any(members_of(budget, values, function="any"))


def all_(budget: Budget, values: Any, /) -> bool:
    """all(list)."""
    return all(members_of(budget, values, function="all"))


def list_(budget: Budget, values: Any = (), /) -> list[Any]:
    """list(x): a new list of the members."""
    budget.tick()
    return members_of(budget, values, function="list") if values != () else []


def reversed_(budget: Budget, values: Any, /) -> list[Any]:
    """reversed(list): a new list."""
    return members_of(budget, values, function="reversed")[::-1]


def _slowly(budget: Budget, members: list[Any]) -> Iterator[Any]:
    """Members for a set or data with fields: numbers made to collide make that slow, so the time is looked at on the way."""
    for number, member in enumerate(members):
        if not number & _OFTEN:
            budget.look()
        yield member


def set_(budget: Budget, values: Any = (), /) -> set[Any]:
    """set(list)."""
    return set(_slowly(budget, list_(budget, values)))


def dict_(budget: Budget, values: Any = None, /, **fields: Any) -> dict[Any, Any]:
    """dict(a=1), dict(data), dict([[key, value], ...])."""
    members = {} if values is None else values if type(values) is dict else dict(_slowly(budget, list_(budget, values)))
    budget.take(len(members) + len(fields))
    return members | fields


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "all": all_,
    "any": any_,
    "dict": dict_,
    "enumerate": enumerate_,
    "len": len_,
    "list": list_,
    "max": _extreme("max", max),
    "min": _extreme("min", min),
    "range": range_,
    "reversed": reversed_,
    "set": set_,
    "sorted": sorted_,
    "sum": sum_,
    "tuple": list_,
    "zip": zip_,
}
