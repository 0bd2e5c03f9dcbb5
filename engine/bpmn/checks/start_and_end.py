"""Where a process begins and where it ends."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, begins, problem, warning
from engine.bpmn.diagram import FLOW_NODES, is_executable
from engine.bpmn.lowering.implicit_starts_and_ends import stands_apart
from engine.bpmn.lowering.links import link_of
from engine.bpmn.xml import local
from engine.errors import Problem

RULE = "start_and_end"


def check(given: Given) -> Iterator[Problem]:
    """Every process can be started and ends; a sub-process has at most one start."""
    for source in given.diagrams:
        for process in source.beside():
            yield warning(RULE, source, process, "This process is marked as not executable: it is drawn for people, and not deployed.")
    for source, scope in given.scopes():
        if scope.kind == "process":
            yield from _process(source, scope.node)
        yield from _starts(source, scope)
        yield from _ends(source, scope)


def _process(source: Source, process: Node) -> Iterator[Problem]:
    if not is_executable(process):
        message = 'This process is marked as not executable; set isExecutable="true", or deploy it without this process.'
        yield problem(RULE, source, process, message)


def _starts(source: Source, scope: Scope) -> Iterator[Problem]:
    kind = "process" if scope.kind == "process" else "sub-process"
    starts = list(scope.of("startEvent"))
    if not starts and scope.nodes and scope.kind != "adHocSubProcess" and not begins(scope):
        yield problem(RULE, source, scope.node, f"This {kind} has no start event, and its elements lead to each other; draw one.")
    if kind == "sub-process" and len(starts) > 1:
        yield problem(RULE, source, starts[1], "A sub-process has one start event at most; remove the others.")
    for start in starts:
        if scope.entering(start):
            yield problem(RULE, source, start, "A sequence flow leads to this start event; let it lead to the next element instead.")
        if not scope.leaving(start):
            yield problem(RULE, source, start, "Nothing follows this start event: the process would end at once. Connect it.")


def _ends(source: Source, scope: Scope) -> Iterator[Problem]:
    for end in scope.of("endEvent"):
        if scope.leaving(end):
            yield problem(RULE, source, end, "A sequence flow leaves this end event; nothing can follow an end. Use an intermediate event.")
    for node in scope.of(*FLOW_NODES - {"endEvent", "startEvent"}):
        if not scope.leaving(node) and not local(node).endswith("Gateway") and link_of(node) is None and not stands_apart(node):
            yield warning(
                RULE, source, node, "Nothing follows this element: the way ends here without an end event. Draw one and name the result."
            )
