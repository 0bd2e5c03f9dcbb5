"""Ids the library uses for nodes of its own: an element of that id would be taken for one of them."""

import re

from engine.bpmn.lowering.tree import Tree

RESERVED = re.compile(
    r"Start|End|Root|StartEventSplit|StartEventJoin|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin)|.* \[child\]", re.DOTALL
)


def lower(tree: Tree) -> None:
    """Give such elements another id inside."""
    for scope in tree.scopes:
        for node in tree.nodes(scope):
            if RESERVED.fullmatch(node.get("id", "")):
                tree.rename(node, f"{node.get('id')} (drawn)")
