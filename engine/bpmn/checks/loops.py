"""Loops and multi-instance activities: over what, and what becomes of the results."""

import re
from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, a, problem, warning
from engine.bpmn.loop_behaviour import KINDS, definitions_in, referred_definition
from engine.bpmn.xml import children, local, text_of
from engine.errors import Problem

RULE = "loops"

DECLARING = ("property", "dataObject", "dataObjectReference", "dataInput", "dataOutput")
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")
TEXT = re.compile(r"""'[^']*'|"[^"]*"|True|False|None""")
REFERENCES = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}


def check(given: Given) -> Iterator[Problem]:
    """Every activity with loop characteristics."""
    for source, node in given.nodes():
        if len({local(loop) for loop in children(node, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics")}) > 1:
            yield problem(RULE, source, node, "An activity is repeated in one way: as a loop or for several instances. Remove the other.")
        for loop in children(node, "multiInstanceLoopCharacteristics"):
            yield from _multi_instance(source, node, loop)
        for loop in children(node, "standardLoopCharacteristics"):
            if not text_of(loop, "loopCondition") and not loop.get("loopMaximum"):
                yield problem(RULE, source, node, "This loop has neither a condition nor a maximum, so it would never end. Give it one.")
            if loop.get("loopMaximum") and not (loop.get("loopMaximum") or "").isdigit():
                yield problem(RULE, source, node, f"The maximum '{loop.get('loopMaximum')}' of this loop is no number.")


def _multi_instance(source: Source, node: Node, loop: Node) -> Iterator[Problem]:
    parts = {local(child) for child in children(loop)}
    if "loopDataInputRef" not in parts and "loopCardinality" not in parts:
        message = "This multi-instance activity does not say over what: set its collection (loopDataInputRef) or number (loopCardinality)."
        yield problem(RULE, source, node, message)
    if {"loopDataInputRef", "loopCardinality"} <= parts:
        yield problem(RULE, source, node, "A collection and a number of instances are given; keep one of them.")
    if "inputDataItem" in parts and "loopDataInputRef" not in parts:
        yield problem(RULE, source, node, "There is an item without a collection; set loopDataInputRef.")
    if ("loopDataOutputRef" in parts) != ("outputDataItem" in parts):
        message = (
            "The results need both: the variable of each instance (outputDataItem) and the list they are collected in (loopDataOutputRef)."
        )
        yield problem(RULE, source, node, message)
    elif "loopDataOutputRef" not in parts:
        message = "The results of the instances are not collected; set loopDataOutputRef and outputDataItem if they matter."
        yield warning(RULE, source, node, message)
    said = text_of(loop, "loopCardinality") or ""
    if (NUMBER.fullmatch(said) and not said.isdigit()) or TEXT.fullmatch(said):
        yield problem(RULE, source, node, f"There cannot be {said} instances; write a whole number that is not negative.")
    yield from _undeclared(source, node, loop)
    yield from _behaviour(source, node, loop)


def _behaviour(source: Source, node: Node, loop: Node) -> Iterator[Problem]:
    """What is thrown while the instances complete (`loop_behaviour`)."""
    behavior = loop.get("behavior", "All")
    complex_ones = list(children(loop, "complexBehaviorDefinition"))
    if behavior not in ("All", "None", "One", "Complex"):
        yield problem(RULE, source, node, f"The behavior '{behavior}' of this activity is unknown; it is All, One, None or Complex.")
    if (behavior == "Complex") != bool(complex_ones):
        message = "The behavior Complex and definitions of it (complexBehaviorDefinition) belong together; one of them is missing."
        yield problem(RULE, source, node, message)
    for one in complex_ones:
        if text_of(one, "condition") is None:
            yield problem(RULE, source, node, "A complex behavior has no condition: write when its event is thrown.")
        yield from _thrown(source, node, list(definitions_in(one)))
    for name, attribute in REFERENCES.items():
        if behavior != name and loop.get(attribute):
            message = f"{attribute} is only looked at when the behavior is {name}; remove it, or change the behavior."
            yield problem(RULE, source, node, message)
        elif behavior == name:
            found = referred_definition(loop.get(attribute, ""), source.root)
            yield from _thrown(source, node, [] if found is None else [found])


def _thrown(source: Source, node: Node, definitions: list[Node]) -> Iterator[Problem]:
    if not definitions:
        yield problem(RULE, source, node, "The event that the behavior of this activity throws is not there; give it a definition.")
    for definition in definitions:
        kind = local(definition).removesuffix("EventDefinition")
        if kind not in KINDS:
            message = f"The instances of this activity cannot throw {a(kind)} event; possible are a signal, a message or an escalation."
            yield problem(RULE, source, node, message)
        elif definition.get(f"{kind}Ref", "").rpartition(":")[2] not in source.by_id:
            yield problem(RULE, source, node, f"The {kind} that the behavior of this activity throws is not in this file; define it.")


def _undeclared(source: Source, node: Node, loop: Node) -> Iterator[Problem]:
    """A reference to what is not in the file is executed as the name of a variable, but modelers drop it when they save."""
    for reference in children(loop, "loopDataInputRef", "loopDataOutputRef"):
        wanted = (reference.text or "").strip()
        if not wanted:
            yield problem(RULE, source, node, f"<{local(reference)}> is empty; name the variable that holds the list.")
        elif wanted not in source.by_id or local(source.by_id[wanted]) not in DECLARING:
            message = (
                f'A modeler would drop \'{wanted}\' when it saves: declare <bpmn:property id="{wanted}" name="{wanted}" /> in the process.'
            )
            yield warning(RULE, source, node, message)
