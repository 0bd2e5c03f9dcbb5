"""Ad-hoc sub-processes: activities without an order that can still be done (BPMN 2.0, 10.3.5)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Scope, Source, problem, words
from engine.bpmn.lowering.ad_hoc import ACTIVITIES, first_of, is_sequential
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "ad_hoc"

SPLITS = ("parallelGateway", "inclusiveGateway", "complexGateway")


def check(given: Given) -> Iterator[Problem]:
    """Every ad-hoc sub-process."""
    for source, scope in given.scopes():
        if scope.kind == "adHocSubProcess":
            yield from _scope(source, scope)


def _scope(source: Source, scope: Scope) -> Iterator[Problem]:
    if not any(local(node) in ACTIVITIES for node in scope.nodes):
        yield problem(RULE, source, scope.node, "There is no activity in this ad-hoc sub-process; draw what can be done.")
    elif not first_of(scope.nodes, scope.flows):
        yield problem(RULE, source, scope.node, "All elements of this ad-hoc sub-process lead to each other: nothing in it can begin.")
    for node in scope.of("startEvent", "endEvent"):
        message = f"An ad-hoc sub-process has no {words(local(node))}: its activities begin by themselves. Remove the event."
        yield problem(RULE, source, node, message)
    ordering = scope.node.get("ordering", "Parallel").strip()
    if ordering not in ("Parallel", "Sequential"):
        yield problem(RULE, source, scope.node, f"The ordering '{ordering}' is unknown; it is Parallel or Sequential.")
    if len(list(children(scope.node, "completionCondition"))) > 1:
        yield problem(RULE, source, scope.node, "There are several completion conditions; write one.")
    if is_sequential(scope.node):
        yield from _one_at_a_time(source, scope)


def _one_at_a_time(source: Source, scope: Scope) -> Iterator[Problem]:
    for node in scope.nodes:
        several = local(node) in SPLITS or (local(node) in ACTIVITIES and len(scope.leaving(node)) > 1)
        if several or (local(node) == "boundaryEvent" and node.get("cancelActivity") == "false"):
            message = "In a sequential ad-hoc sub-process one activity is done at a time, but here several ways begin. Draw one way."
            yield problem(RULE, source, node, message)
