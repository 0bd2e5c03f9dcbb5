"""Names and documentation in both languages: people read the diagram, and the pages show its words."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, called, warning
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.xml import extension, local, text_of
from engine.errors import Problem

RULE = "names"

# A flow says something where a choice is made; elsewhere it needs no name.
NAMED = FLOW_NODES | {"lane", "process"}


def check(given: Given) -> Iterator[Problem]:
    """Processes, lanes, flow nodes, chosen flows and decisions."""
    for source in given.diagrams:
        for process in source.processes():
            for element in process.iter("*"):
                if local(element) in NAMED:
                    yield from _both(source, element, documented=bool(text_of(element, "documentation")))
                elif local(element) == "sequenceFlow" and element.get("name") and not extension(element, "nameZh"):
                    yield warning(RULE, source, element, f"The Chinese name of {called(element)} is missing; set redress:nameZh.")
    for source, decision in given.decisions():
        described = next(decision.iterchildren("{*}description"), None)
        yield from _both(source, decision, documented=described is not None)


def _both(source: Source, element: Node, *, documented: bool) -> Iterator[Problem]:
    missing = [
        what
        for what, there in (
            ("the English name", element.get("name")),
            ("the Chinese name (redress:nameZh)", extension(element, "nameZh")),
            ("the English documentation", documented),
            ("the Chinese documentation (redress:documentationZh)", extension(element, "documentationZh")),
        )
        if not there
    ]
    if missing:
        yield warning(RULE, source, element, f"People will miss this of {called(element)}: {', '.join(missing)}. Add it.")
