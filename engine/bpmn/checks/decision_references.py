"""Business rule tasks name a decision of this deployment."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, hint, problem
from engine.bpmn.xml import extension
from engine.errors import Problem

RULE = "decision_references"


def check(given: Given) -> Iterator[Problem]:
    """decisionRef of every business rule task; decisions that are there twice."""
    decisions: dict[str, str] = {}
    for source, decision in given.decisions():
        key = decision.get("id", "")
        if key in decisions:
            yield problem(RULE, source, decision, f"The decision '{key}' is already in {decisions[key]}; remove one of them.")
        decisions.setdefault(key, source.file)
    for source, node in given.nodes("businessRuleTask"):
        wanted = extension(node, "decisionRef")
        if extension(node, "topic") is not None:
            continue  # a program decides
        if wanted is None:
            yield problem(RULE, source, node, "This business rule task names no decision; set redress:decisionRef to the id of a decision.")
        elif wanted not in decisions:
            message = f"The decision '{wanted}' is in no DMN file of this deployment; add it, or correct decisionRef."
            yield problem(RULE, source, node, message + hint(wanted, list(decisions)))
