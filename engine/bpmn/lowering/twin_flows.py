"""Two flows between the same two nodes: the library knows a flow by the node it comes from, so the second one gets one."""

from engine.bpmn.lowering.tree import Tree


def lower(tree: Tree) -> None:
    """Draw a node into each flow that has a twin before it."""
    for scope in tree.scopes:
        for node in tree.nodes(scope):
            seen: set[str] = set()
            for flow in tree.leaving(node):
                target = flow.get("targetRef", "")
                if target in seen:
                    between = tree.add(node, "intermediateThrowEvent", "twin")
                    goal = tree.node(target)
                    tree.move_target(flow, between)
                    tree.connect(between, goal)
                seen.add(target)
