"""Attributes and extension elements: a misspelt one would be ignored without a word."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, called, hint, problem
from engine.bpmn.signal_names import INSTANCE
from engine.bpmn.xml import REDRESS, is_bpmn, local, namespace
from engine.errors import Problem

RULE = "attributes"

ANYWHERE = {"nameZh", "documentationZh"}
MAPPED = {"inputs", "outputs"}
GIVING = MAPPED | {"returns"}
RETRIED = GIVING | {"topic", "retries", "resultVariable"}
MESSAGE = {"correlationKey", "payload"}
EVENT = MESSAGE | {"resultVariable"}
PERSON = GIVING | {"candidateGroups", "candidateUsers", "assignee", "priority", "dueDate", "fourEyes"}
ALLOWED: Mapping[str, set[str]] = {
    "task": MAPPED,
    "userTask": PERSON | {"formKey"},
    "manualTask": PERSON,
    "scriptTask": RETRIED,
    "serviceTask": RETRIED,
    "sendTask": MESSAGE | RETRIED,
    "receiveTask": EVENT | GIVING,
    "subProcess": MAPPED,
    "adHocSubProcess": MAPPED,
    "transaction": MAPPED,
    "callActivity": GIVING | {"binding", "version", "passes"},
    "businessRuleTask": RETRIED | {"binding", "version", "decisionRef", "resultShape"},
    "process": {"searchAttributes"},
    "lane": {"candidateGroup"},
    "startEvent": EVENT | GIVING | {"missed", "initiator"},
    "endEvent": EVENT | RETRIED,
    "intermediateCatchEvent": EVENT | GIVING,
    "intermediateThrowEvent": EVENT | RETRIED,
    "boundaryEvent": EVENT | GIVING | {"missed"},
    "messageEventDefinition": EVENT,
    "message": MESSAGE,
    "signal": {"scope"},
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "passes": ("all", "inputs"),
    "returns": ("all", "outputs"),
    "resultShape": ("value", "row", "values", "rows", "decision"),
}
MISSED = ("once", "all")
REACH = ("global", INSTANCE)
KNOWN = sorted(ANYWHERE.union(*ALLOWED.values()))


def check(given: Given) -> Iterator[Problem]:
    """Attributes of BPMN elements and what stands in their extensionElements."""
    for source in given.diagrams:
        for element in source.root.iter("*"):
            if is_bpmn(element):
                yield from _attributes(source, element)
            if local(element) == "extensionElements":
                yield from _extensions(source, element)
        for process in source.processes():
            yield from _search_attributes(source, process)


def _attributes(source: Source, element: Node) -> Iterator[Problem]:
    for attribute in element.attrib:
        namespace, _, name = str(attribute).removeprefix("{").rpartition("}")
        if namespace == REDRESS:
            allowed = ANYWHERE | ALLOWED.get(local(element), set())
            if name not in KNOWN:
                message = f"redress:{name} is unknown, so it would be ignored. Correct or remove it.{hint(name, KNOWN)}"
                yield problem(RULE, source, element, message)
            elif name not in allowed:
                places = ", ".join(sorted(kind for kind, names in ALLOWED.items() if name in names))
                yield problem(RULE, source, element, f"redress:{name} means nothing on {called(element)}; it belongs on: {places}.")
            elif name == "missed" and (element.get(attribute) not in MISSED or next(element.iter("{*}timeCycle"), None) is None):
                message = "redress:missed says of a timer that comes again what happens to times that were missed: 'once' or 'all'."
                yield problem(RULE, source, element, message)
            elif name in CHOICES and element.get(attribute) not in CHOICES[name]:
                message = f"redress:{name} is '{element.get(attribute)}'; choose {', '.join(CHOICES[name])}."
                yield problem(RULE, source, element, message)
            elif name == "scope" and element.get(attribute) not in REACH:
                message = "redress:scope says how far a signal is heard: 'global', which is the default, or 'processInstance'."
                yield problem(RULE, source, element, message)


def _extensions(source: Source, holder: Node) -> Iterator[Problem]:
    for child in holder:
        if namespace(child) == REDRESS:
            yield problem(
                RULE, source, child, f"<redress:{local(child)}> would be ignored: what we say of an element stands in attributes."
            )


MOST_SEARCH_ATTRIBUTES = 12
TYPES = ("text", "number", "instant")


def _search_attributes(source: Source, process: Node) -> Iterator[Problem]:
    said = (process.get(f"{{{REDRESS}}}searchAttributes") or "").strip()
    items = [item.strip().partition(":") for item in said.split(",")] if said else []
    if len(items) > MOST_SEARCH_ATTRIBUTES:
        message = f"{len(items)} search attributes are too many; at most {MOST_SEARCH_ATTRIBUTES}, the rest are variables."
        yield problem(RULE, source, process, message)
    for name, _, kind in items:
        if not name.strip().isidentifier() or kind.strip() not in ("", *TYPES):
            message = f"'{name}:{kind}' is no search attribute; write 'level:number' with a type of {', '.join(TYPES)}."
            yield problem(RULE, source, process, message)
