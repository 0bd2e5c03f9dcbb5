"""User tasks: somebody can do them, and there is something to fill in."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, hint, problem, warning
from engine.bpmn.diagram import groups_by_lane
from engine.bpmn.xml import extension
from engine.errors import Problem

RULE = "user_tasks"


def check(given: Given) -> Iterator[Problem]:
    """Candidates of every task of a person, and the form of every user task."""
    for source in given.diagrams:
        lanes = groups_by_lane(source.root)
        for one, node in given.nodes("userTask", "manualTask"):
            if one is source:
                yield from _candidates(source, node, lanes.get(node.get("id", "")))
    for source, node in given.nodes("userTask"):
        yield from _form(given, source, node)


def _candidates(source: Source, node: Node, lane: str | None) -> Iterator[Problem]:
    if not (extension(node, "candidateGroups") or extension(node, "candidateUsers") or extension(node, "assignee") or lane):
        message = "This task is offered to nobody until somebody assigns it: put it into a lane, or set candidateGroups or assignee."
        yield warning(RULE, source, node, message)


def _form(given: Given, source: Source, node: Node) -> Iterator[Problem]:
    key = extension(node, "formKey")
    if key is None:
        message = "This user task has no form, so nothing can be filled in. Set formKey, or keep it as a mere confirmation."
        yield warning(RULE, source, node, message)
    elif key not in given.forms:
        message = f"The form '{key}' is not part of this deployment; add {key}.form, or correct formKey.{hint(key, list(given.forms))}"
        yield problem(RULE, source, node, message)
