"""Gateways and conditions: every token finds a way, and no condition is ignored."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, a, problem, warning, words
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.xml import local, text_of
from engine.errors import Problem

RULE = "gateways"

DECIDING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
ACTIVITIES = frozenset(node for node in FLOW_NODES if not node.endswith(("Gateway", "Event")))
IGNORED = "The default flow is taken when no other condition holds; its own condition is ignored. Remove it."


def check(given: Given) -> Iterator[Problem]:
    """Flows out of gateways and out of everything else."""
    for source, scope in given.scopes():
        for node in scope.nodes:
            leaving = scope.leaving(node)
            if local(node).endswith("Gateway"):
                yield from _connected(source, scope, node, leaving)
            if local(node) == "complexGateway":
                yield from _complex(source, node, scope.entering(node))
            if local(node) in DECIDING:
                yield from _deciding(source, node, leaving)
            elif local(node) in ACTIVITIES:
                yield from _activity(source, node, leaving)
            else:
                yield from _ignored_conditions(source, node, leaving)


def _connected(source: Source, scope: Scope, node: Node, leaving: list[Node]) -> Iterator[Problem]:
    entering = scope.entering(node)
    if not leaving:
        yield problem(RULE, source, node, "No sequence flow leaves this gateway: tokens would be stuck or lost here. Connect it.")
    direction = node.get("gatewayDirection", "Unspecified")
    several = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}.get(direction)
    if several is not None and leaving and several != (len(entering) > 1, len(leaving) > 1):
        entered, left = len(entering), len(leaving)
        message = f"This gateway is {direction}, but {entered} flows lead to it and {left} leave it. Correct gatewayDirection."
        yield problem(RULE, source, node, message)
    elif len(leaving) == 1 and len(entering) < 2 and local(node) != "eventBasedGateway":
        yield problem(RULE, source, node, "This gateway neither splits nor joins (BPMN 2.0, 10.6): remove it, or connect more flows.")


def _deciding(source: Source, node: Node, leaving: list[Node]) -> Iterator[Problem]:
    if len(leaving) < 2:
        if leaving and text_of(leaving[0], "conditionExpression"):
            message = "This is the only way out of its gateway, so its condition can only block. Remove it, or draw the other way."
            yield warning(RULE, source, leaving[0], message)
        return
    default = node.get("default")
    for flow in leaving:
        condition = text_of(flow, "conditionExpression")
        if flow.get("id") == default and condition:
            yield warning(RULE, source, flow, IGNORED)
        elif flow.get("id") != default and not condition and local(node) != "complexGateway":
            message = "This flow leaves a deciding gateway without a condition. Give it a condition, or make it the default flow."
            yield problem(RULE, source, flow, message)
    if not default and all(text_of(flow, "conditionExpression") for flow in leaving):
        message = "When no condition holds, the token is stuck at this gateway. Make one of its flows the default flow."
        yield warning(RULE, source, node, message)


def _complex(source: Source, node: Node, entering: list[Node]) -> Iterator[Problem]:
    """Where several flows meet, its condition says how many tokens it needs (`spec_complex_gateway`)."""
    if len(entering) > 1 and text_of(node, "activationCondition") is None:
        message = "This complex gateway does not say when it goes on: write its activation condition, such as activationCount >= 2."
        yield problem(RULE, source, node, message)


def _ignored_conditions(source: Source, node: Node, leaving: list[Node]) -> Iterator[Problem]:
    for flow in leaving:
        if text_of(flow, "conditionExpression"):
            message = f"A condition on a flow out of {a(words(local(node)))} is not asked. Draw an exclusive gateway behind it."
            yield problem(RULE, source, flow, message)
    if node.get("default"):
        message = f"{a(words(local(node))).capitalize()} has no default flow. Remove it, or draw an exclusive gateway."
        yield problem(RULE, source, node, message)


def _activity(source: Source, node: Node, leaving: list[Node]) -> Iterator[Problem]:
    """Flows out of an activity are a parallel split, with conditions an inclusive one (`lowering.splits`)."""
    default = node.get("default")
    conditional = [flow for flow in leaving if text_of(flow, "conditionExpression")]
    if default and len(leaving) > 1 and not conditional:
        yield problem(
            RULE, source, node, "A default flow is taken when no condition holds, and no flow here has one. Give them conditions."
        )
    if conditional and len(leaving) == 1:
        message = "This is the only flow out of its activity, so its condition can only block. Remove it, or draw the other way."
        yield problem(RULE, source, conditional[0], message)
    for flow in conditional:
        if flow.get("id") == default:
            yield warning(RULE, source, flow, IGNORED)
    if len(conditional) > 1 and len(conditional) == len(leaving) and not default:
        message = "When no condition holds, the token is stuck here. Make one of the flows the default flow."
        yield warning(RULE, source, node, message)
