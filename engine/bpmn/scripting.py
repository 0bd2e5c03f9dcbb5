"""Spiff's script engine, evaluating through `expressions` only: nothing in a diagram reaches eval or exec."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.bpmn import expressions
from engine.bpmn.loop_counters import NAMES, counters
from engine.bpmn.token import Token, Values
from engine.errors import BudgetExceeded, ExecutionFailed

log = logging.getLogger("redress.script")


class Engine(PythonScriptEngine):  # type: ignore[misc]  # Spiff is untyped
    """Conditions, scripts, timers, cardinalities and decision cells of one execution."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.functions = functions
        self.environment = None  # Spiff's environments are plain eval and exec: there must be none to fall back to

    def evaluate(self, task: Token, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression over the token's data; `external_context` adds names (counters, `?` of a cell)."""
        names = {**task.data, **external_context} if external_context else task.data
        try:
            if not NAMES.isdisjoint(expressions.names(expression).variables):
                names = {**counters(task), **names}
            return expressions.evaluate(expression, names, functions=self.functions)
        except expressions.ExpressionError as error:
            raise _failure(task, error) from error

    def execute(self, task: Token, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script; the data other tokens share stays as it is."""
        before, budget = task.data, expressions.Budget()
        after = dict(before)
        try:
            if not NAMES.isdisjoint(expressions.names_of_script(script).variables):
                before = {**counters(task), **before}
                after = dict(before)
            expressions.execute(script, after, functions=self.functions, budget=budget)
        except expressions.ExpressionError as error:
            raise _failure(task, error) from error
        finally:
            _printed(task, budget)
        after = {name: value for name, value in after.items() if name not in NAMES or name in task.data or value != before.get(name)}
        # What is as it was stays the same object: the state keeps differences only.
        task.data = {name: before[name] if name in before and same(before[name], value) else value for name, value in after.items()}
        return True


def _printed(task: Token, budget: expressions.Budget) -> None:
    """What a script prints goes to the log, with names instead of values: it is for who writes the script."""
    if budget.said:
        log.info("%s: the script prints: %s", task.task_spec.bpmn_id or task.task_spec.name, " ".join(" ".join(budget.said).split()))


def _failure(task: Token, error: expressions.ExpressionError) -> ExecutionFailed:
    kind = BudgetExceeded if isinstance(error, expressions.BudgetUsedUp) else ExecutionFailed
    return kind(element=task.task_spec.bpmn_id or task.task_spec.name, reason=str(error), line=getattr(error, "line", None))


def copied(value: Any) -> Any:
    """A copy that shares nothing that can be changed."""
    kind = type(value)
    if kind is dict:
        return {name: copied(item) for name, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return set(value) if kind is set else value


def same(one: Any, other: Any) -> bool:
    """Equal down to the type and the written form: True is not 1, and 44.50 is not 44.5."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return list(one) == list(other) and all(same(item, other[name]) for name, item in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and str(one) == str(other)


def changes(before: Values, after: Values) -> tuple[Values, list[str]]:
    """What is new or different in `after`, and which names are gone."""
    updates = {name: value for name, value in after.items() if name not in before or not same(before[name], value)}
    return updates, [name for name in before if name not in after]
