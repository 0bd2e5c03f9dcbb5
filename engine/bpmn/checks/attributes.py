"""Attributes and extension elements: a misspelt one would be ignored without a word."""

from collections.abc import Iterator, Mapping

from engine.bpmn.checks.given import Given, Node, Source, called, hint, problem, warning
from engine.bpmn.signal_names import INSTANCE
from engine.bpmn.xml import BPMN, REDRESS, is_bpmn, local
from engine.errors import Problem

RULE = "attributes"

ANYWHERE = {"nameZh", "documentationZh"}
RETRIED = {"topic", "retries"}
MESSAGE = {"correlationKey", "payload"}
EVENT = MESSAGE | {"resultVariable"}
ALLOWED: Mapping[str, set[str]] = {
    "userTask": {"candidateGroups", "assignee", "formKey", "priority", "dueDate", "fourEyes"},
    "manualTask": {"candidateGroups", "assignee", "priority", "dueDate", "fourEyes"},
    "serviceTask": RETRIED | {"resultVariable"},
    "sendTask": MESSAGE,
    "receiveTask": EVENT,
    "callActivity": {"binding", "version"},
    "businessRuleTask": {"binding", "version", "decisionRef", "resultVariable"},
    "process": {"searchAttributes"},
    "lane": {"candidateGroup"},
    "startEvent": EVENT | {"missed"},
    "endEvent": EVENT,
    "intermediateCatchEvent": EVENT,
    "intermediateThrowEvent": EVENT,
    "boundaryEvent": EVENT | {"missed"},
    "messageEventDefinition": EVENT,
    "message": MESSAGE,
    "signal": {"scope"},
}
MISSED = ("once", "all")
REACH = ("global", INSTANCE)
KNOWN = sorted(ANYWHERE.union(*ALLOWED.values()))
# Extensions of other engines that look as if they worked here.
FOREIGN = ("camunda", "zeebe", "spiffworkflow", "activiti", "flowable", "operaton")


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
            elif name == "scope" and element.get(attribute) not in REACH:
                message = "redress:scope says how far a signal is heard: 'global', which is the default, or 'processInstance'."
                yield problem(RULE, source, element, message)
        elif element is not source.root and any(word in namespace.lower() for word in FOREIGN):
            yield problem(
                RULE, source, element, f"The attribute '{name}' of {namespace} is not read; write the redress: attribute instead."
            )


def _extensions(source: Source, holder: Node) -> Iterator[Problem]:
    for child in holder:
        namespace = child.tag[1:].partition("}")[0] if child.tag.startswith("{") else ""
        if namespace == BPMN:
            continue
        if any(word in namespace.lower() for word in FOREIGN):
            message = f"<{local(child)}> of {namespace} is not executed here; write redress: attributes instead."
            yield problem(RULE, source, child, message)
        else:
            yield warning(RULE, source, child, f"<{local(child)}> of {namespace or 'no namespace'} is not read.")


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
