"""What can happen to an element of a file: each change says what it did, or None when there is nothing to do it to."""

import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from engine.bpmn.diagram import FLOW_NODES, SCOPES
from engine.bpmn.xml import BPMN, local
from tests.conformance.mutations.odd import ODD

Node = etree._Element
Change = Callable[[random.Random, Node], str | None]

REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "errorRef", "signalRef", "escalationRef", "calledElement")
_KINDS = ("message", "timer", "error", "terminate", "conditional", "signal", "escalation", "compensate", "link", "cancel", "odd")
EVENTS = tuple(f"{kind}EventDefinition" for kind in _KINDS)
SETTINGS = (
    *("triggeredByEvent", "isForCompensation", "isInterrupting", "cancelActivity", "isSequential", "parallelMultiple", "instantiate"),
    *("isExecutable", "startQuantity", "completionQuantity", "loopMaximum", "testBefore", "eventGatewayType", "behavior", "ordering"),
    *(
        "gatewayDirection",
        "scriptFormat",
        "expressionLanguage",
        "cancelRemainingInstances",
        "waitForCompletion",
        "implementation",
        "language",
    ),
)
SPACES = (BPMN, "http://www.omg.org/spec/BPMN/20100501/MODEL", "urn:other", "http://www.omg.org/spec/BPMN/20100524/DI", "")


def _drop_attribute(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if one.attrib])
    if node is None:
        return None
    name = chance.choice(sorted(map(str, node.attrib)))
    return f"{_said(node)} lost {name}={str(node.attrib.pop(name))!r}"


def _odd_attribute(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if one.attrib and one.getroottree().getroot() is not one])
    if node is None:
        return None
    name = chance.choice(sorted(map(str, node.attrib)))
    return _set(node, name, chance.choice(ODD))


def _added_setting(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, list(root.iter("*")))
    value = chance.choice(("true", "false", "2", "Parallel", "All", "None", "Sequential", "python", "javascript", *ODD))
    return None if node is None else _set(node, chance.choice(SETTINGS), value)


def _copied_attribute(chance: random.Random, root: Node) -> str | None:
    nodes = [one for one in root.iter("*") if one.attrib]
    giver, taker = _any(chance, nodes), _any(chance, list(root.iter("*")))
    if giver is None or taker is None:
        return None
    name = chance.choice(sorted(map(str, giver.attrib)))
    return _set(taker, name, str(giver.get(name)))


def _drop_element(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, _below(root))
    if node is None:
        return None
    said = f"{_said(node)} dropped"
    _parent(node).remove(node)
    return said


def _duplicate_element(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, _below(root))
    if node is None:
        return None
    copy = deepcopy(node)
    new = chance.random() < 0.5
    for one in copy.iter("*") if new else ():
        if one.get("id"):
            one.set("id", f"{one.get('id')}_copy")
    node.addnext(copy)
    return f"{_said(node)} twice" + (" with other ids" if new else "")


def _odd_text(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if (one.text or "").strip()])
    if node is None:
        return None
    node.text = _text(chance.choice(ODD))
    return f"{_said(node)} says {node.text[:40]!r}"


def _swap_references(chance: random.Random, root: Node) -> str | None:
    name = chance.choice(REFERENCES)
    nodes = [one for one in root.iter("*") if one.get(name)]
    if len(nodes) < 2:
        return None
    one, other = chance.sample(nodes, 2)
    value = str(one.get(name))
    one.set(name, str(other.get(name)))
    other.set(name, value)
    return f"{name} of {_said(one)} and {_said(other)} swapped"


def _other_reference(chance: random.Random, root: Node) -> str | None:
    nodes = [(one, name) for one in root.iter("*") for name in REFERENCES if one.get(name)]
    ids = [str(one.get("id")) for one in root.iter("*") if one.get("id")]
    if not nodes or not ids:
        return None
    node, name = chance.choice(nodes)
    return _set(node, name, chance.choice(ids))


def _other_event(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if local(one).endswith("EventDefinition")])
    return None if node is None else _retag(node, chance.choice(EVENTS))


def _other_kind(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if local(one) in FLOW_NODES])
    return None if node is None else _retag(node, chance.choice(sorted(FLOW_NODES)))


def _renamed(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if one.get("id")])
    ids = [str(one.get("id")) for one in root.iter("*") if one.get("id")]
    return None if node is None else _set(node, "id", chance.choice((*ODD, "Start", "End", "Root", *ids)))


def _other_namespace(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, list(root.iter("*")))
    if node is None:
        return None
    said, space = _said(node), chance.choice(SPACES)
    node.tag = f"{{{space}}}{local(node)}" if space else local(node)
    return f"{said} in the namespace {space!r}"


def _moved(chance: random.Random, root: Node) -> str | None:
    scopes = [one for one in root.iter("*") if local(one) in {"process", *SCOPES}]
    node = _any(chance, [one for scope in scopes for one in scope])
    if node is None:
        return None
    target = chance.choice(scopes)
    if any(one is node for one in (target, *target.iterancestors())):
        return None
    _parent(node).remove(node)
    target.insert(chance.randrange(len(target) + 1), node)
    return f"{_said(node)} moved to {_said(target)}"


def _transplanted(chance: random.Random, root: Node) -> str | None:
    node, target = _any(chance, _below(root)), _any(chance, _below(root))
    if node is None or target is None:
        return None
    target.append(deepcopy(node))
    return f"{_said(node)} also in {_said(target)}"


def _shuffled(chance: random.Random, root: Node) -> str | None:
    node = _any(chance, [one for one in root.iter("*") if len(one) > 1])
    if node is None:
        return None
    children = list(node)
    chance.shuffle(children)
    node[:] = children
    return f"{_said(node)} in another order"


CHANGES: tuple[Change, ...] = (
    *(_drop_attribute, _odd_attribute, _added_setting, _copied_attribute, _drop_element, _duplicate_element, _odd_text, _swap_references),
    *(_other_reference, _other_event, _other_kind, _renamed, _other_namespace, _moved, _transplanted, _shuffled),
)


def _any(chance: random.Random, nodes: list[Node]) -> Node | None:
    return chance.choice(nodes) if nodes else None


def _below(root: Node) -> list[Node]:
    return [one for one in root.iter("*") if one is not root]


def _parent(node: Node) -> Node:
    parent = node.getparent()
    assert parent is not None  # it is below the root
    return parent


def _set(node: Node, name: str, value: str) -> str:
    said = f"{_said(node)} has {name}={value[:40]!r} instead of {str(node.get(name))[:40]!r}"
    node.set(name, _text(value))
    return said


def _retag(node: Node, kind: str) -> str:
    said = f"{_said(node)} is a {kind}"
    node.tag = f"{{{BPMN}}}{kind}"
    return said


def _text(value: str) -> str:
    return "".join(char for char in value if char in "\t\n" or char >= " ")


def _said(node: Node) -> str:
    return f"{local(node)} {node.get('id', '')}".strip()
