"""A scope without start event begins at every node nothing leads to; a node nothing follows is an end (BPMN 2.0, 10.2.6, 13.2)."""

from engine.bpmn.lowering.compensation import is_compensation, is_handler
from engine.bpmn.lowering.event_sub_processes import is_event_sub_process
from engine.bpmn.lowering.tree import Node, Tree
from engine.bpmn.xml import local

NEVER_BEGINS = ("boundaryEvent", "startEvent")
# An ad-hoc sub-process has neither: its own specification begins and ends it.
WITHOUT = "adHocSubProcess"


def lower(tree: Tree) -> None:
    """Draw the start and end events that are meant."""
    for scope in tree.scopes:
        if local(scope) != WITHOUT:
            _ends(tree, scope)
            _starts(tree, scope)


def _starts(tree: Tree, scope: Node) -> None:
    if tree.nodes(scope, "startEvent"):
        return
    first = [node for node in tree.nodes(scope) if not tree.entering(node) and local(node) not in NEVER_BEGINS and not stands_apart(node)]
    start = tree.add(scope, "startEvent", "start", scope=scope)
    for node in first:
        tree.connect(start, node)
    if not first:
        tree.connect(start, tree.add(scope, "endEvent", "end", scope=scope))


def _ends(tree: Tree, scope: Node) -> None:
    for node in tree.nodes(scope):
        if local(node) != "endEvent" and not tree.leaving(node) and not stands_apart(node):
            tree.connect(node, tree.add(node, "endEvent", "end"))


def stands_apart(node: Node) -> bool:
    """An event sub-process, a compensation handler and the event that leads to it are not part of the flow."""
    return is_event_sub_process(node) or is_handler(node) or is_compensation(node)
