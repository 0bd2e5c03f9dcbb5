"""Conditions, timers, due dates, loops and scripts: what does not compile is refused now and not at half past six on a Friday."""

from collections.abc import Iterator

from engine.bpmn.checks import texts
from engine.bpmn.checks.given import Given, problem
from engine.bpmn.checks.languages import says_another
from engine.errors import Problem

RULE = "expressions"


def check(given: Given) -> Iterator[Problem]:
    """Every evaluated text of the diagrams."""
    for text in texts.all_of(given):
        if says_another(text):
            continue  # the rule `languages` refuses it; as one of ours it was never meant
        found = texts.fault(text, given)
        if found is not None:
            yield problem(RULE, text.source, text.owner, found[0], line=found[1])
