"""References that lead nowhere. Spiff drops most of them without a word, and with them parts of the process."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, hint, problem, words
from engine.bpmn.diagram import split
from engine.bpmn.xml import extension, is_bpmn, local
from engine.errors import Problem

RULE = "references"

BY_ATTRIBUTE = {"messageRef": "message", "errorRef": "error", "signalRef": "signal", "escalationRef": "escalation", "processRef": "process"}


def check(given: Given) -> Iterator[Problem]:
    """Sequence flows, defaults, lanes, messages, errors, pools and the tasks of the four-eyes rule."""
    for source in given.diagrams:
        for element in source.executed():
            if is_bpmn(element):
                yield from _attributes(source, element)
    for source, scope in given.scopes():
        yield from _flows(source, scope)
        yield from _defaults(source, scope)
    for source, node in given.nodes("userTask"):
        yield from _four_eyes(source, node)


def _attributes(source: Source, element: Node) -> Iterator[Problem]:
    for attribute, kind in BY_ATTRIBUTE.items():
        wanted = element.get(attribute)
        if wanted:
            found = source.by_id.get(wanted.rpartition(":")[2])
            if found is None or local(found) != kind:
                near = hint(wanted, source.ids.get(kind, []))
                yield problem(RULE, source, element, f"There is no {kind} '{wanted}' in this file; choose one that is.{near}")
    if local(element) == "flowNodeRef":
        wanted = (element.text or "").strip()
        if wanted not in source.by_id:
            message = f"The lane names '{wanted}', which is not in this file; remove it from the lane.{hint(wanted, list(source.by_id))}"
            yield problem(RULE, source, element, message)


def _flows(source: Source, scope: Scope) -> Iterator[Problem]:
    for flow in scope.flows:
        for attribute, end in (("sourceRef", "starts at"), ("targetRef", "leads to")):
            wanted = flow.get(attribute)
            if not wanted:
                yield problem(RULE, source, flow, f"This sequence flow has no {attribute}; connect both of its ends.")
            elif wanted in source.by_id and wanted not in scope.by_id:
                message = f"This sequence flow {end} '{wanted}' in another process or sub-process; flows cannot cross that border."
                yield problem(RULE, source, flow, message)
            elif wanted not in scope.by_id:
                yield problem(
                    RULE, source, flow, f"This sequence flow {end} '{wanted}', which does not exist.{hint(wanted, list(scope.by_id))}"
                )


def _defaults(source: Source, scope: Scope) -> Iterator[Problem]:
    for node in scope.nodes:
        wanted = node.get("default")
        if wanted:
            leaving = [flow.get("id", "") for flow in scope.leaving(node)]
            if wanted not in leaving:
                message = (
                    f"The default flow '{wanted}' does not leave this {words(local(node))}; choose one that does.{hint(wanted, leaving)}"
                )
                yield problem(RULE, source, node, message)


def _four_eyes(source: Source, node: Node) -> Iterator[Problem]:
    tasks = source.ids.get("userTask", [])
    for wanted in split(extension(node, "fourEyes")):
        if wanted not in tasks:
            message = f"fourEyes names '{wanted}', which is no user task of this file.{hint(wanted, tasks)}"
            yield problem(RULE, source, node, message)
