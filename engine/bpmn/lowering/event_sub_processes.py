"""Event sub-processes: what each waits for stands in the scope around it, armed from the scope's beginning, and leads to it.

`armedStartEvent` is no element of BPMN: a node of the rewritten file only, executed by `spec_event_sub_processes`. The
drawn start event stays in the event sub-process and is what is passed when it has been triggered.
"""

from engine.bpmn.lowering.multiple_events import ALL_OF, SEPARATOR
from engine.bpmn.lowering.tree import Node, Tree, definitions_of
from engine.bpmn.xml import local

ARMED = "armedStartEvent"
TRIGGERED = "armed"  # not "true": the library would start it in its own way


def lower(tree: Tree) -> None:
    """Put an armed start event into the scope of every event sub-process; those that compensate are not armed."""
    for scope in tree.scopes:
        for sub in tree.nodes(scope, "subProcess"):
            if is_event_sub_process(sub):
                sub.set("triggeredByEvent", TRIGGERED)
                for start in tree.nodes(sub, "startEvent"):
                    parts = [_arm(tree, scope, sub, start, definition) for definition in definitions_of(start)]
                    for part in parts if start.get("parallelMultiple") == "true" and len(parts) > 1 else ():
                        part.set(ALL_OF, SEPARATOR.join(one.get("id", "") for one in parts))  # else any of them triggers it


def is_event_sub_process(node: Node) -> bool:
    """As drawn."""
    return local(node) == "subProcess" and node.get("triggeredByEvent", "false") == "true"


def compensates(sub: Node) -> bool:
    """Whether an event sub-process starts by compensation of the sub-process it is in."""
    return any(local(definition) == "compensateEventDefinition" for start in sub for definition in start if local(start) == "startEvent")


def interrupts(start: Node) -> bool:
    """Whether the start event of an event sub-process ends what else runs in the scope."""
    return start.get("isInterrupting", "true") != "false"


def _arm(tree: Tree, scope: Node, sub: Node, start: Node, definition: Node) -> Node:
    armed = tree.add(start, ARMED, "armed", scope=scope)
    armed.append(definition)
    armed.set("isInterrupting", start.get("isInterrupting", "true"))
    tree.connect(armed, sub)
    return armed
