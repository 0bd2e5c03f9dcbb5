"""The limits that engine/README.md promises are those of the program."""

import re

import pytest

from engine import apart, apart_limits, calendars, form_conditions, form_patterns, form_reader, inspection, task_attributes
from engine.bpmn import (
    correlation_keys,
    decisions,
    feel,
    feel_functions,
    sandbox_budget,
    sandbox_compiler,
    spec_loops,
    spec_tasks,
    timers,
    xml,
)
from tests.upkeep.sources import ROOT

LIMITS = {
    "length of an expression": (sandbox_compiler.EXPRESSION_LENGTH, sandbox_compiler.SCRIPT_LENGTH, feel_functions.LONGEST),
    "brackets, operators": (sandbox_budget.SYNTAX_DEPTH, feel.MAX_DEPTH),
    "steps of an evaluation": (sandbox_budget.STEPS,),
    "processor time of an evaluation": (int(sandbox_budget.SECONDS * 1000),),
    "one text or list": (sandbox_budget.SIZE, sandbox_budget.VOLUME // 10**6),
    "a whole number; a decimal": (sandbox_budget.BITS, sandbox_budget.DIGITS),
    "lists and data inside": (sandbox_budget.DEPTH,),
    "processor time of a decision": (decisions.SECONDS,),
    "instances of a multi-instance": (spec_loops.MAX_INSTANCES,),
    "processes and sub-processes inside": (spec_tasks.MAX_DEPTH,),
    "groups or people a task": (task_attributes.MOST_NAMES, task_attributes.LONGEST_NAME, correlation_keys.LONGEST_KEY),
    "times": (10**timers.MOST_DIGITS - 1,),
    "working time": (calendars.LONGEST.total_seconds() // 3600,),
    "a diagram or table": (xml.MAX_BYTES // 10**6, xml.MAX_ELEMENTS, xml.MAX_DEPTH),
    "a form; its conditions": (form_reader.MAX_BYTES, form_conditions.LONGEST, form_patterns.LONGEST_PATTERN),
    "problems that are told": (inspection.MOST_TOLD,),
    "processor time; real time": (apart_limits.SECONDS, apart_limits.WALL_SECONDS),
    "memory": (apart_limits.MEMORY // 10**9,),
    "deployments that are checked": (apart.AT_ONCE, apart.WAIT_SECONDS),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_limit_is_told_as_it_is(what: str) -> None:
    text = (ROOT / "engine" / "README.md").read_text(encoding="utf-8").partition("## Limits")[2].partition("## Elements")[0]
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {what}")]
    told = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", row)}
    assert set(LIMITS[what]) <= told
