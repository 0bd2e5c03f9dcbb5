"""What may stand in an attribute, and what may stand only once (BPMN20.xsd): another value would be read as the default."""

from collections import Counter
from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.checks.texts import BY_TAG
from engine.bpmn.spelled_out import TRUTHS
from engine.bpmn.xml import children, is_bpmn, local
from engine.errors import Problem

RULE = "allowed_values"

CHOICES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(TRUTHS, ("true", "false")),
    "eventGatewayType": ("Exclusive", "Parallel"),
    "gatewayDirection": ("Unspecified", "Converging", "Diverging", "Mixed"),
    "processType": ("None", "Public", "Private"),
    "associationDirection": ("None", "One", "Both"),
    "itemKind": ("Physical", "Information"),
}
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
EXPRESSIONS = ("tFormalExpression", "tExpression")
ONCE = frozenset(
    {
        *("conditionExpression", "script", "condition", "loopCondition", "loopCardinality", "activationCondition", "transformation"),
        *("ioSpecification", "extensionElements", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"),
        *(
            "operationRef",
            "inMessageRef",
            "outMessageRef",
            "targetRef",
            "from",
            "to",
            "dataState",
            "standardLoopCharacteristics",
            "multiInstanceLoopCharacteristics",
        ),
    }
)


def check(given: Given) -> Iterator[Problem]:
    """Every element of every diagram."""
    for source in given.diagrams:
        for element in source.executed():
            if is_bpmn(element):
                yield from _attributes(source, element)
                yield from _parts(source, element)


def _attributes(source: Source, element: Node) -> Iterator[Problem]:
    for name in map(str, element.attrib):
        said = element.get(name, "")
        allowed = CHOICES.get(name)
        if name == TYPE and local(element) in BY_TAG:
            allowed, said = EXPRESSIONS, said.rpartition(":")[2]
        if allowed is not None and said not in allowed:
            yield problem(RULE, source, element, f"{name.rpartition('}')[2]} is '{said}'; possible are {', '.join(allowed)}.")
        elif name == "isImmediate" and said == "false":
            message = "In a process that is executed nothing happens between the two ends of a flow; remove isImmediate."
            yield problem(RULE, source, element, message)


def _parts(source: Source, element: Node) -> Iterator[Problem]:
    counted = Counter(local(child) for child in children(element))
    for name in sorted(ONCE & counted.keys()):
        if counted[name] > 1:
            yield problem(
                RULE, source, element, f"There are {counted[name]} of <{name}> here, so nobody can know which one counts; keep one."
            )
