"""Script tasks hold a script."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, problem
from engine.bpmn.xml import text_of
from engine.errors import Problem

RULE = "scripts"


def check(given: Given) -> Iterator[Problem]:
    """Every script task."""
    for source, node in given.nodes("scriptTask"):
        if text_of(node, "script") is None:
            yield problem(RULE, source, node, "This script task has no script; write one, or use a task without a type.")
