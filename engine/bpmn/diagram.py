"""A BPMN file as plain values: what is drawn, what it is called, who does it.

For pages, mirrors and reports, which need names, lanes and attributes but no execution. SpiffWorkflow is not involved.
The file format is design.md 8a; attributes of the `redress:` namespace are read by `_extensions`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import BPMN, BPMNDI, DC, children, extension, line_of, local, refused, safe_root, text_of

NO_RETRY = ("none",)  # as `retries`: one attempt
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
FLOW_NODES = SCOPES | {
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "task",
    "userTask",
    "manualTask",
    "scriptTask",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "businessRuleTask",
    "callActivity",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
    "complexGateway",
}
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One lane; `group` is the candidate group of the tasks in it that name none."""

    id: str
    name: str
    name_zh: str
    group: str


@dataclass(frozen=True, kw_only=True)
class Element:
    """One node that a token can be at. Texts are "" and references None when the file does not give them.

    `lane` is the group of the innermost lane, that of the enclosing sub-process when the element is in no lane itself.
    `event` is the kind of event definition ("timer", "message", ...), "multiple", or None.
    """

    id: str
    type: str
    name: str = ""
    name_zh: str = ""
    documentation: str = ""
    documentation_zh: str = ""
    lane: str | None = None
    scope: str
    line: int
    attached_to: str | None = None
    interrupting: bool = True
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    assignee: str | None = None
    form_key: str | None = None
    priority: str | None = None
    due_date: str | None = None
    four_eyes: tuple[str, ...] = ()
    topic: str | None = None
    retries: tuple[str, ...] = ()
    result_variable: str | None = None
    decision_ref: str | None = None
    called_element: str | None = None
    binding: str = "latest"
    version: int | None = None
    event: str | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One sequence flow; `condition` is the expression without surrounding space, None when it has none."""

    id: str
    source: str
    target: str
    name: str = ""
    name_zh: str = ""
    condition: str | None = None
    line: int
    scope: str


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of a file; `elements` and `flows` hold those of its sub-processes too, in document order."""

    id: str
    name: str = ""
    name_zh: str = ""
    documentation: str = ""
    documentation_zh: str = ""
    executable: bool = True
    file: str
    line: int
    elements: Mapping[str, Element] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()
    search_attributes: tuple[tuple[str, str], ...] = ()
    initiators: tuple[str, ...] = ()
    has_inputs: bool = False


def read(file: str, content: bytes) -> tuple[Process, ...]:
    """Every process of the file, in document order.

    Raises InvalidDeployment when the XML is refused, when it is not BPMN or when it holds no process.
    """
    root = spell_out(safe_root(file, content))
    check_is_bpmn(file, root)
    bounds = _bounds(root)
    return tuple(_process(file, node, bounds) for node in children(root, "process"))


def check_is_bpmn(file: str, root: etree._Element) -> None:
    """Raises InvalidDeployment unless this is BPMN with a process in it."""
    if root.tag != f"{{{BPMN}}}definitions":
        message = f"This is not BPMN 2.0: the root element is <{local(root)}>, not <definitions> of the BPMN namespace."
        raise refused(file, message, line=line_of(root))
    if next(children(root, "process"), None) is None:
        raise refused(file, "There is no process in this file; draw one, or leave the file out.", line=line_of(root))


def is_executable(process: etree._Element) -> bool:
    """Whether a process is executed: unless it says that it is not."""
    return process.get("isExecutable", "true").strip() in ("true", "1")


def groups_by_lane(root: etree._Element) -> dict[str, str]:
    """The group of the lane each flow node of the file is in, as `Element.lane`; nodes in no lane are left out."""
    found = (
        (node.get("id", ""), lane) for process in children(root, "process") for _, node, lane in _nodes(process, _lanes(process)[1], None)
    )
    return {key: lane for key, lane in found if lane is not None}


def split(text: str | None) -> tuple[str, ...]:
    """The items of a comma-separated attribute; an expression (`=...`) is one item whatever commas it holds."""
    if text is None or text.startswith("="):
        return (text,) if text else ()
    return tuple(item.strip() for item in text.split(",") if item.strip())


def event_of(node: etree._Element) -> str | None:
    """ "timer", "message", ... of an event, "multiple" when several are given, None for a plain event or another node."""
    kinds = [local(child).removesuffix("EventDefinition") for child in children(node) if local(child).endswith("EventDefinition")]
    return None if not kinds else kinds[0] if len(kinds) == 1 else "multiple"


def _process(file: str, node: etree._Element, bounds: Mapping[str, Bounds]) -> Process:
    lanes, members = _lanes(node)
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    for scope, child, lane in _nodes(node, members, None):
        if local(child) == "sequenceFlow":
            flows[child.get("id", "")] = _flow(child, scope)
        else:
            elements[child.get("id", "")] = _element(child, scope, lane, bounds)
    return Process(
        **_texts(node),
        id=node.get("id", ""),
        executable=is_executable(node),
        file=file,
        line=line_of(node),
        elements=elements,
        flows=flows,
        lanes=lanes,
        search_attributes=_search_attributes(node),
        has_inputs=any(extension(one, "inputs") for one in node.iter("*")),
        initiators=tuple(name for start in children(node, "startEvent") if (name := extension(start, "initiator"))),
    )


def _nodes(node: etree._Element, members: Mapping[str, str], lane: str | None) -> Iterator[tuple[str, etree._Element, str | None]]:
    """(scope id, flow node or sequence flow, lane group) of this scope and, after each sub-process, of what is in it."""
    for child in children(node):
        kind = local(child)
        if kind == "sequenceFlow":
            yield node.get("id", ""), child, None
        elif kind in FLOW_NODES:
            own = members.get(child.get("id", ""), lane)
            yield node.get("id", ""), child, own
            if kind in SCOPES:
                inner = _lanes(child)[1]
                yield from _nodes(child, {**members, **inner} if inner else members, own)


def _lanes(node: etree._Element) -> tuple[tuple[Lane, ...], dict[str, str]]:
    """The lanes, outer before inner, and the group of the innermost lane of each member."""
    lanes: list[Lane] = []
    members: dict[str, str] = {}
    for lane_set in children(node, "laneSet", "childLaneSet"):
        for child in children(lane_set, "lane"):
            name = child.get("name", "")
            group = extension(child, "candidateGroup") or name
            lanes.append(Lane(id=child.get("id", ""), name=name, name_zh=extension(child, "nameZh") or "", group=group))
            members.update({(ref.text or "").strip(): group for ref in children(child, "flowNodeRef")})
            inner_lanes, inner_members = _lanes(child)
            lanes.extend(inner_lanes)
            members.update(inner_members)
    return tuple(lanes), members


def _texts(node: etree._Element) -> dict[str, Any]:
    return {
        "name": node.get("name", ""),
        "name_zh": extension(node, "nameZh") or "",
        "documentation": text_of(node, "documentation") or "",
        "documentation_zh": extension(node, "documentationZh") or "",
    }


def _extensions(node: etree._Element) -> dict[str, Any]:
    version = extension(node, "version")
    return {
        "candidate_groups": split(extension(node, "candidateGroups")),
        "candidate_users": split(extension(node, "candidateUsers")),
        "assignee": extension(node, "assignee"),
        "form_key": extension(node, "formKey"),
        "priority": extension(node, "priority"),
        "due_date": extension(node, "dueDate"),
        "four_eyes": split(extension(node, "fourEyes")),
        "topic": extension(node, "topic"),
        "retries": split(extension(node, "retries")),
        "result_variable": extension(node, "resultVariable"),
        "decision_ref": extension(node, "decisionRef"),
        "binding": extension(node, "binding") or "latest",
        "version": int(version) if version and version.isascii() and version.isdigit() else None,
    }


def _element(node: etree._Element, scope: str, lane: str | None, bounds: Mapping[str, Bounds]) -> Element:
    return Element(
        **_texts(node),
        **_extensions(node),
        id=node.get("id", ""),
        type=local(node),
        lane=lane,
        scope=scope,
        line=line_of(node),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) != "false",
        called_element=(node.get("calledElement") or "").strip() or None,
        event=event_of(node),
        bounds=bounds.get(node.get("id", "")),
    )


def _flow(node: etree._Element, scope: str) -> Flow:
    return Flow(
        id=node.get("id", ""),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        name=node.get("name", ""),
        name_zh=extension(node, "nameZh") or "",
        condition=text_of(node, "conditionExpression") or None,
        line=line_of(node),
        scope=scope,
    )


def _search_attributes(node: etree._Element) -> tuple[tuple[str, str], ...]:
    """`level:number, customer:text`; a name without a type is text."""
    pairs = (item.partition(":") for item in split(extension(node, "searchAttributes")))
    return tuple((name.strip(), kind.strip() or "text") for name, _, kind in pairs)


def _bounds(root: etree._Element) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        box = shape.find(f"{{{DC}}}Bounds")
        if box is not None:
            try:
                found[shape.get("bpmnElement", "")] = (_number(box, "x"), _number(box, "y"), _number(box, "width"), _number(box, "height"))
            except ValueError:
                continue  # a shape that cannot be drawn is not drawn; the checks name it
    return found


def _number(box: etree._Element, name: str) -> float:
    return float(box.get(name, ""))
