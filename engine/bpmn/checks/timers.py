"""Timers: one date, duration or cycle, and the text is of the kind it says it is (BPMN 2.0, table 10.101)."""

from collections.abc import Iterator, Mapping
from re import Pattern, compile

from engine.bpmn.checks.given import Given, Node, Source, problem, warning
from engine.bpmn.expressions import is_iso_timer
from engine.bpmn.lowering.time_zones import says_no_zone
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "timers"

BEGINNING: Mapping[str, tuple[Pattern[str], str]] = {
    "timeDate": (compile(r"\d"), "a date, such as 2026-03-01T09:00:00Z"),
    "timeDuration": (compile(r"[-+]?P"), "a duration, such as PT24H"),
    "timeCycle": (compile(r"R"), "a repetition, such as R3/PT4H"),
}
MEANT_AS_CYCLE = compile(r"R\w*/")


def check(given: Given) -> Iterator[Problem]:
    """Every timer of every event."""
    for source, node in given.nodes():
        for timer in children(node, "timerEventDefinition"):
            yield from _timer(source, node, list(children(timer, *BEGINNING)))


def _timer(source: Source, node: Node, given: list[Node]) -> Iterator[Problem]:
    if len(given) != 1:
        said = " and ".join(local(one) for one in given) or "nothing"
        yield problem(RULE, source, node, f"This timer says {said}; give it one of a date, a duration or a cycle.")
    for one in given:
        text = "".join(str(part) for part in one.itertext()).strip()
        beginning, wanted = BEGINNING[local(one)]
        if (is_iso_timer(text) and not beginning.match(text)) or (MEANT_AS_CYCLE.match(text) and not is_iso_timer(text)):
            yield problem(RULE, source, node, f"'{text}' stands in <{local(one)}>, which takes {wanted}.")
        elif is_iso_timer(text) and text.startswith("-"):
            yield problem(RULE, source, node, f"'{text}' lies in the past; a timer needs a time to come.")
        elif says_no_zone(text):
            yield warning(RULE, source, node, f"'{text}' says no time zone, so it is read as UTC; write Z or +08:00 behind the time.")
