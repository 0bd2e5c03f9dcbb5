"""Pools: how many participants one stands for (BPMN 2.0, 9.2.1)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.xml import children
from engine.errors import Problem

RULE = "pools"


def check(given: Given) -> Iterator[Problem]:
    """The multiplicity of every pool."""
    for source in given.diagrams:
        for collaboration in children(source.root, "collaboration"):
            for pool in children(collaboration, "participant"):
                for multiplicity in children(pool, "participantMultiplicity"):
                    yield from _multiplicity(source, pool, multiplicity)


def _multiplicity(source: Source, pool: Node, multiplicity: Node) -> Iterator[Problem]:
    least, most = (multiplicity.get("minimum") or "0").strip(), (multiplicity.get("maximum") or "1").strip()
    if not (least.isdecimal() and most.isdecimal()):
        yield problem(RULE, source, pool, f"This pool stands for {least} to {most} participants; write whole numbers.")
    elif int(most) < max(1, int(least)):
        message = f"This pool stands for {least} to {most} participants: the most is one at least, and not less than the fewest."
        yield problem(RULE, source, pool, message)
