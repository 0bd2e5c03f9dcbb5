"""Script tasks without script act as tasks without type (BPMN 2.0, 10.2.3), and so do send tasks without message."""

from engine.bpmn.lowering.tree import Tree, definitions_of, retag
from engine.bpmn.xml import text_of


def lower(tree: Tree) -> None:
    """Make them such tasks."""
    for scope in tree.scopes:
        for task in tree.nodes(scope, "scriptTask"):
            if not text_of(task, "script"):
                retag(task, "task")
        for task in tree.nodes(scope, "sendTask"):
            if not task.get("messageRef") and not definitions_of(task):
                retag(task, "task")
