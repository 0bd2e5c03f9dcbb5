"""Ad-hoc sub-processes (BPMN 2.0, 13.3.5) as sub-processes with an order.

Everything that nothing leads to begins at once, or with `ordering="Sequential"` one after the other as it stands in the file.
After each activity an `adHocDecision`, executed by `spec_ad_hoc`, asks the completion condition: when it holds, nothing new
begins, and what still runs is cancelled unless the sub-process says otherwise.
"""

from collections.abc import Iterable

from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.lowering.implicit_starts_and_ends import stands_apart
from engine.bpmn.lowering.tree import Node, Tree, retag
from engine.bpmn.xml import children, local, text_of

DECISION = "adHocDecision"
ENOUGH, CANCELS = "enough", "cancels"
ACTIVITIES = frozenset(kind for kind in FLOW_NODES if not kind.endswith(("Event", "Gateway")))


def lower(tree: Tree) -> None:
    """Draw the order."""
    for scope in tree.scopes:
        if local(scope) == "adHocSubProcess":
            _scope(tree, scope)


def is_sequential(scope: Node) -> bool:
    """Whether one activity is done at a time."""
    return scope.get("ordering", "Parallel").strip() == "Sequential"


def cancels(scope: Node) -> bool:
    """Whether what still runs is cancelled when it is enough."""
    return scope.get("cancelRemainingInstances", "true") != "false"


def first_of(nodes: Iterable[Node], entered: Iterable[Node]) -> list[Node]:
    """What begins by itself."""
    targets = {flow.get("targetRef") for flow in entered}
    return [node for node in nodes if node.get("id") not in targets and local(node) != "boundaryEvent" and not stands_apart(node)]


def _scope(tree: Tree, scope: Node) -> None:
    condition = text_of(scope, "completionCondition")
    for part in [*children(scope, "completionCondition")]:
        scope.remove(part)
    retag(scope, "subProcess")
    drawn = tree.nodes(scope)
    first = first_of(drawn, children(scope, "sequenceFlow"))
    start = tree.add(scope, "startEvent", "start", scope=scope)
    end = tree.add(scope, "endEvent", "end", scope=scope)
    begins, chain = (first[:1], first[1:]) if is_sequential(scope) else (first, [])
    for node in begins:
        tree.connect(start, node)
    if not begins:
        tree.connect(start, end)
    after = _following(tree, first, chain)
    for node in drawn:
        if not stands_apart(node):
            _behind(tree, node, condition, cancels=cancels(scope), end=end, last=after.get(node.get("id", ""), end))


def _following(tree: Tree, first: list[Node], chain: list[Node]) -> dict[str, Node]:
    """What begins when the part that a node belongs to has ended: the next part, if they come one after the other."""
    found: dict[str, Node] = {}
    for head, following in zip(first, chain, strict=False):
        for id_ in _part(tree, head):
            found[id_] = following
    return found


def _part(tree: Tree, head: Node) -> set[str]:
    scope, seen, waiting = head.getparent(), set(), [head]
    events = [] if scope is None else [*children(scope, "boundaryEvent")]
    while waiting:
        node = waiting.pop()
        id_ = node.get("id", "")
        if id_ not in seen:
            seen.add(id_)
            waiting.extend(tree.node(flow.get("targetRef", "")) for flow in tree.leaving(node))
            waiting.extend(event for event in events if event.get("attachedToRef") == id_)
    return seen


def _behind(tree: Tree, node: Node, condition: str | None, *, cancels: bool, end: Node, last: Node) -> None:
    """Ask behind an activity; where a way ends, lead on to `last`."""
    leaving = tree.leaving(node)
    following = [tree.node(flow.get("targetRef", "")) for flow in leaving]
    of_one = tree.drawn.get(node.get("id", ""), node.get("id", ""))
    if any(tree.drawn.get(one.get("id", ""), one.get("id", "")) == of_one for one in following):
        return  # what is done to the data before or after the activity belongs to it
    before = node
    if condition is not None and (local(node) in ACTIVITIES or not leaving):
        before = tree.add(node, DECISION, "enough?")
        before.set("condition", condition)
        before.set(CANCELS, str(cancels))
        if leaving:
            way = tree.way_behind(node)
            if node.get("default") is not None:
                way.set("default", node.get("default", ""))
                del node.attrib["default"]
            tree.connect(before, way)
        tree.connect(node, before)
        enough = tree.add(node, "intermediateThrowEvent", ENOUGH)
        tree.connect(before, enough).set(ENOUGH, "true")
        tree.connect(enough, end)
    if not leaving:
        tree.connect(before, last)
