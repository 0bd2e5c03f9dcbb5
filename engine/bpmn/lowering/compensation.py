"""Compensation: handlers, and what leads to them. None of it is in the flow: a `compensating` node of each scope starts it.

`compensating`, `compensated` and `compensatedSubProcess` are no elements of BPMN: nodes of the rewritten file only, executed
by `spec_compensation`. A flow out of `compensating` names what its target compensates (`activityRef`).
"""

from collections.abc import Iterator

from engine.bpmn.diagram import SCOPES
from engine.bpmn.lowering.event_sub_processes import compensates, is_event_sub_process
from engine.bpmn.lowering.tree import Node, Tree, definitions_of
from engine.bpmn.xml import BPMN, children, local

COMPENSATING, COMPENSATED, COMPENSATED_SUB = "compensating", "compensated", "compensatedSubProcess"
WHOLE = "*"  # what a compensation event sub-process compensates: the scope it is in


def lower(tree: Tree) -> None:
    """Draw what is only meant; before event sub-processes are armed."""
    for scope in tree.scopes:
        if has_handlers(scope):
            _scope(tree, scope)


def _scope(tree: Tree, scope: Node) -> None:
    first = next(children(scope, *SCOPES, "startEvent", "boundaryEvent"))
    compensating = tree.add(first, COMPENSATING, "compensating", scope=scope)
    compensated = tree.add(first, COMPENSATED, "compensated", scope=scope)
    as_a_whole = {event.get("attachedToRef") for event, _ in handlers(scope)}
    for event, handler in list(handlers(scope)):
        _compensates(tree, compensating, tree.node(handler.get("id", "")), event.get("attachedToRef", ""))
        tree.connect(handler, compensated)
        tree.remove(event)
    for sub in tree.nodes(scope, *SCOPES):
        if is_event_sub_process(sub) and compensates(sub):
            _compensates(tree, compensating, sub, WHOLE)
            for start in children(sub, "startEvent"):
                for definition in definitions_of(start):
                    start.remove(definition)
        elif has_handlers(sub) and not is_handler(sub) and sub.get("id") not in as_a_whole:
            inside = tree.add(sub, COMPENSATED_SUB, "compensation")
            inside.set("activityRef", sub.get("id", ""))
            _compensates(tree, compensating, inside, sub.get("id", ""))
            tree.connect(inside, compensated)


def _compensates(tree: Tree, compensating: Node, handler: Node, activity: str) -> None:
    tree.connect(compensating, handler).set("activityRef", activity)


def is_handler(node: Node) -> bool:
    """An activity that is only run to compensate another one."""
    return node.get("isForCompensation", "false") == "true"


def is_compensation(event: Node) -> bool:
    """A boundary event that leads to a handler."""
    return local(event) == "boundaryEvent" and any(local(one) == "compensateEventDefinition" for one in definitions_of(event))


def handlers(scope: Node) -> Iterator[tuple[Node, Node]]:
    """The compensation boundary events directly in a scope, each with its handler."""
    nodes = {node.get("id", ""): node for node in scope}
    ends = [(one.get("sourceRef", ""), one.get("targetRef", "")) for one in scope.getroottree().iter(f"{{{BPMN}}}association")]
    for event in children(scope, "boundaryEvent"):
        if is_compensation(event):
            here = event.get("id", "")
            for source, target in ends:
                other = target if source == here else source if target == here else ""
                if other in nodes and is_handler(nodes[other]):
                    yield event, nodes[other]


def has_handlers(scope: Node) -> bool:
    """Whether something in a scope, at any depth, can be compensated."""
    return any(
        is_compensation(node) or (is_event_sub_process(node) and node is not scope and compensates(node)) for node in scope.iter("*")
    )
