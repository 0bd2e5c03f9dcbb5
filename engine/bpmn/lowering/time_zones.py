"""Dates of timers that say no time zone: they are read as UTC, which is what the rule `timers` tells whoever deploys them."""

from engine.bpmn.expressions import is_iso_timer
from engine.bpmn.lowering.tree import Tree
from engine.bpmn.timers import with_zone
from engine.bpmn.xml import BPMN

KINDS = ("timeDate", "timeCycle")


def lower(tree: Tree) -> None:
    """Write the Z that is meant."""
    for timer in tree.root.iter(*(f"{{{BPMN}}}{kind}" for kind in KINDS)):
        if says_no_zone(timer.text or ""):
            timer.text = with_zone((timer.text or "").strip())


def says_no_zone(text: str) -> bool:
    """Whether this is a date with a time, or a repetition with one, as it stands, and nobody can know where."""
    return is_iso_timer(text) and with_zone(text) != text
