"""Decision tables: which rules hit, and what they give.

Spiff's engine takes the first rule that hits a UNIQUE table and stays silent when none does. Here both are failures that
name the table and the rows, because an amount of money may hang on them.
"""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs.model import DecisionTable, HitPolicy, Rule

from engine.bpmn.expressions import INPUT, names
from engine.bpmn.scripting import Engine
from engine.bpmn.token import Token, Values
from engine.errors import BudgetExceeded, ExecutionFailed


@dataclass(frozen=True, kw_only=True)
class Cell:
    """An input cell: `text` is an expression; one that does not use `?` is compared with the input value."""

    text: str
    condition: bool


class Table(DMNEngine):  # type: ignore[misc]  # Spiff is untyped
    """One decision table over our expressions. `decision_table` is Spiff's model of it."""

    def hits(self, token: Token, engine: Engine) -> list[Rule]:
        """The rules all of whose cells hold, in the order of the table."""
        inputs = [engine.evaluate(token, column.expression) for column in self.decision_table.inputs]
        return [rule for rule in self.decision_table.rules if self._hit(rule, inputs, token, engine)]

    def _hit(self, rule: Rule, inputs: list[Any], token: Token, engine: Engine) -> bool:
        for entry, value in zip(rule.inputEntries, inputs, strict=True):
            cell: Cell | None = entry.lhs[0]
            if cell is None:
                continue
            found = engine.evaluate(token, cell.text, {INPUT: value})
            if not (found if cell.condition else equal(value, found)):
                return False
        return True


def equal(value: Any, other: Any) -> bool:
    """1 is not True in a decision table: a level is not an answer."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def decide(table: Table, token: Token, engine: Engine) -> Values:
    """The outputs: of the one rule that hits (UNIQUE), or for each output a list over all that hit (COLLECT)."""
    model: DecisionTable = table.decision_table
    try:
        rules = table.hits(token, engine)
        if model.hit_policy == HitPolicy.COLLECT.value:
            found = [_outputs(rule, token, engine) for rule in rules]
            return {output.name: [row[output.name] for row in found] for output in model.outputs}
        return _outputs(_the_one(model, rules, token), token, engine)
    except BudgetExceeded:
        raise
    except ExecutionFailed as error:
        reason = str(error.details["reason"])
        named = reason if model.id in reason else f"In the decision table {model.id}: {reason}"
        raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=named, line=None) from error


def _the_one(model: DecisionTable, rules: list[Rule], token: Token) -> Rule:
    if len(rules) == 1:
        return rules[0]
    if rules:
        rows = ", ".join(str(rule.row_number) for rule in rules)
        reason = f"In the decision table {model.id}, rows {rows} hold at the same time; only one may."
    else:
        names = ", ".join(column.expression for column in model.inputs)
        reason = f"In the decision table {model.id}, no row holds for these values of {names}."
    raise ExecutionFailed(element=token.task_spec.bpmn_id, reason=reason, line=None)


def _outputs(rule: Rule, token: Token, engine: Engine) -> Values:
    return {entry.output.name: engine.evaluate(token, entry.text) if (entry.text or "").strip() else None for entry in rule.outputEntries}


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
