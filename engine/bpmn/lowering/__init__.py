"""Diagrams as they are drawn, rewritten into what SpiffWorkflow executes faithfully: one construct a file.

Every rewriting keeps what a person drew: `Lowered.drawn` says which drawn element a node of the rewritten file stands for,
so that history, tokens, errors and incidents speak of the drawing. The file itself is never changed.
"""

from copy import deepcopy

from engine.bpmn.diagram import is_executable
from engine.bpmn.lowering import (
    ad_hoc,
    bare_tasks,
    compensation,
    complex_gateways,
    data_flow,
    ends,
    event_sub_processes,
    implicit_starts_and_ends,
    links,
    multiple_events,
    quantities,
    reserved_ids,
    signal_scopes,
    splits,
    starts,
    time_zones,
    topics,
    twin_flows,
)
from engine.bpmn.lowering.tree import Lowered, Node, Tree
from engine.bpmn.xml import children

__all__ = ["Lowered", "lower"]

# In this order: ends and links make flows, splits look at all of them, and ids are changed when nothing is added any more.
STEPS = (
    topics,
    time_zones,
    compensation,
    event_sub_processes,
    data_flow,
    signal_scopes,
    bare_tasks,
    links,
    multiple_events,
    starts,
    ad_hoc,
    ends,
    implicit_starts_and_ends,
    complex_gateways,
    quantities,
    splits,
    twin_flows,
    reserved_ids,
)


def lower(root: Node) -> Lowered:
    """The same processes, for the library. `root` is spelled out and stays as it is."""
    tree = Tree(_executed(deepcopy(root)))
    for step in STEPS:
        step.lower(tree)
    return Lowered(root=tree.root, drawn=tree.drawn, helpers=frozenset(tree.helpers))


def _executed(root: Node) -> Node:
    """Without the processes that are drawn for people only: no rule has looked at them."""
    for process in [one for one in children(root, "process") if not is_executable(one)]:
        root.remove(process)
    return root
