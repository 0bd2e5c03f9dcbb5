"""Rows of a decision table that hold at the same time, and values for which none holds.

Tried out, not proven: each column is asked about the values that its cells name and, where they compare numbers, about those
between and beside them (whole ones when all that are named are whole), as far as its <inputValues> allow. A table whose input
cells read other variables, call functions, or speak of more than numbers, text and yes or no is not examined.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise, product
from typing import Any

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, warning
from engine.bpmn.decision_languages import text_of
from engine.bpmn.decisions import Cell, cell_of, equal
from engine.bpmn.expressions import INPUT, ExpressionError
from engine.errors import Problem

RULE = "decision_rules"

MOST_VALUES = 60
MOST_CELLS = 6_000
MOST_COMBINATIONS = 100_000
_ONE_ROW = ("UNIQUE", "FIRST", "ANY", "PRIORITY")
_LITERAL = re.compile(r"""'(?P<one>[^'\\]*)'|"(?P<two>[^"\\]*)"|(?P<number>(?<![\w)?])-?\d+(?:\.\d+)?)|\b(?P<word>True|False)\b""")


class _NotExamined(Exception):
    """The table is more than what is tried out here."""


@dataclass(frozen=True, kw_only=True)
class _Column:
    """An input: the values that are tried, and by row the positions of those for which its cell holds."""

    name: str
    values: tuple[Any, ...]
    held: tuple[frozenset[int], ...]


def check(given: Given) -> Iterator[Problem]:
    """Every table of a policy that gives one row."""
    for source, decision in given.decisions():
        for table in decision.iterchildren("{*}decisionTable"):
            if table.get("hitPolicy", "UNIQUE") in _ONE_ROW:
                try:
                    yield from _table(source, table, _columns(table))
                except (_NotExamined, ExpressionError):
                    continue  # what cannot be evaluated at all is refused by `decision_tables`


def _table(source: Source, table: Node, columns: list[_Column]) -> Iterator[Problem]:
    rows = range(len(columns[0].held))
    if table.get("hitPolicy", "UNIQUE") == "UNIQUE":
        for one, other in combinations(rows, 2):
            both = [column.held[one] & column.held[other] for column in columns]
            if all(both):
                example = _example(columns, [min(values) for values in both])
                message = f"Rows {one + 1} and {other + 1} hold at the same time when {example}; in a UNIQUE table only one may."
                yield warning(RULE, source, table, message)
    if next(table.iter("{*}defaultOutputEntry"), None) is None:
        tried = product(*(range(len(column.values)) for column in columns))
        of_rows = [[column.held[row] for column in columns] for row in rows]
        gap = next((at for at in tried if not any(all(map(_has, held, at)) for held in of_rows)), None)
        if gap is not None:
            message = f"No row holds when {_example(columns, list(gap))}; add a row or a default value, or make sure it does not happen."
            yield warning(RULE, source, table, message)


def _has(held: frozenset[int], at: int) -> bool:
    return at in held


def _example(columns: list[_Column], at: list[int]) -> str:
    return (
        " and ".join(f"{column.name} is {column.values[place]!r}" for column, place in zip(columns, at, strict=True))
        .replace("Decimal('", "")
        .replace("')", "")
    )


def _columns(table: Node) -> list[_Column]:
    rules = list(table.iterchildren("{*}rule"))
    drawn = list(table.iterchildren("{*}input"))
    inputs = [text_of(next(one.iterchildren("{*}inputExpression"), None)).strip() for one in drawn]
    allowed = [cell_of(text_of(next(one.iterchildren("{*}inputValues"), None))) for one in drawn]
    cells = [[cell_of(text_of(entry)) for entry in rule.iterchildren("{*}inputEntry")] for rule in rules]
    if not inputs or any(len(row) != len(inputs) for row in cells):
        raise _NotExamined
    columns = [_column(name, [row[number] for row in cells], allowed[number]) for number, name in enumerate(inputs)]
    size = len(rules)
    for column in columns:
        size *= len(column.values)
    if size > MOST_COMBINATIONS:
        raise _NotExamined
    return columns


def _column(name: str, cells: list[Cell | None], allowed: Cell | None) -> _Column:
    texts = {cell.text: cell for cell in cells if cell is not None}
    values = _values([*texts, *([allowed.text] if allowed else [])])
    if allowed is not None:
        values = tuple(values[at] for at in sorted(_held(allowed, values)))
    if len(values) > MOST_VALUES or len(values) * len(texts) > MOST_CELLS:
        raise _NotExamined
    held = {text: _held(cell, values) for text, cell in texts.items()}
    everything = frozenset(range(len(values)))
    return _Column(name=name, values=values, held=tuple(everything if cell is None else held[cell.text] for cell in cells))


def _held(cell: Cell, values: tuple[Any, ...]) -> frozenset[int]:
    named = expressions.names(cell.text)
    if named.functions or named.variables - {INPUT}:
        raise _NotExamined
    found = [expressions.evaluate(cell.text, _asked(value)) for value in values]
    hold = [bool(said) if cell.condition else equal(value, said) for said, value in zip(found, values, strict=True)]
    return frozenset(at for at, holds in enumerate(hold) if holds)


def _asked(value: Any) -> Mapping[str, Any]:
    return {INPUT: value}


def _values(texts: list[str]) -> tuple[Any, ...]:
    """What is tried: at least one value, and of one kind."""
    found = [match for text in texts for match in _LITERAL.finditer(text)]
    words = {match["one"] or match["two"] or "" for match in found if match["one"] is not None or match["two"] is not None}
    numbers = sorted({Decimal(match["number"]) for match in found if match["number"]})
    answers = any(match["word"] for match in found)
    if (bool(words) + bool(numbers) + answers) > 1:
        raise _NotExamined
    if numbers:
        return tuple(_around(numbers) if any("<" in text or ">" in text for text in texts) else numbers)
    return (True, False) if answers else tuple(sorted(words)) or (None,)


def _around(numbers: list[Decimal]) -> list[Decimal]:
    """The numbers, and some less than, between and more than these."""
    whole = all(number == number.to_integral_value() for number in numbers)
    between = [(low + high) / 2 for low, high in pairwise(numbers) if not whole or high - low > 1]
    inside = [number.to_integral_value(rounding="ROUND_FLOOR") for number in between] if whole else between
    return sorted({numbers[0] - 1, *numbers, *inside, numbers[-1] + 1})
