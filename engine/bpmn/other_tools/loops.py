"""Multi-instance activities: the list, the item of each instance, and the list of what they give."""

from lxml import etree

from engine.bpmn.other_tools.reading import Node, bpmn, drop, expression_of, parts, remove, said
from engine.bpmn.xml import BPMN, children, line_of, local

_BEFORE = ("loopCardinality", "loopDataInputRef")


def understand(root: Node) -> None:
    """In place."""
    for loop in bpmn(root, "multiInstanceLoopCharacteristics"):
        if not any(True for _ in children(loop, *_BEFORE)):
            _like_camunda(loop)
            for part in parts(loop, "zeebe:loopCharacteristics"):
                _like_zeebe(loop, part)


def _like_camunda(loop: Node) -> None:
    collection, item = said(loop, "collection") or "", said(loop, "elementVariable") or ""
    found = collection if collection.isidentifier() else expression_of(collection) if "{" in collection else None
    if found is not None and (not item or item.isidentifier()):
        _over(loop, found, item)
        drop(loop, "collection", "elementVariable")


def _like_zeebe(loop: Node, part: Node) -> None:
    over, item = expression_of(part.get("inputCollection", "")), part.get("inputElement", "")
    into, each = part.get("outputCollection", ""), expression_of(part.get("outputElement", ""))
    if not part.get("inputCollection", "").startswith("=") or over is None or (item and not item.isidentifier()):
        return
    if into and (not into.isidentifier() or each is None):
        return
    _over(loop, over, item)
    if into and each is not None:
        _add(loop, "loopDataOutputRef", text=into)
        _add(loop, "outputDataItem", name=each)
        _declare(loop, into)
    remove(part)


def _over(loop: Node, collection: str, item: str) -> None:
    """Without a name for the item only the number counts."""
    if not item:
        _add(loop, "loopCardinality", text=f"len({collection})")
        return
    _add(loop, "loopDataInputRef", text=collection)
    _add(loop, "inputDataItem", name=item)
    _declare(loop, collection)


def _add(loop: Node, kind: str, *, text: str | None = None, name: str | None = None) -> None:
    part = etree.SubElement(loop, f"{{{BPMN}}}{kind}")
    part.text = text
    if name is not None:
        part.set("name", name)
    part.sourceline = line_of(loop)  # type: ignore[assignment]  # the stubs know no type for it


def _declare(loop: Node, name: str) -> None:
    """References of the standard lead to something declared."""
    process = next(one for one in loop.iterancestors() if local(one) == "process")
    root = process.getroottree().getroot()
    if name.isidentifier() and all(one.get("id") != name for one in root.iter("*")):
        declared = etree.Element(f"{{{BPMN}}}property", id=name, name=name)
        declared.sourceline = line_of(loop)  # type: ignore[assignment]
        process.insert(0, declared)
