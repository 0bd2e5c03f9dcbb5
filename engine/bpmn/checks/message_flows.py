"""Message flows: between two pools, from what sends to what receives (BPMN 2.0, 9.3 and table 7.4)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, hint, problem
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "message_flows"

ENDS = {  # what cannot be there, although messages have to do with events and activities
    "sourceRef": (
        ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"),
        "A message flow comes from '{name}', which sends no message; let it begin at what does.",
    ),
    "targetRef": (
        ("endEvent", "intermediateThrowEvent", "sendTask"),
        "A message flow leads to '{name}', which receives no message; let it end at what does.",
    ),
}
POOLS = ("participant", "process")


def check(given: Given) -> Iterator[Problem]:
    """Every message flow that is drawn."""
    for source in given.diagrams:
        for collaboration in children(source.root, "collaboration"):
            for flow in children(collaboration, "messageFlow"):
                yield from _flow(source, flow)


def _flow(source: Source, flow: Node) -> Iterator[Problem]:
    ends: list[Node] = []
    for attribute, (cannot, message) in ENDS.items():
        wanted = flow.get(attribute, "")
        found = source.by_id.get(wanted.rpartition(":")[2])
        if not wanted:
            yield problem(RULE, source, flow, f"This message flow has no {attribute}; connect both of its ends.")
        elif found is None:
            near = hint(wanted, list(source.by_id))
            yield problem(RULE, source, flow, f"This message flow is tied to '{wanted}', which is not in this file.{near}")
        elif not _is_end(found) or local(found) in cannot or _other_event(found):
            yield problem(RULE, source, flow, message.format(name=wanted))
        else:
            ends.append(found)
    pools = [_pool(one) for one in ends]
    if len(pools) == 2 and pools[0] == pools[1]:
        message = "A message flow connects two pools, and this one stays in its own; draw a sequence flow, or let an event send a signal."
        yield problem(RULE, source, flow, message)


def _is_end(found: Node) -> bool:
    kind = local(found)
    return kind in POOLS or kind.endswith(("Event", "Task", "task", "Activity", "ubProcess", "transaction"))


def _other_event(found: Node) -> bool:
    """Whether this is an event without a message: an end without result, a timer. Of plain start events the standard says nothing."""
    kind, kinds = local(found), map(local, definitions_of(found))
    return kind.endswith("Event") and kind != "startEvent" and "messageEventDefinition" not in kinds


def _pool(end: Node) -> str | None:
    """The id of the process an end is in; of a pool without process its own."""
    if local(end) == "participant":
        return (end.get("processRef") or end.get("id") or "").rpartition(":")[2]
    at: Node | None = end
    while at is not None and local(at) != "process":
        at = at.getparent()
    return None if at is None else at.get("id")
