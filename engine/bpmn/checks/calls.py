"""Call activities name the process they call and, if they want, its version."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, problem
from engine.bpmn.xml import extension
from engine.errors import Problem

RULE = "calls"

BINDINGS = ("latest", "deployment", "version")


def check(given: Given) -> Iterator[Problem]:
    """Called element, binding and version."""
    for source, node in given.nodes("callActivity", "businessRuleTask"):
        if node.tag.endswith("callActivity") and not (node.get("calledElement") or "").strip():
            yield problem(RULE, source, node, "This call activity calls nothing; set calledElement to the id of a process.")
        binding, version = extension(node, "binding"), extension(node, "version")
        if binding is not None and binding not in BINDINGS:
            yield problem(RULE, source, node, f"The binding '{binding}' does not exist; choose {', '.join(BINDINGS)}.")
        if (binding == "version") != (version is not None):
            yield problem(RULE, source, node, 'A fixed version takes both: redress:binding="version" and redress:version with its number.')
        elif version is not None and not (version.isascii() and version.isdigit() and int(version) > 0):
            yield problem(RULE, source, node, f"The version '{version}' is no number of a version, such as 3.")
