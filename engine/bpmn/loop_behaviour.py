"""What a multi-instance activity throws while its instances complete (BPMN 2.0, 10.3.8): its `behavior`.

None: an event for each instance, One: an event for the first, Complex: events whose conditions hold, All: nothing. The events
are caught by the boundary events of the activity, escalations and signals further outside too.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.bpmn.loop_counters import counted
from engine.bpmn.signal_names import name_of
from engine.bpmn.spec_codes import EscalationDefinition
from engine.bpmn.spec_events import MessageDefinition, SignalDefinition
from engine.bpmn.token import Token
from engine.bpmn.xml import children, local, text_of

Node = etree._Element
Plain = dict[str, Any]

EACH, FIRST = "each", "first"
KINDS = ("signal", "message", "escalation")
_REFERENCES = {"None": ("noneBehaviorEventRef", EACH), "One": ("oneBehaviorEventRef", FIRST)}


def thrown(loop: Node, root: Node) -> list[Plain]:
    """What the loop characteristics say: when (`each`, `first` or a condition), and which event."""
    behavior = loop.get("behavior", "All")
    if behavior == "Complex":
        return [
            {"when": text_of(one, "condition") or "", "event": event}
            for one in children(loop, "complexBehaviorDefinition")
            for definition in definitions_in(one)
            if (event := _event(definition, root)) is not None
        ]
    attribute, when = _REFERENCES.get(behavior, ("", ""))
    referred = referred_definition(loop.get(attribute, ""), root) if attribute else None
    event = None if referred is None else _event(referred, root)
    return [] if event is None else [{"when": when, "event": event}]


def definitions_in(behaviour: Node) -> Iterator[Node]:
    """The event definitions of a `complexBehaviorDefinition`."""
    return (one for one in behaviour.iter("{*}*") if local(one).endswith("EventDefinition"))


def referred_definition(id_: str, root: Node) -> Node | None:
    """The event definition of this id, whatever prefix it is referred to by."""
    wanted = id_.rpartition(":")[2]
    return next((one for one in root.iter("{*}*") if one.get("id") == wanted and local(one).endswith("EventDefinition")), None)


def _event(definition: Node, root: Node) -> Plain | None:
    kind = local(definition).removesuffix("EventDefinition")
    if kind not in KINDS:
        return None
    named = next((one for one in children(root, kind) if one.get("id") == definition.get(f"{kind}Ref", "").rpartition(":")[2]), None)
    if named is None:
        return None
    name = name_of(named) if kind == "signal" else named.get("name", "")
    return {"kind": kind, "name": name, "code": named.get("escalationCode")}


def throw(loop: Token, instance: Token) -> None:
    """An instance has completed: throw what is to be thrown now."""
    for one in loop.task_spec.redress.get("behaviour", ()):
        if _is_now(one["when"], loop, instance):
            _definition(one["event"]).throw(instance)


def _is_now(when: str, loop: Token, instance: Token) -> bool:
    if when == EACH:
        return True
    if when == FIRST:
        return len(loop.internal_data["completed"]) + len(loop.internal_data["terminated"]) == 1
    return bool(loop.workflow.top_workflow.engine.evaluate(instance, when, counted(loop)))


def _definition(event: Plain) -> SignalDefinition | MessageDefinition | EscalationDefinition:
    if event["kind"] == "escalation":
        return EscalationDefinition(event["name"], event["code"])
    return (SignalDefinition if event["kind"] == "signal" else MessageDefinition)(event["name"])
