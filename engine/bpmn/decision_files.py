"""Decision tables outside of a diagram: read a `.dmn` file once, ask it as often as one likes.

The same rules as for a business rule task (`decisions.py`): exactly one row of a UNIQUE table holds, else it is a failure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.dmn.specs.model import HitPolicy

from engine.bpmn import expressions
from engine.bpmn.decisions import Cell, equal
from engine.bpmn.parser import parse_decision
from engine.bpmn.xml import safe_root
from engine.errors import ExecutionFailed


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule: its number in the table, its input cells (None holds for everything) and the texts of its outputs."""

    number: int
    cells: tuple[Cell | None, ...]
    outputs: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision table."""

    id: str
    collects: bool
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a table said: the numbers of the rows that held, and the outputs (lists, if it collects)."""

    rows: tuple[int, ...]
    result: dict[str, Any]


def read(file: str, content: bytes) -> Decision:
    """The table of a file. Raises InvalidDeployment."""
    decision_id, plain = parse_decision(file, safe_root(file, content))
    rows = (
        Row(
            number=rule["row"],
            cells=tuple(None if cell is None else Cell(text=cell[0], condition=cell[1]) for cell in rule["in"]),
            outputs=tuple(rule["out"]),
        )
        for rule in plain["rules"]
    )
    return Decision(
        id=decision_id,
        collects=plain["hit_policy"] == HitPolicy.COLLECT.value,
        inputs=tuple(plain["inputs"]),
        outputs=tuple(plain["outputs"]),
        rows=tuple(rows),
    )


def evaluate(decision: Decision, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Outcome:
    """Ask a table. Raises ExecutionFailed when a cell cannot be evaluated, or a UNIQUE table has not exactly one row."""
    try:
        found = hits(decision, variables, functions)
        if not decision.collects and len(found) != 1:
            raise _not_one(decision, found)
        given = [_outputs(decision, row, variables, functions) for row in found]
    except expressions.ExpressionError as error:
        raise ExecutionFailed(element=decision.id, reason=f"In the decision table {decision.id}: {error}", line=None) from error
    result = {name: [row[name] for row in given] for name in decision.outputs} if decision.collects else given[0]
    return Outcome(rows=tuple(row.number for row in found), result=result)


def hits(decision: Decision, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> list[Row]:
    """The rows that hold, in the order of the table; several of a UNIQUE table are for the caller to judge."""
    inputs = [expressions.evaluate(text, variables, functions=functions) for text in decision.inputs]
    return [row for row in decision.rows if _holds(row, inputs, variables, functions)]


def _holds(row: Row, inputs: list[Any], variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> bool:
    for cell, value in zip(row.cells, inputs, strict=True):
        if cell is None:
            continue
        found = expressions.evaluate(cell.text, {**variables, expressions.INPUT: value}, functions=functions)
        if not (found if cell.condition else equal(value, found)):
            return False
    return True


def _outputs(decision: Decision, row: Row, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    texts = zip(decision.outputs, row.outputs, strict=True)
    return {
        name: expressions.evaluate(text, variables, functions=functions) if (text or "").strip() and text is not None else None
        for name, text in texts
    }


def _not_one(decision: Decision, found: list[Row]) -> ExecutionFailed:
    if found:
        rows = ", ".join(str(row.number) for row in found)
        reason = f"In the decision table {decision.id}, rows {rows} hold at the same time; only one may."
    else:
        reason = f"In the decision table {decision.id}, no row holds for these values of {', '.join(decision.inputs)}."
    return ExecutionFailed(element=decision.id, reason=reason, line=None)
