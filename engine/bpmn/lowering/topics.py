"""Work of programs outside that is drawn as something else than a service task: sending, deciding, a script, an event."""

from engine.bpmn.lowering.tree import Tree, definitions_of, retag
from engine.bpmn.xml import extension

WORKING = ("sendTask", "businessRuleTask", "scriptTask", "intermediateThrowEvent", "endEvent")


def lower(tree: Tree) -> None:
    """A topic makes a service task of them; an end event ends behind it."""
    for scope in tree.scopes:
        for node in tree.nodes(scope, *WORKING):
            if extension(node, "topic"):
                if node.tag.endswith("endEvent"):
                    tree.connect(node, tree.add(node, "endEvent", "end"))
                for definition in definitions_of(node):
                    node.remove(definition)
                retag(node, "serviceTask")
