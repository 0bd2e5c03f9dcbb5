"""Who starts a process, as a variable."""

from engine.bpmn.other_tools.reading import Node, bpmn, move


def understand(root: Node) -> None:
    """In place."""
    for start in bpmn(root, "startEvent"):
        move(start, "initiator", "initiator", lambda name: name if name.isidentifier() else None)
