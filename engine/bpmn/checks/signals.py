"""Signals have a name: by it they are thrown and heard."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, called, problem
from engine.bpmn.xml import children, is_bpmn, local
from engine.errors import Problem

RULE = "signals"


def check(given: Given) -> Iterator[Problem]:
    """Signal events, and the signals they speak of."""
    for source in given.diagrams:
        for process in source.processes():
            for definition in process.iter("*"):
                event = definition.getparent()
                if is_bpmn(definition) and local(definition) == "signalEventDefinition" and event is not None:
                    yield from _definition(source, definition, event)


def _definition(source: Source, definition: Node, event: Node) -> Iterator[Problem]:
    wanted = (definition.get("signalRef") or "").rpartition(":")[2]
    if not wanted:
        yield problem(RULE, source, event, "No signal is chosen here; choose one, by its name it is thrown and heard.")
        return
    for signal in children(source.root, "signal"):
        if signal.get("id") == wanted and not (signal.get("name") or "").strip():
            yield problem(RULE, source, signal, f"This signal has no name; {called(event)} could neither throw nor hear it. Give it one.")
