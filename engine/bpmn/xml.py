"""Uploaded XML, read as the untrusted thing it is.

One door for every BPMN and DMN file: a size limit, no DOCTYPE (so no entities of its own), no network, no comments and no
processing instructions in the tree, a depth limit. What is refused is refused as `InvalidDeployment` with file and line.
"""

from collections.abc import Iterator
from xml.parsers import expat

from lxml import etree

from engine.errors import InvalidDeployment, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
REDRESS = "urn:redress:bpmn:1"

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 50_000

_PLAIN = {  # what libxml2 says, in words for who drew the diagram
    "entity amplification": "it declares entities, which diagrams do not need",
    "Entity ": "it uses an entity that is not part of XML itself",
    "Excessive depth": f"elements are nested more than {MAX_DEPTH} deep",
    "Start tag expected": "this is no XML",
    "Document is empty": "the file is empty or no XML",
}


def safe_root(file: str, content: bytes) -> etree._Element:
    """The root element of `content`, its `sourceline`s being the lines on which the start tags begin.

    Raises InvalidDeployment with one problem (file, line, sentence) when the file is too large, too deep, not
    well-formed or brings a DOCTYPE.
    """
    if len(content) > MAX_BYTES:
        raise refused(file, f"The file has {len(content):,} bytes; the limit is {MAX_BYTES:,}. Split it into several processes.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(file, error) from error
    if _doctype(root):
        raise refused(file, "The file has a DOCTYPE; remove the <!DOCTYPE ...> line, diagrams need none.", line=1)
    _check_shape(file, root)
    _correct_lines(root, content)
    return root


def refused(file: str, message: str, *, line: int | None = None, rule: str = "xml") -> InvalidDeployment:
    """The refusal of a whole file."""
    return InvalidDeployment(problems=[Problem(code="INVALID_XML", message=message, file=file, line=line, rule=rule)])


def local(element: etree._Element) -> str:
    """The tag without its namespace: `userTask`."""
    return element.tag.rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The namespace of the tag, "" when it has none."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def is_bpmn(element: etree._Element) -> bool:
    """Whether the element is of the BPMN model namespace."""
    return element.tag.startswith(f"{{{BPMN}}}")


def children(element: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The direct BPMN children of these local names, in document order; all BPMN children when none is named."""
    for child in element:
        if is_bpmn(child) and (not tags or local(child) in tags):
            yield child


def text_of(element: etree._Element, tag: str) -> str | None:
    """The text of the first direct BPMN child of this local name; None when there is no such child."""
    for child in children(element, tag):
        return "".join(str(part) for part in child.itertext()).strip()
    return None


def extension(element: etree._Element, name: str) -> str | None:
    """The `redress:` attribute of this name, stripped; None when absent or blank."""
    return (element.get(f"{{{REDRESS}}}{name}") or "").strip() or None


def line_of(element: etree._Element) -> int:
    """The line on which the element's start tag begins; 0 when it was not read from a file."""
    return int(getattr(element, "sourceline", None) or 0)


def _doctype(root: etree._Element) -> str:
    return str(getattr(root.getroottree().docinfo, "doctype", ""))


def _broken(file: str, error: etree.XMLSyntaxError) -> InvalidDeployment:
    line = error.lineno or 1
    said = (error.msg or "it cannot be read").split(", line ")[0].rstrip(".")
    reason = next((plain for mark, plain in _PLAIN.items() if mark in said), said)
    return refused(file, f"The XML is broken at line {line}: {reason}. Correct the file or export the diagram again.", line=line)


def _check_shape(file: str, root: etree._Element) -> None:
    """Depth and number of elements: what is deeper or longer than this breaks those who walk it recursively."""
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            raise refused(file, f"Elements are nested more than {MAX_DEPTH} deep; use call activities instead.", line=line_of(element))
        if count > MAX_ELEMENTS:
            raise refused(
                file, f"The file has more than {MAX_ELEMENTS:,} elements; split it into several processes.", line=line_of(element)
            )


def _correct_lines(root: etree._Element, content: bytes) -> None:
    """libxml2 notes the line on which a start tag ends; a person looks for the one on which it begins."""
    lines: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: lines.append(parser.CurrentLineNumber)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        return  # an encoding only libxml2 knows: its own lines are near enough
    elements = list(root.iter("*"))
    if len(elements) == len(lines):
        for element, line in zip(elements, lines, strict=True):
            element.sourceline = line  # type: ignore[assignment]  # the stubs know no type for it
