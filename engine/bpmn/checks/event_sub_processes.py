"""Event sub-processes: outside of the flow, started by one event (BPMN 2.0, 10.3.5)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, problem
from engine.bpmn.diagram import event_of
from engine.bpmn.lowering.event_sub_processes import compensates, interrupts, is_event_sub_process
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "event_sub_processes"

ALWAYS_INTERRUPTING = ("error", "compensate")
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def check(given: Given) -> Iterator[Problem]:
    """Every event sub-process, and those of one scope together."""
    for source, scope in given.scopes():
        subs = [node for node in scope.of("subProcess") if is_event_sub_process(node)]
        for sub in subs:
            yield from _outside(source, scope, sub)
            yield from _start(source, sub)
            if compensates(sub) and (scope.kind == "process" or is_event_sub_process(scope.node)):
                message = "Only a sub-process in the flow can be compensated as a whole; draw this event sub-process inside of one."
                yield problem(RULE, source, sub, message)
        for node in scope.of("adHocSubProcess", "transaction"):
            if node.get("triggeredByEvent") == "true":
                yield problem(
                    RULE, source, node, 'Only a plain sub-process is started by an event; draw one, or remove triggeredByEvent="true".'
                )
        yield from _same(source, subs)


def _outside(source: Source, scope: Scope, sub: Node) -> Iterator[Problem]:
    for flow in (*scope.entering(sub), *scope.leaving(sub)):
        message = "A sequence flow touches an event sub-process, which only its start event starts. Remove the flow."
        yield problem(RULE, source, flow, message)
    for event in scope.of("boundaryEvent"):
        if event.get("attachedToRef") == sub.get("id"):
            yield problem(RULE, source, event, "An event sub-process has no boundary events; catch the event around it, or inside of it.")
    if next(children(sub, *LOOPS), None) is not None:
        yield problem(RULE, source, sub, "An event sub-process runs as often as its event happens; remove the loop.")


def _start(source: Source, sub: Node) -> Iterator[Problem]:
    starts = list(children(sub, "startEvent"))
    if not starts:
        yield problem(RULE, source, sub, "An event sub-process needs a start event that says what starts it; draw one.")
    for start in starts:
        kinds = {local(one).removesuffix("EventDefinition") for one in definitions_of(start)}
        if not interrupts(start) and kinds & set(ALWAYS_INTERRUPTING):
            kind = "An error" if "error" in kinds else "Compensation"
            yield problem(RULE, source, start, f"{kind} is never handled beside the flow; draw this start event as interrupting.")


def _same(source: Source, subs: list[Node]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for sub in subs:
        for start in children(sub, "startEvent"):
            kind = event_of(start)
            for definition in definitions_of(start):
                if kind in ("error", "escalation", "compensate"):
                    code = _code(source, definition.get(f"{kind}Ref", ""))
                    other = seen.setdefault((kind, code), sub.get("id", ""))
                    if other != sub.get("id", ""):
                        message = f"'{other}' catches the same in this scope, so nobody can know which one is meant; keep one of them."
                        yield problem(RULE, source, start, message)


def _code(source: Source, reference: str) -> str:
    declared = source.by_id.get(reference.rpartition(":")[2])
    return "" if declared is None else declared.get("errorCode") or declared.get("escalationCode") or reference
