"""Link events: every throw has one catch of its name in the same process or sub-process, and no flow of its own."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, hint, problem
from engine.bpmn.lowering.links import link_of
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children
from engine.errors import Problem

RULE = "links"


def check(given: Given) -> Iterator[Problem]:
    """Throws without catch, catches without throw, names that are not clear."""
    for source, scope in given.scopes():
        yield from _catches(source, scope)
        yield from _throws(source, scope)
        for node in scope.of("intermediateCatchEvent", "intermediateThrowEvent"):
            yield from _partners(source, scope, node)


def _catches(source: Source, scope: Scope) -> Iterator[Problem]:
    thrown = {link_of(node) for node in scope.of("intermediateThrowEvent")}
    seen: set[str] = set()
    for node in scope.of("intermediateCatchEvent"):
        name = link_of(node)
        if name is None:
            continue
        if not name:
            yield problem(RULE, source, node, "This link has no name; by its name it is found. Give the definition the name of its throw.")
        elif name in seen:
            yield problem(RULE, source, node, f"The link '{name}' is caught twice here; a link leads to one place. Remove one of them.")
        elif name not in thrown:
            near = hint(name, sorted(one for one in thrown if one))
            yield problem(RULE, source, node, f"Nothing throws the link '{name}' here, so it is never caught.{near}")
        seen.add(name)
        if scope.entering(node):
            yield problem(RULE, source, node, "A sequence flow leads to this link; it is reached by its throw only. Remove the flow.")


def _throws(source: Source, scope: Scope) -> Iterator[Problem]:
    caught = {name for node in scope.of("intermediateCatchEvent") if (name := link_of(node))}
    for node in scope.of("intermediateThrowEvent"):
        name = link_of(node)
        if name is not None and name not in caught:
            near = hint(name, sorted(caught))
            message = f"The link '{name or '?'}' leads nowhere: no link of that name is caught in this process or sub-process.{near}"
            yield problem(RULE, source, node, message)
        if name is not None and scope.leaving(node):
            yield problem(RULE, source, node, "A sequence flow leaves this link; it goes on at its catch. Remove the flow.")


def _partners(source: Source, scope: Scope, node: Node) -> Iterator[Problem]:
    """A link may also say which definitions it belongs to; then they have its name."""
    there = {one.get("id"): link_of(other) for other in scope.nodes for one in definitions_of(other) if link_of(other) is not None}
    for definition in definitions_of(node):
        for reference in children(definition, "source", "target"):
            wanted = (reference.text or "").strip()
            if there.get(wanted, "") != link_of(node):
                message = f"This link names '{wanted}' as its other end, which is no link of its name here. Correct or remove it."
                yield problem(RULE, source, node, message)
