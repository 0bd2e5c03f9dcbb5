"""Script tasks hold one script."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, problem, warning
from engine.bpmn.xml import children, extension, text_of
from engine.errors import Problem

RULE = "scripts"


def check(given: Given) -> Iterator[Problem]:
    """Every script task."""
    for source, node in given.nodes("scriptTask"):
        scripts = len(list(children(node, "script")))
        if (
            not text_of(node, "script") and scripts < 2 and extension(node, "topic") is None
        ):  # BPMN 2.0, 10.2.3: it acts as a task without a type
            yield warning(RULE, source, node, "This script task has no script, so nothing is done here; write one.")
        elif scripts > 1:
            yield problem(RULE, source, node, f"This script task has {scripts} scripts, of which one would be run; keep one.")
