"""Data objects, associations, inputs and outputs of activities (BPMN 2.0, 10.3).

All data of an instance is one set of variables, so a data object is a variable, visible from where it stands inwards and
also elsewhere. What an association says is done where it says it: before the activity or after it, by a script.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.bpmn.expressions import check_script
from engine.bpmn.lowering.tree import Node, Tree
from engine.bpmn.xml import BPMN, children, line_of, local, text_of

NAMED = ("dataObject", "dataObjectReference", "dataInput", "dataOutput", "property")
DRAWN_ONLY = ("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "dataObject", "dataObjectReference", "dataStoreReference")
SILENT = ("Ref", "Refs", "incoming", "outgoing", "documentation", "text")  # texts that are not evaluated
PLACEHOLDER = "__targetRef_placeholder"  # what bpmn-js writes for an activity that reads as a whole: it stands for no variable
_WORD = re.compile(r"[^\W\d]\w*")
_NO_LETTER = re.compile(r"\W+")
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")


def lower(tree: Tree) -> None:
    """Put scripts beside the activities and events, and take out what the library would read in its own way."""
    variables = variables_of(tree.root)
    for reference in tree.root.iter(f"{{{BPMN}}}loopDataInputRef", f"{{{BPMN}}}loopDataOutputRef"):
        wanted = (reference.text or "").strip()
        reference.text = variables.get(wanted, wanted)
    for loop in tree.root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        _count(loop)
    for scope in tree.scopes:
        for node in tree.nodes(scope):
            before, after = [*inputs(node, variables)], [*outputs(node, variables)]
            if before:
                _before(tree, node, before)
            if after:
                _after(tree, node, after)
    for scope in tree.scopes:
        for part in [*children(scope, *DRAWN_ONLY)]:
            if local(scope) != "process" or local(part) != "ioSpecification":
                scope.remove(part)
        for node in tree.nodes(scope):
            for part in [*children(node, *DRAWN_ONLY)]:
                node.remove(part)
    for store in [*children(tree.root, "dataStore")]:
        tree.root.remove(store)


def _count(loop: Node) -> None:
    """A collection whose items get no name only says how many instances there are (BPMN 2.0, table 10.30)."""
    for collection in children(loop, "loopDataInputRef"):
        if next(children(loop, "inputDataItem"), None) is None:
            collection.tag = f"{{{BPMN}}}loopCardinality"
            collection.text = f"len({collection.text})"


def variables_of(root: Node) -> dict[str, str]:
    """The variable each data element means, by its id: of its names the one that the texts of the file speak of.

    Modelers let people write anything: where no name can be one of a variable, a variable is named after the first.
    """
    texts = (element.text for element in root.iter("{*}*") if element.text and not local(element).endswith(SILENT))
    spoken = {word for text in texts for word in _WORD.findall(text)}
    objects = {one.get("id"): one for one in root.iter(f"{{{BPMN}}}dataObject")}
    shown: dict[str | None, list[Node]] = {}
    for reference in root.iter(f"{{{BPMN}}}dataObjectReference"):
        shown.setdefault(reference.get("dataObjectRef"), []).append(reference)
    found: dict[str, str] = {}
    for element in root.iter(*(f"{{{BPMN}}}{kind}" for kind in NAMED)):
        meant = objects.get(element.get("dataObjectRef"), element)
        # An object that is no name itself is called after where it is shown, and everywhere the same.
        called = (meant, element) if any(map(_can_be_set, _names(meant))) else (meant, *shown.get(meant.get("id"), ()))
        names = [name for one in called for name in _names(one)]
        good = [name for name in names if _can_be_set(name)] or [_named_after(name) for name in names[:1]]
        found[element.get("id", "")] = next((name for name in good if name in spoken), (good or [""])[0])
    return found


def _names(element: Node) -> list[str]:
    return [name for name in (element.get("name"), element.get("id")) if name]


def _can_be_set(name: str) -> bool:
    return name == PLACEHOLDER or (_WORD.fullmatch(name) is not None and check_script(f"{name} = 0") is None)


def _named_after(name: str) -> str:
    """`sid-1`, `Order form` and `class` name no variable: `data_sid_1`, `data_Order_form`, `data_class`."""
    return f"data_{_NO_LETTER.sub('_', name).strip('_')}"


def inputs(node: Node, variables: dict[str, str]) -> Iterator[str]:
    """What happens to the data before the node, as lines of a script."""
    fed = set()
    for association in children(node, "dataInputAssociation"):
        fed.add(text_of(association, "targetRef"))
        yield from _lines(association, variables)
    yield from _there(node, "inputSet", ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs"), fed, variables)


def outputs(node: Node, variables: dict[str, str]) -> Iterator[str]:
    """What happens to the data after it."""
    yield from _there(node, "outputSet", ("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs"), set(), variables)
    for association in children(node, "dataOutputAssociation"):
        yield from _lines(association, variables)


def _lines(association: Node, variables: dict[str, str]) -> Iterator[str]:
    sources = [variables.get(one, one) for one in _texts(children(association, "sourceRef"))]
    target = text_of(association, "targetRef")
    variable = None if target is None else variables.get(target, target)
    variable = None if variable == PLACEHOLDER else variable
    assignments = [*children(association, "assignment")]
    transformation = text_of(association, "transformation")
    if assignments:
        yield from (f"{place(written(association, one, variables))} = {text_of(one, 'from')}" for one in assignments)
    elif transformation is not None and variable is not None:
        yield f"{variable} = {transformation}"
    elif len(sources) == 1 and variable is not None and sources[0] != variable:
        yield f"{variable} = {sources[0]}"


def written(association: Node, assignment: Node, variables: Mapping[str, str]) -> str:
    """What an assignment writes: the target of its association where it names that by its id, as many tools do."""
    to = text_of(assignment, "to") or ""
    return variables.get(to, to) if to == text_of(association, "targetRef") else to


def place(target: str) -> str:
    """Where an assignment writes, as scripts say it: `order.total` is `order['total']`."""
    first, *fields = target.split(".")
    return first + "".join(f"[{field!r}]" for field in fields) if _PATH.fullmatch(target) else target


def _there(node: Node, kind: str, parts: tuple[str, str, str], fed: set[str | None], variables: dict[str, str]) -> Iterator[str]:
    """What has to be there, fails the step when it is not; of several sets one is enough, which one is not asked."""
    sets = [one for io in children(node, "ioSpecification") for one in children(io, kind)]
    if len(sets) == 1:
        optional = {*_texts(children(sets[0], *parts[1:]))}
        for wanted in _texts(children(sets[0], parts[0])):
            if wanted not in optional and wanted not in fed and wanted in variables:
                yield f"{variables[wanted]} = {variables[wanted]}"


def _texts(nodes: Iterable[Node]) -> Iterator[str]:
    return ((node.text or "").strip() for node in nodes)


def _before(tree: Tree, node: Node, lines: list[str]) -> None:
    script = _script(tree, node, "in", lines)
    for flow in tree.entering(node):
        tree.move_target(flow, script)
    tree.connect(script, node)


def _after(tree: Tree, node: Node, lines: list[str]) -> None:
    script = _script(tree, node, "out", lines)
    for flow in tree.leaving(node):
        tree.move_source(flow, script)
    if node.get("default"):
        script.set("default", node.get("default", ""))
        del node.attrib["default"]
    tree.connect(node, script)


def _script(tree: Tree, node: Node, why: str, lines: list[str]) -> Node:
    task = tree.add(node, "scriptTask", why)
    script = etree.SubElement(task, f"{{{BPMN}}}script")
    script.text = "\n".join(lines)
    script.sourceline = line_of(node)  # type: ignore[assignment]  # the stubs know no type for it
    return task
