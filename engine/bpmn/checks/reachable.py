"""Elements no token can come to: Spiff leaves them out without a word."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Scope, begins, problem
from engine.bpmn.lowering.implicit_starts_and_ends import stands_apart
from engine.bpmn.lowering.links import link_of
from engine.bpmn.lowering.starts import instantiates
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "reachable"


def check(given: Given) -> Iterator[Problem]:
    """Every flow node can be reached from where its scope begins, or from a boundary event of one that can.

    What stands apart from the flow (event sub-processes, compensation) is the matter of other rules.

    Only the first element of a way that is cut off is named, not all that come after it.
    """
    for source, scope in given.scopes():
        following = _following(scope)
        seen: set[str] = set()
        outside = (node for node in scope.nodes if stands_apart(node) or (instantiates(node) and not scope.entering(node)))
        for start in (*scope.of("startEvent"), *begins(scope), *outside):
            _visit(following, start.get("id", ""), seen)
        cut_off = {node.get("id", ""): node for node in scope.nodes if node.get("id") and node.get("id") not in seen}
        entered = {target for key in cut_off for target in following.get(key, ())}
        for key in (*(key for key in cut_off if key not in entered), *cut_off):  # the second round is for circles
            if key not in seen:
                others = len(_visit(following, key, seen) & cut_off.keys()) - 1
                if local(cut_off[key]) != "boundaryEvent":  # that it is attached to nothing is said by the rule for these
                    yield problem(RULE, source, cut_off[key], _sentence(others))


def _sentence(others: int) -> str:
    more = f" and the {others} after it" if others else ""
    return f"No way leads from a start event to this element, so it{more} would never happen. Connect it or remove it."


def _following(scope: Scope) -> dict[str, list[str]]:
    """Where a token can go from each element."""
    following: dict[str, list[str]] = {}
    for flow in scope.flows:
        following.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for event in scope.of("boundaryEvent"):
        following.setdefault(event.get("attachedToRef", ""), []).append(event.get("id", ""))
    catches = {link_of(node): node.get("id", "") for node in scope.of("intermediateCatchEvent")}
    for node in scope.of("intermediateThrowEvent"):
        if link_of(node) is not None and link_of(node) in catches:
            following.setdefault(node.get("id", ""), []).append(catches[link_of(node)])
    return following


def _visit(following: Mapping[str, list[str]], begin: str, seen: set[str]) -> set[str]:
    """What can be reached from `begin` and was not seen yet; it is seen now."""
    waiting, found = [begin], set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            found.add(key)
            waiting.extend(following.get(key, ()))
    return found
