"""Dates of timers that say no time zone: they are read as UTC, which is what the rule `timers` tells whoever deploys them."""

import re

from engine.bpmn.expressions import is_iso_timer
from engine.bpmn.lowering.tree import Tree
from engine.bpmn.xml import BPMN

KINDS = ("timeDate", "timeCycle")
_DATES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?![\d:.Z+-])")


def lower(tree: Tree) -> None:
    """Write the Z that is meant."""
    for timer in tree.root.iter(*(f"{{{BPMN}}}{kind}" for kind in KINDS)):
        if says_no_zone(timer.text or ""):
            timer.text = _DATES.sub(r"\g<0>Z", (timer.text or "").strip())


def says_no_zone(text: str) -> bool:
    """Whether this is a date with a time, or a repetition with one, as it stands, and nobody can know where."""
    return is_iso_timer(text) and _DATES.search(text) is not None
