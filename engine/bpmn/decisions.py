"""Decisions: which rules of a table hold, what the hit policy makes of them, and why.

One implementation for business rule tasks (`decide`) and for decisions that are asked outside of a diagram
(`decision_files`): both say how a text is evaluated, the rest is here. DMN 1.3, 8.2.11 (hit policies), 6.3.1 (decisions that
require others). What the standard leaves to chance is a failure here that names the table and the rows, because an amount of
money may hang on it: several rows of a UNIQUE table, different outputs under ANY.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.bpmn.expressions import INPUT, ExpressionError, names
from engine.bpmn.feel import identifier
from engine.bpmn.sandbox_budget import watch
from engine.bpmn.scripting import Engine, same
from engine.bpmn.token import Token, Values
from engine.errors import BudgetExceeded, ExecutionFailed

Plain = dict[str, Any]
Ask = Callable[[str, Mapping[str, Any]], Any]
"""Evaluates a text over the variables at hand and these names on top."""

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
SECONDS = 2
"""Processor time of one decision with those it requires: each cell has a budget of its own, and there may be thousands."""
_LISTS = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})


class DecisionFailed(ValueError):
    """A decision that has no answer; the text is the sentence."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """An input cell: `text` is an expression; one that does not use `?` is compared with the input value."""

    text: str
    condition: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule: its number in the table, its input cells (None holds for everything) and the texts of its outputs."""

    number: int
    cells: tuple[Cell | None, ...]
    outputs: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision: a table, or (`literal`) one expression; after those it requires, in an order in which they can be asked.

    `names`: what other decisions call its value. `defaults` and `order` (the list of output values, the most important first)
    are expressions, one for each output. `must_hold`: no row is a failure, not the absence of a value.
    """

    id: str
    hit_policy: str = "UNIQUE"
    aggregation: str | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    defaults: tuple[str | None, ...] = ()
    order: tuple[str | None, ...] = ()
    rows: tuple[Row, ...] = ()
    literal: str | None = None
    must_hold: bool = True
    names: tuple[str, ...] = ()
    requires: "tuple[Decision, ...]" = ()

    @property
    def collects(self) -> bool:
        """Whether it gives lists: of each output, over all rows that hold."""
        return self.hit_policy in _LISTS and self.aggregation is None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a decision said and why.

    `rows`: the numbers of the rows that held. `missed`: for the other rows that were looked at, the input whose cell was the
    first that did not hold. `inputs`: the values asked about, by input. `required`: what the decisions before it said.
    """

    decision: str
    rows: tuple[int, ...]
    result: dict[str, Any]
    inputs: Mapping[str, Any]
    missed: Mapping[int, str]
    required: "tuple[Outcome, ...]" = ()


def evaluate(decision: Decision, variables: Mapping[str, Any], ask: Ask) -> Outcome:
    """Ask a decision and those it requires. Raises DecisionFailed, and whatever `ask` raises."""
    ask = _watched(ask)
    known = {identifier(name): value for name, value in variables.items() if " " in name}
    required: list[Outcome] = []
    for one in decision.requires:
        required.append(_alone(one, ask, known, ()))
        result = required[-1].result
        value = next(iter(result.values())) if len(result) == 1 else result
        known = {**known, **result, **dict.fromkeys(one.names, value)}
    return _alone(decision, ask, known, tuple(required))


def _alone(decision: Decision, ask: Ask, known: Values, required: tuple[Outcome, ...]) -> Outcome:
    try:
        if decision.literal is not None:
            result = {decision.outputs[0]: ask(decision.literal, known)}
            return Outcome(decision=decision.id, rows=(), result=result, inputs={}, missed={}, required=required)
        inputs = [ask(text, known) for text in decision.inputs]
        found, missed = _look(decision, inputs, ask, known)
        return Outcome(
            decision=decision.id,
            rows=tuple(row.number for row in found),
            result=_judged(decision, found, ask, known),
            inputs=dict(zip(decision.inputs, inputs, strict=True)),
            missed=missed,
            required=required,
        )
    except ExpressionError as error:
        raise DecisionFailed(f"In the decision table {decision.id}: {error}") from error


def _watched(ask: Ask) -> Ask:
    look = watch(SECONDS, "This decision")

    def watched(text: str, known: Mapping[str, Any]) -> Any:
        look()
        return ask(text, known)

    return watched


def _look(decision: Decision, inputs: Sequence[Any], ask: Ask, known: Values) -> tuple[list[Row], dict[int, str]]:
    found: list[Row] = []
    missed: dict[int, str] = {}
    for row in decision.rows:
        miss = next(_misses(row, inputs, ask, known), None)
        if miss is not None:
            missed[row.number] = decision.inputs[miss]
            continue
        found.append(row)
        if decision.hit_policy == "FIRST":
            break
    return found, missed


def _misses(row: Row, inputs: Sequence[Any], ask: Ask, known: Values) -> Iterator[int]:
    for column, (cell, value) in enumerate(zip(row.cells, inputs, strict=True)):
        if cell is not None:
            found = ask(cell.text, {**known, INPUT: value})
            if not (found if cell.condition else equal(value, found)):
                yield column


def equal(value: Any, other: Any) -> bool:
    """1 is not True in a decision table: a level is not an answer."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _judged(decision: Decision, found: list[Row], ask: Ask, known: Values) -> Values:
    """What the hit policy makes of the rows that hold."""
    policy = decision.hit_policy
    if policy == "UNIQUE" and len(found) > 1:
        raise DecisionFailed(f"In the decision table {decision.id}, {_rows(found)} hold at the same time; only one may.")
    if not found and policy != "COLLECT":
        return _without_row(decision, ask, known)
    given = [_outputs(decision, row.outputs, ask, known) for row in found]
    if policy == "ANY" and not all(same(row, given[0]) for row in given):
        raise DecisionFailed(
            f"In the decision table {decision.id}, {_rows(found)} hold and say different things; under ANY they must agree."
        )
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        given = _by_importance(decision, given, ask, known)
    if decision.aggregation:
        name = decision.outputs[0]
        return {name: _aggregated(decision, [row[name] for row in given])}
    if not decision.collects:
        return given[0]
    return {name: [row[name] for row in given] for name in decision.outputs}


def _without_row(decision: Decision, ask: Ask, known: Values) -> Values:
    if any(text is not None for text in decision.defaults):
        given = _outputs(decision, decision.defaults, ask, known)
        return {name: [value] for name, value in given.items()} if decision.collects else given
    if decision.collects:
        return {name: [] for name in decision.outputs}
    if decision.must_hold:
        asked = ", ".join(decision.inputs)
        raise DecisionFailed(f"In the decision table {decision.id}, no row holds for these values of {asked}.")
    return dict.fromkeys(decision.outputs)


def _outputs(decision: Decision, texts: Sequence[str | None], ask: Ask, known: Values) -> Values:
    pairs = zip(decision.outputs, texts, strict=True)
    return {name: None if text is None or not text.strip() else ask(text, known) for name, text in pairs}


def _by_importance(decision: Decision, given: list[Values], ask: Ask, known: Values) -> list[Values]:
    """The first output decides, the next one between equals."""
    orders = [(name, ask(text, known)) for name, text in zip(decision.outputs, decision.order, strict=True) if text]

    def importance(row: Values) -> list[int]:
        return [_place(decision, name, row[name], order) for name, order in orders]

    return sorted(given, key=importance)


def _place(decision: Decision, name: str, value: Any, order: Sequence[Any]) -> int:
    place = next((number for number, one in enumerate(order) if equal(value, one)), None)
    if place is None:
        raise DecisionFailed(f"In the decision table {decision.id}, a value of the output {name} is not among its output values.")
    return place


def _aggregated(decision: Decision, values: list[Any]) -> Any:
    if decision.aggregation == "COUNT":
        return len(values)
    if not values:
        return None
    if not all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values):
        raise DecisionFailed(f"In the decision table {decision.id}, {decision.aggregation} needs numbers in every row that holds.")
    return sum(values) if decision.aggregation == "SUM" else min(values) if decision.aggregation == "MIN" else max(values)


def _rows(found: list[Row]) -> str:
    return f"rows {', '.join(str(row.number) for row in found)}"


def decide(decision: Decision, token: Token, engine: Engine) -> Outcome:
    """What a business rule task learns. Raises ExecutionFailed."""
    try:
        return evaluate(decision, token.data, lambda text, known: engine.evaluate(token, text, known))
    except BudgetExceeded:
        raise
    except DecisionFailed as error:
        raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=str(error), line=None) from error
    except ExecutionFailed as error:
        reason = str(error.details["reason"])
        named = reason if decision.id in reason else f"In the decision table {decision.id}: {reason}"
        raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=named, line=None) from error


def cell_of(text: str | None) -> Cell | None:
    """A cell as written; None for one that holds for every value (empty or `-`).

    A comparison without its left side (`> 5`) means the input value.
    """
    bare = (text or "").strip()
    if bare in ("", "-"):
        return None
    if bare.startswith(("<", ">", "==", "!=", "in ", "not in ")):
        bare = f"? {bare}"
    return Cell(text=bare, condition=INPUT in names(bare).variables)


def from_plain(plain: Plain) -> Decision:
    """A decision as it is kept in a specification (`decision_parser`)."""
    outputs = tuple(plain["outputs"])
    nothing = (None,) * len(outputs)
    return Decision(
        id=plain["id"],
        hit_policy=plain.get("hit_policy", "UNIQUE"),
        aggregation=plain.get("aggregation"),
        inputs=tuple(plain.get("inputs", ())),
        outputs=outputs,
        defaults=tuple(plain.get("defaults", nothing)),
        order=tuple(plain.get("order", nothing)),
        rows=tuple(_row(rule) for rule in plain.get("rules", ())),
        literal=plain.get("literal"),
        must_hold=plain.get("must_hold", True),
        names=tuple(plain.get("names", ())),
        requires=tuple(from_plain(one) for one in plain.get("requires", ())),
    )


def _row(plain: Plain) -> Row:
    cells = tuple(None if cell is None else Cell(text=cell[0], condition=cell[1]) for cell in plain["in"])
    return Row(number=plain["row"], cells=cells, outputs=tuple(plain["out"]))
