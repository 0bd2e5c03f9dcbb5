"""Elements no token can come to: Spiff leaves them out without a word."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Scope, problem
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "reachable"


def check(given: Given) -> Iterator[Problem]:
    """Every flow node can be reached from a start event, or from a boundary event of one that can."""
    for source, scope in given.scopes():
        reached = _reached(scope)
        for node in scope.nodes:
            if node.get("id") and node.get("id") not in reached and local(node) != "boundaryEvent":
                message = "No way leads from a start event to this element, so it would never happen. Connect it or remove it."
                yield problem(RULE, source, node, message)


def _reached(scope: Scope) -> set[str]:
    following: dict[str, list[str]] = {}
    for flow in scope.flows:
        following.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for event in scope.of("boundaryEvent"):
        following.setdefault(event.get("attachedToRef", ""), []).append(event.get("id", ""))
    waiting = [start.get("id", "") for start in scope.of("startEvent")]
    reached: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(following.get(node, ()))
    return reached
