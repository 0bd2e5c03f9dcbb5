"""Every text of a diagram or table that is evaluated, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, hint
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.sandbox_functions import FUNCTIONS
from engine.bpmn.xml import extension, is_bpmn, line_of, local

Kind = Literal["expression", "script", "timer"]

OWN_EXPRESSION = ("dueDate", "correlationKey", "payload", "inputs", "outputs")
MAYBE_EXPRESSION = ("candidateGroups", "candidateUsers", "assignee", "priority")
BY_TAG: dict[str, Kind] = {
    "conditionExpression": "expression",
    "completionCondition": "expression",
    "loopCondition": "expression",
    "loopCardinality": "expression",
    "activationCondition": "expression",
    "condition": "expression",
    "transformation": "expression",
    "from": "expression",
    "timeDate": "timer",
    "timeDuration": "timer",
    "timeCycle": "timer",
    "script": "script",
}
LABELS = {
    "conditionExpression": "The condition",
    "completionCondition": "The completion condition",
    "loopCondition": "The loop condition",
    "loopCardinality": "The number of instances",
    "activationCondition": "The activation condition",
    "condition": "The condition of the event",
    "transformation": "The transformation of the association",
    "from": "The value of the assignment",
    "timeDate": "The date of the timer",
    "timeDuration": "The duration of the timer",
    "timeCycle": "The cycle of the timer",
    "script": "The script",
}


@dataclass(frozen=True, kw_only=True)
class Text:
    """`label` begins a sentence about it; `owner` is the element a person finds in the drawing; `node` holds the text."""

    kind: Kind
    text: str
    label: str
    source: Source
    owner: Node
    node: Node


def all_of(given: Given) -> Iterator[Text]:
    """Every evaluated text of the diagrams, in document order within a file."""
    for source in given.diagrams:
        for process in source.processes():
            for element in process.iter("*"):
                if is_bpmn(element):
                    yield from _attributes(source, element)
                    yield from _content(source, element)


def _attributes(source: Source, element: Node) -> Iterator[Text]:
    for name in OWN_EXPRESSION + MAYBE_EXPRESSION:
        value = extension(element, name)
        if value and (name in OWN_EXPRESSION or value.startswith("=")):
            text = value.removeprefix("=").strip()
            yield Text(kind="expression", text=text, label=f"The attribute {name}", source=source, owner=element, node=element)


def _content(source: Source, element: Node) -> Iterator[Text]:
    kind = BY_TAG.get(local(element))
    if kind is not None:
        text = "".join(str(part) for part in element.itertext())
        yield Text(kind=kind, text=text, label=LABELS[local(element)], source=source, owner=_owner(element), node=element)


def _owner(element: Node) -> Node:
    """The flow node or flow around it."""
    at: Node | None = element
    while at is not None and local(at) not in FLOW_NODES and local(at) not in ("sequenceFlow", "process"):
        at = at.getparent()
    return element if at is None else at


def fault(text: Text, given: Given) -> tuple[str, int] | None:
    """(sentence, line in the file) when the text is empty, does not compile or calls what does not exist."""
    line = line_of(text.node)
    if not text.text.strip() and text.kind == "script":
        return None  # it does nothing, and the rule for scripts says so
    if not text.text.strip():
        return f"{text.label} is empty; write one or remove it.", line
    if text.kind == "script":
        found = expressions.check_script(text.text, given.functions)
        if found is None:
            return None
        message, within = found
        return f"{text.label} is refused: {message}", line + (within or 1) - 1
    check = expressions.check_timer if text.kind == "timer" else expressions.check_expression
    reason = check(text.text.strip(), given.functions)
    return None if reason is None else (f"{text.label} is refused: {reason}{_nearest_function(text, given)}", line)


def _nearest_function(text: Text, given: Given) -> str:
    """The function that was perhaps meant, when the text compiles but calls one that is not there."""
    if expressions.check_expression(text.text.strip()) is not None:
        return ""
    known = FUNCTIONS.keys() | given.functions
    unknown = sorted(expressions.names(text.text.strip()).functions - known)
    return hint(unknown[0], sorted(known)) if unknown else ""
