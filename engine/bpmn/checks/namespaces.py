"""Parts of a diagram in another namespace than that of BPMN 2.0: nobody would read them."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem, warning
from engine.bpmn.checks.supported_elements import KNOWN, ON_TOP
from engine.bpmn.xml import BPMN, is_bpmn, local, namespace
from engine.errors import Problem

RULE = "namespaces"


def check(given: Given) -> Iterator[Problem]:
    """Every part of every process; what stands in `extensionElements` belongs to the tools and is theirs."""
    for source in given.diagrams:
        for element in source.root:
            if not is_bpmn(element) and local(element) in ON_TOP:
                yield _foreign(source, element)
        for process in source.processes():
            yield from _below(source, process)


def _below(source: Source, parent: Node) -> Iterator[Problem]:
    for element in parent.iterchildren("*"):
        if not is_bpmn(element):
            yield _foreign(source, element)
        elif local(element) != "extensionElements":
            yield from _below(source, element)


def _foreign(source: Source, element: Node) -> Problem:
    space = namespace(element)
    if local(element) in KNOWN | ON_TOP:
        message = f"<{local(element)}> is of the namespace '{space}' and would be ignored; that of BPMN is {BPMN}. Export the file again."
        return problem(RULE, source, element, message)
    return warning(
        RULE, source, element, f"<{local(element)}> is of the namespace '{space}': it is not part of BPMN and means nothing here."
    )
