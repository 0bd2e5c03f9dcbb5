"""Complex gateways: a flow out of one that has no condition is always taken; the library wants it said."""

from engine.bpmn.lowering.splits import ALWAYS
from engine.bpmn.lowering.tree import Tree, condition_of


def lower(tree: Tree) -> None:
    """Say it."""
    for scope in tree.scopes:
        for gateway in tree.nodes(scope, "complexGateway"):
            leaving = tree.leaving(gateway)
            for flow in leaving if len(leaving) > 1 else ():
                if condition_of(flow) is None and flow.get("id") != gateway.get("default"):
                    tree.always(flow, ALWAYS)
