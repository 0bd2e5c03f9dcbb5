"""What a file says of other files and of extensions: what it needs is there (BPMN 2.0, 8.2.2 and 8.2.3)."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.xml import BPMN, children
from engine.errors import Problem

RULE = "imports"

NEEDED = ("importType", "location", "namespace")


def check(given: Given) -> Iterator[Problem]:
    """Every import and every extension that is declared. Types of other languages (XSD, WSDL) are not read."""
    for source in given.diagrams:
        for one in children(source.root, "import"):
            yield from _import(given, source, one)
        for one in children(source.root, "extension"):
            if (one.get("mustUnderstand") or "").strip() in ("true", "1"):
                message = f"The extension '{one.get('definition', '')}' has to be understood, and it is not. Remove what needs it."
                yield problem(RULE, source, one, message)


def _import(given: Given, source: Source, one: Node) -> Iterator[Problem]:
    missing = [name for name in NEEDED if not (one.get(name) or "").strip()]
    if missing:
        yield problem(RULE, source, one, f"This import does not say its {missing[0]}; add it, or remove the import.")
    elif (one.get("importType") or "").strip() == BPMN:
        location, namespace = (one.get("location") or "").strip(), (one.get("namespace") or "").strip()
        name = PurePosixPath(location).name
        found = next((other for other in given.diagrams if PurePosixPath(other.file).name == name), None)
        if found is None:
            yield problem(RULE, source, one, f"The file '{location}' is imported and not among these; deploy it together with this one.")
        elif found.root.get("targetNamespace", "").strip() != namespace:
            message = f"'{location}' is imported as '{namespace}', which is not its targetNamespace. Correct one of them."
            yield problem(RULE, source, one, message)
