"""What other tools write into a diagram, and how it is said in our words.

Attributes of Camunda 7 and of the engines that are like it (Flowable, Activiti, Operaton) have the same names; Camunda 8
writes elements. Texts are `${...}` there and `=...` here; anything else is the text itself.
"""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.bpmn.expressions import check_expression, names
from engine.bpmn.other_languages import translated
from engine.bpmn.xml import BPMN, REDRESS, children, local, namespace

Node = etree._Element

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
LIKE_CAMUNDA = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
}
ENGINES = {**LIKE_CAMUNDA, ZEEBE: "zeebe"}
_IN_BRACES = re.compile(r"([$#]\{[^{}]*\})")
_OPEN = re.compile(r"[$#]\{")

Convert = Callable[[str], str | None]


def bpmn(root: Node, *kinds: str) -> Iterator[Node]:
    """The BPMN elements of these kinds; a list is taken first, so that they may change."""
    yield from list(root.iter(*(f"{{{BPMN}}}{kind}" for kind in kinds)))


def said(element: Node, name: str) -> str | None:
    """What an engine like Camunda 7 says of an element in an attribute."""
    return next((value.strip() for uri in LIKE_CAMUNDA if (value := element.get(f"{{{uri}}}{name}")) is not None), None)


def drop(element: Node, *gone: str) -> None:
    """Take attributes of such engines away: they are said in our words now."""
    for uri in LIKE_CAMUNDA:
        for name in gone:
            element.attrib.pop(f"{{{uri}}}{name}", "")


def parts(element: Node, *wanted: str) -> list[Node]:
    """What an engine says of an element in elements: `camunda:in`, `zeebe:taskDefinition`; all of them without a name."""
    found = [part for holder in children(element, "extensionElements") for part in holder if namespace(part) in ENGINES]
    return [part for part in found if not wanted or f"{ENGINES[namespace(part)]}:{local(part)}" in wanted or _like(part) in wanted]


def _like(part: Node) -> str:
    return f"camunda:{local(part)}" if namespace(part) in LIKE_CAMUNDA else ""


def remove(*gone: Node) -> None:
    """Take elements away: they are said in our words now."""
    for part in gone:
        holder = part.getparent()
        if holder is not None:
            holder.remove(part)


def give(element: Node, **ours: str | None) -> bool:
    """Say it in our words; False, and nothing is done, when one of them is there already or could not be found."""
    if any(value is None or element.get(f"{{{REDRESS}}}{name}") is not None for name, value in ours.items()):
        return False
    for name, value in ours.items():
        element.set(f"{{{REDRESS}}}{name}", value or "")
    return True


def move(element: Node, name: str, ours: str, convert: Convert) -> None:
    """An attribute that means the same, under our name. What cannot be converted stays, for the rules to speak of."""
    text = said(element, name)
    if text and give(element, **{ours: convert(text)}):
        drop(element, name)


def expression_of(text: str) -> str | None:
    """A text as an expression of ours: `${a + b}` is a + b, `x ${a}` is put together, `x` is 'x'; None when it cannot be said."""
    if text.startswith("="):
        return translated(text)
    pieces = [piece for piece in _IN_BRACES.split(text) if piece]
    if len(pieces) < 2:
        return translated(text) if _IN_BRACES.fullmatch(text) else None if _OPEN.search(text) else repr(text)
    found: list[str] = []
    for piece in pieces:
        in_braces = _IN_BRACES.fullmatch(piece) is not None
        said_so = translated(piece) if in_braces else None if _OPEN.search(piece) else repr(piece)
        if said_so is None:
            return None
        found.append(f"str({said_so})" if in_braces else said_so)
    return " + ".join(found)


def text_of(text: str) -> str | None:
    """A text for an attribute of ours that is one, or an expression behind `=`."""
    if text.startswith("=") or _OPEN.search(text):
        expression = expression_of(text)
        return None if expression is None else f"={expression}"
    return text


def one_by_one(text: str) -> str | None:
    """Such texts with commas between them. What begins with an expression is one, so texts come first, or a list is written."""
    if text.startswith("="):
        return text_of(text)
    found = [text_of(item.strip()) for item in re.split(r",(?![^{]*\})", text) if item.strip()]
    if None in found:
        return None
    plain = [item for item in found if item is not None and item[0] != "="]
    expressions = [item[1:] for item in found if item is not None and item[0] == "="]
    if not plain and len(expressions) > 1:
        return f"=[{', '.join(expressions)}]"
    if plain and any("," in one for one in expressions):
        return None
    return ",".join([*plain, *(f"={one}" for one in expressions)])


def record(pairs: list[tuple[str, str | None]]) -> str | None:
    """`{'name': expression, ...}` of ours. None when one cannot be said, is no name, or reads one that stands before it."""
    before: set[str] = set()
    for name, expression in pairs:
        if not name.isidentifier() or expression is None or check_expression(expression) is not None:
            return None
        if names(expression).variables & before:
            return None
        before.add(name)
    return "{" + ", ".join(f"{name!r}: {expression}" for name, expression in pairs) + "}"
