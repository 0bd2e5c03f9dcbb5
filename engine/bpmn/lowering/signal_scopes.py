"""Signals that stay in their instance (`redress:scope="processInstance"`): elsewhere a signal of that name is another one.

The standard sends every signal to everybody (BPMN 2.0, 10.5.4), which is wrong for what only concerns one case. The scope goes
into the name, where everything that throws or hears a signal compares it.
"""

from engine.bpmn.lowering.tree import Tree
from engine.bpmn.signal_names import name_of
from engine.bpmn.xml import children


def lower(tree: Tree) -> None:
    """Name each signal with its scope."""
    for signal in children(tree.root, "signal"):
        signal.set("name", name_of(signal))
