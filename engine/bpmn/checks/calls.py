"""Call activities name the process they call and, if they want, its version; they hand over and take what it declares."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.xml import children, extension, local
from engine.errors import Problem

RULE = "calls"

BINDINGS = ("latest", "deployment", "version")


def check(given: Given) -> Iterator[Problem]:
    """Called element, binding and version, and what is declared on both sides."""
    processes = {process.get("id"): process for source in given.diagrams for process in source.processes()}
    for source, node in given.nodes("callActivity", "businessRuleTask"):
        if node.tag.endswith("callActivity") and not (node.get("calledElement") or "").strip():
            yield problem(RULE, source, node, "This call activity calls nothing; set calledElement to the id of a process.")
        if local(node) == "callActivity" and (called := processes.get(node.get("calledElement"))) is not None:
            yield from _same_data(source, node, called)
        binding, version = extension(node, "binding"), extension(node, "version")
        if binding is not None and binding not in BINDINGS:
            yield problem(RULE, source, node, f"The binding '{binding}' does not exist; choose {', '.join(BINDINGS)}.")
        if (binding == "version") != (version is not None):
            yield problem(RULE, source, node, 'A fixed version takes both: redress:binding="version" and redress:version with its number.')
        elif version is not None and not (version.isascii() and version.isdigit() and int(version) > 0):
            yield problem(RULE, source, node, f"The version '{version}' is no number of a version, such as 3.")


def _same_data(source: Source, call: Node, called: Node) -> Iterator[Problem]:
    """Where both sides declare inputs and outputs, they are the same (BPMN 2.0, 10.3.6)."""
    if not all(any(True for _ in children(side, "ioSpecification")) for side in (call, called)):
        return
    here, there = _names(call, "dataInput"), _names(called, "dataInput")
    if here != there:
        wanted = ", ".join(sorted(there)) or "-"
        message = f"The inputs of this call are not those of the process '{called.get('id')}' ({wanted}); declare the same."
        yield problem(RULE, source, call, message)
    here, there = _names(call, "dataOutput"), _names(called, "dataOutput")
    if here != there:
        wanted = ", ".join(sorted(there)) or "-"
        message = f"The outputs of this call are not those of the process '{called.get('id')}' ({wanted}); declare the same."
        yield problem(RULE, source, call, message)


def _names(owner: Node, kind: str) -> set[str]:
    return {one.get("name") or one.get("id") or "" for io in children(owner, "ioSpecification") for one in children(io, kind)}
