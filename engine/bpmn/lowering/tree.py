"""The XML of a file while it is rewritten: nodes, flows, and what each node stands for in the drawing."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.diagram import FLOW_NODES, SCOPES
from engine.bpmn.xml import BPMN, children, line_of, local, text_of

Node = etree._Element


@dataclass(frozen=True, kw_only=True)
class Lowered:
    """The rewritten file. `drawn`: the id a person knows an element by, where it is another; `helpers`: what nobody drew."""

    root: Node
    drawn: Mapping[str, str]
    helpers: frozenset[str]


class Tree:
    """Flow nodes and sequence flows, indexed. Everything that moves a flow goes through here."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.drawn: dict[str, str] = {}
        self.helpers: set[str] = set()
        self.scopes = [one for process in children(root, "process") for one in process.iter("*") if one is process or local(one) in SCOPES]
        self._ids = {one.get("id", "") for one in root.iter("*")}
        self._by_id = {one.get("id", ""): one for scope in self.scopes for one in children(scope, *FLOW_NODES)}
        self._leaving: dict[str, list[Node]] = {}
        self._entering: dict[str, list[Node]] = {}
        for scope in self.scopes:
            for flow in children(scope, "sequenceFlow"):
                self._leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
                self._entering.setdefault(flow.get("targetRef", ""), []).append(flow)

    def nodes(self, scope: Node, *kinds: str) -> list[Node]:
        """The flow nodes directly in a scope, or those of these kinds; a list, so that the scope may change meanwhile."""
        return list(children(scope, *(kinds or FLOW_NODES)))

    def leaving(self, node: Node) -> list[Node]:
        """The sequence flows out of a node, in the order of the file."""
        return list(self._leaving.get(node.get("id", ""), ()))

    def entering(self, node: Node) -> list[Node]:
        """The sequence flows into a node."""
        return list(self._entering.get(node.get("id", ""), ()))

    def node(self, id_: str) -> Node:
        """The flow node of this id."""
        return self._by_id[id_]

    def always(self, flow: Node, condition: str) -> None:
        """Give a flow without condition one."""
        etree.SubElement(flow, f"{{{BPMN}}}conditionExpression").text = condition

    def add(self, like: Node, kind: str, why: str, *, shows: str | None = None, scope: Node | None = None) -> Node:
        """A node beside `like`, on its behalf: a helper, or with `shows` one that is passed as that drawn element."""
        owner = like.get("id", "")
        node = etree.SubElement(_parent(like) if scope is None else scope, f"{{{BPMN}}}{kind}", id=self._new_id(owner, why))
        node.sourceline = line_of(like)  # type: ignore[assignment]  # the stubs know no type for it
        self._by_id[node.get("id", "")] = node
        self.drawn[node.get("id", "")] = shows or self.drawn.get(owner, owner)
        if shows is None:
            self.helpers.add(node.get("id", ""))
        return node

    def connect(self, source: Node, target: Node) -> Node:
        """A sequence flow from one node to another."""
        scope = _parent(target)
        flow = etree.SubElement(scope, f"{{{BPMN}}}sequenceFlow", id=self._new_id(source.get("id", ""), "flow"))
        flow.sourceline = line_of(source)  # type: ignore[assignment]
        self.move_source(flow, source)
        self.move_target(flow, target)
        return flow

    def move_source(self, flow: Node, source: Node) -> None:
        """Let a flow begin elsewhere."""
        _take(self._leaving, flow, "sourceRef")
        flow.set("sourceRef", source.get("id", ""))
        self._leaving.setdefault(source.get("id", ""), []).append(flow)

    def move_target(self, flow: Node, target: Node) -> None:
        """Let a flow end elsewhere."""
        _take(self._entering, flow, "targetRef")
        flow.set("targetRef", target.get("id", ""))
        self._entering.setdefault(target.get("id", ""), []).append(flow)

    def way_behind(self, event: Node) -> Node:
        """A node that takes over what leaves an event: several others shall lead there."""
        way = self.add(event, "intermediateThrowEvent", "way")
        for flow in self.leaving(event):
            self.move_source(flow, way)
        return way

    def copy(self, part: Node) -> Node:
        """A copy of a part of a node, with the line people know."""
        made = deepcopy(part)
        made.sourceline = line_of(part)  # type: ignore[assignment]
        return made

    def remove(self, node: Node) -> None:
        """Take a node out, with the flows that still touch it."""
        for flow in (*self.leaving(node), *self.entering(node)):
            _take(self._leaving, flow, "sourceRef")
            _take(self._entering, flow, "targetRef")
            _detach(flow)
        _detach(node)

    def rename(self, node: Node, new: str) -> None:
        """Give a node another id, everywhere; people go on seeing the one they drew."""
        old = node.get("id", "")
        self._ids.add(new)
        self.drawn[new] = self.drawn.pop(old, old)
        if old in self.helpers:
            self.helpers.add(new)
        node.set("id", new)
        self._by_id[new] = node
        for flow in self._leaving.pop(old, ()):
            self.move_source(flow, node)
        for flow in self._entering.pop(old, ()):
            self.move_target(flow, node)
        for element in self.root.iter("*"):
            for attribute in _REFERRING:
                if element.get(attribute) == old:
                    element.set(attribute, new)
            if local(element) == "flowNodeRef" and (element.text or "").strip() == old:
                element.text = new

    def _new_id(self, owner: str, why: str) -> str:
        """An id nobody can have drawn: ids have no spaces."""
        number, new = 1, f"{owner} ({why})"
        while new in self._ids:
            number += 1
            new = f"{owner} ({why} {number})"
        self._ids.add(new)
        return new


_REFERRING = ("attachedToRef", "sourceRef", "targetRef", "activityRef")


def retag(node: Node, kind: str) -> None:
    """Make another kind of element of a node."""
    node.tag = f"{{{BPMN}}}{kind}"


def definitions_of(event: Node) -> list[Node]:
    """The event definitions of an event."""
    return [child for child in children(event) if local(child).endswith("EventDefinition")]


def condition_of(flow: Node) -> str | None:
    """The condition of a flow; None when it has none."""
    return text_of(flow, "conditionExpression") or None


def _parent(node: Node) -> Node:
    parent = node.getparent()
    assert parent is not None  # flow nodes stand in a scope
    return parent


def _detach(node: Node) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _take(index: dict[str, list[Node]], flow: Node, end: str) -> None:
    found = index.get(flow.get(end) or "", [])
    if flow in found:
        found.remove(flow)
