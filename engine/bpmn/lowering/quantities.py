"""`startQuantity` and `completionQuantity` of an activity: how many tokens it takes, and how many it gives (BPMN 2.0, 10.3)."""

from engine.bpmn.lowering.tree import Node, Tree

GATHERING = "gathering"


def lower(tree: Tree) -> None:
    """Draw what gathers tokens before the activity, and what multiplies them behind it."""
    for scope in tree.scopes:
        for node in tree.nodes(scope):
            if quantity(node, "startQuantity") > 1:
                _gather(tree, node)
            if quantity(node, "completionQuantity") > 1:
                _multiply(tree, node)


def quantity(node: Node, name: str) -> int:
    """One when nothing, or nothing that is a number, is said."""
    given = node.get(name, "1").strip()
    return int(given) if given.isascii() and given.isdigit() else 1


def _gather(tree: Tree, node: Node) -> None:
    gathering = tree.add(node, GATHERING, "gathering")
    gathering.set("quantity", str(quantity(node, "startQuantity")))
    for flow in tree.entering(node):
        tree.move_target(flow, gathering)
    tree.connect(gathering, node)


def _multiply(tree: Tree, node: Node) -> None:
    split = tree.add(node, "parallelGateway", "split")
    way = tree.way_behind(node)
    default = node.get("default")
    if default is not None:
        way.set("default", default)
        del node.attrib["default"]
    tree.connect(node, split)
    for _ in range(quantity(node, "completionQuantity")):
        one = tree.add(node, "intermediateThrowEvent", "token")
        tree.connect(split, one)
        tree.connect(one, way)
