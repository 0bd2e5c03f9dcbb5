"""Where a process begins and where it ends."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, begins, problem, warning
from engine.bpmn.diagram import FLOW_NODES, is_executable
from engine.bpmn.lowering.event_sub_processes import is_event_sub_process
from engine.bpmn.lowering.implicit_starts_and_ends import stands_apart
from engine.bpmn.lowering.links import link_of
from engine.bpmn.lowering.starts import instantiates
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
        if scope.kind != "adHocSubProcess" and not is_event_sub_process(scope.node):
            yield from _both(source, scope)


def _process(source: Source, process: Node) -> Iterator[Problem]:
    if not is_executable(process):
        message = 'This process is marked as not executable; set isExecutable="true", or deploy it without this process.'
        yield problem(RULE, source, process, message)
    elif process.get("processType") == "Public" and process.get("isExecutable") == "true":
        message = "A public process shows others what concerns them, so it is not executable. Make it private, or let it be a drawing."
        yield problem(RULE, source, process, message)


def _both(source: Source, scope: Scope) -> Iterator[Problem]:
    """Who draws where it begins also draws where it ends, and the other way round (BPMN 2.0, 10.5.2 and 10.5.3)."""
    kind = "process" if scope.kind == "process" else "sub-process"
    starts, ends = list(scope.of("startEvent")), list(scope.of("endEvent"))
    if starts and not ends:
        yield problem(RULE, source, scope.node, f"This {kind} has a start event and no end event: draw where it ends.")
    elif ends and not starts and not any(instantiates(node) for node in scope.nodes):
        yield problem(RULE, source, scope.node, f"This {kind} has an end event and no start event: draw where it begins.")


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
            if local(node).startswith("intermediate"):
                yield problem(RULE, source, node, "Nothing follows this intermediate event; connect it, or draw an end event instead.")
                continue
            message = "Nothing follows this element: the way ends here without an end event. Draw one and name the result."
            yield warning(RULE, source, node, message)
