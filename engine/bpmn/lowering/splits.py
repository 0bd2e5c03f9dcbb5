"""Several flows out of something that is no gateway: a parallel split, or with conditions an inclusive one (BPMN 2.0, 13.2.1)."""

from engine.bpmn.lowering.tree import Node, Tree, condition_of
from engine.bpmn.xml import local

ALWAYS = "True"


def lower(tree: Tree) -> None:
    """Draw the gateway that is meant."""
    for scope in tree.scopes:
        for node in tree.nodes(scope):
            leaving = tree.leaving(node)
            if not local(node).endswith("Gateway") and (len(leaving) > 1 or any(condition_of(flow) for flow in leaving)):
                _split(tree, node, leaving)


def _split(tree: Tree, node: Node, leaving: list[Node]) -> None:
    conditional = any(condition_of(flow) for flow in leaving)
    gateway = tree.add(node, "inclusiveGateway" if conditional else "parallelGateway", "split")
    default = node.get("default")
    if default is not None:
        del node.attrib["default"]
        if conditional:
            gateway.set("default", default)
    for flow in leaving:
        tree.move_source(flow, gateway)
        if conditional and flow.get("id") != default and condition_of(flow) is None:
            tree.always(flow, ALWAYS)
    tree.connect(node, gateway)
