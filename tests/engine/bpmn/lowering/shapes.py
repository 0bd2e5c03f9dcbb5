"""What lowering makes of a fixture diagram of this folder, in words."""

from pathlib import Path

from engine.bpmn.lowering import lower
from engine.bpmn.lowering.tree import Tree, condition_of
from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import local, safe_root

HERE = Path(__file__).parent


def flows(name: str) -> list[str]:
    """Every flow of the rewritten diagram: `from -> to`, with `[condition]`; helpers are named by what they are for."""
    root = spell_out(safe_root(f"{name}.bpmn", (HERE / f"{name}.bpmn").read_bytes()))
    tree = Tree(lower(root).root)
    return [
        f"{flow.get('sourceRef')} -> {flow.get('targetRef')}" + (f" [{condition_of(flow)}]" if condition_of(flow) else "")
        for scope in tree.scopes
        for node in tree.nodes(scope)
        for flow in tree.leaving(node)
    ]


def kinds(name: str) -> dict[str, str]:
    """The kind of each node of the rewritten diagram."""
    root = spell_out(safe_root(f"{name}.bpmn", (HERE / f"{name}.bpmn").read_bytes()))
    tree = Tree(lower(root).root)
    return {node.get("id", ""): local(node) for scope in tree.scopes for node in tree.nodes(scope)}
