"""What starts a process by itself: there are no variables yet to read."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.signal_names import is_inside, name_of
from engine.bpmn.xml import children
from engine.errors import Problem

RULE = "process_starts"

TEXTS = ("timeDate", "timeDuration", "timeCycle")


def check(given: Given) -> Iterator[Problem]:
    """The timers at the start events of every process."""
    for source, scope in given.scopes():
        if scope.kind == "process":
            for start in scope.of("startEvent"):
                yield from _signals(source, start)
                for timer in children(start, "timerEventDefinition"):
                    yield from _timer(source, start, timer)


def _signals(source: Source, start: Node) -> Iterator[Problem]:
    for definition in children(start, "signalEventDefinition"):
        reference = definition.get("signalRef", "").rpartition(":")[2]
        if any(one.get("id") == reference and is_inside(name_of(one)) for one in children(source.root, "signal")):
            message = "This signal stays in the instance that throws it (redress:scope), so it cannot start one. Let it be global."
            yield problem(RULE, source, start, message)


def _timer(source: Source, start: Node, timer: Node) -> Iterator[Problem]:
    for given in children(timer, *TEXTS):
        text = "".join(str(part) for part in given.itertext()).strip()
        if not text or expressions.is_iso_timer(text) or expressions.check_expression(text) is not None:
            continue  # what does not compile is another rule's matter
        read = sorted(expressions.names(text).variables)
        if read:
            message = f"This timer starts the process, so it cannot read '{read[0]}': there are no variables before. Write the time here."
            yield problem(RULE, source, start, message)
