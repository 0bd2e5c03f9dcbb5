"""Where a process begins and where it ends."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, incoming, outgoing, problem, warning
from engine.bpmn.diagram import FLOW_NODES, event_of
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "start_and_end"


def check(given: Given) -> Iterator[Problem]:
    """Every process can be started and ends; a sub-process has exactly one start."""
    for source, scope in given.scopes():
        if local(scope) == "process":
            yield from _process(source, scope)
        yield from _starts(source, scope)
        yield from _ends(source, scope)


def _process(source: Source, process: Node) -> Iterator[Problem]:
    if process.get("isExecutable", "true") in ("false", "0"):
        message = 'This process is marked as not executable; set isExecutable="true", or deploy it without this process.'
        yield problem(RULE, source, process, message)
    starts = list(children(process, "startEvent"))
    plain = [start for start in starts if event_of(start) is None]
    if len(plain) > 1:
        names = ", ".join(f"'{start.get('id')}'" for start in plain)
        yield problem(RULE, source, plain[1], f"There are several plain start events ({names}); keep one.")


def _starts(source: Source, scope: Node) -> Iterator[Problem]:
    kind = "process" if local(scope) == "process" else "sub-process"
    starts = list(children(scope, "startEvent"))
    if not starts:
        yield problem(RULE, source, scope, f"This {kind} has no start event; draw one and connect it.")
    if kind == "sub-process" and len(starts) > 1:
        yield problem(RULE, source, starts[1], "A sub-process has exactly one start event; remove the others.")
    for start in starts:
        if incoming(scope, start):
            yield problem(RULE, source, start, "A sequence flow leads to this start event; let it lead to the next element instead.")
        if not outgoing(scope, start):
            yield problem(RULE, source, start, "Nothing follows this start event: the process would end at once. Connect it.")


def _ends(source: Source, scope: Node) -> Iterator[Problem]:
    if next(children(scope, "endEvent"), None) is None:
        yield problem(RULE, source, scope, "There is no end event here; draw one for every way this can end.")
    for end in children(scope, "endEvent"):
        if outgoing(scope, end):
            yield problem(RULE, source, end, "A sequence flow leaves this end event; nothing can follow an end. Use an intermediate event.")
    for node in children(scope, *FLOW_NODES - {"endEvent", "startEvent"}):
        if not outgoing(scope, node) and not local(node).endswith("Gateway"):
            yield warning(
                RULE, source, node, "Nothing follows this element: the way ends here without an end event. Draw one and name the result."
            )
