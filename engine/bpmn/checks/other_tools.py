"""What other tools wrote into a diagram and could not be said in our words: refused when it changes what happens, else named."""

import re
from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem, warning
from engine.bpmn.checks.supported_elements import nobody_reads
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.other_tools.kie import KIE
from engine.bpmn.other_tools.reading import ENGINES, LIKE_CAMUNDA
from engine.bpmn.other_tools.words import KIE_REFUSED, NOTED, REFUSED, TAKEN
from engine.bpmn.xml import BPMN, REDRESS, is_bpmn, local, namespace
from engine.errors import Problem

RULE = "other_tools"

XSI = "http://www.w3.org/2001/XMLSchema-instance"
LONGEST = 60
WAITS = "A step that fails is taken back and waits for repair."
STARTED = "Nobody fills in a form to start a process here: whoever starts it gives its variables."
FORMS = {
    "camunda:formKey",
    "camunda:formRef",
    "<camunda:formData>",
    "<camunda:formProperty>",
    "<zeebe:formDefinition>",
    "camunda:formHandlerClass",
}
OF_PEOPLE = {"camunda:assignee", "camunda:candidateGroups", "camunda:candidateUsers", "camunda:dueDate", "camunda:priority"}
NOBODY = "It means nothing on an element that nobody does."
BY_PROGRAM = ("class", "delegateExpression", "expression", "type")
OF_PROGRAMS = {"camunda:resultVariable", "camunda:resultVariableName", "<camunda:field>"}
PROGRAM = "It goes with a program, which is not run here."
UNKNOWN = "Nobody knows it here: remove it, or say with elements of BPMN what it means."

# What runs something, by its name or by whose it is: `onEntry-script`, `taskListener`.
PROGRAMS = re.compile(r".*(script|listener)s?|execute[A-Z].*|.*spiffworkflow.*", re.IGNORECASE)
# What SpiffWorkflow's modeler writes for people and for its own tests.
FOR_PEOPLE = frozenset({"instructionsForEndUser", "unitTests"})
PROGRAM_ELSEWHERE = re.compile(r".*script_?(ref|id)", re.IGNORECASE)


def check(given: Given) -> Iterator[Problem]:
    """Attributes and extension elements of other namespaces, on whatever is executed."""
    for source in given.diagrams:
        notes: dict[tuple[str, str], list[Node]] = {}
        for element in source.executed():
            if is_bpmn(element):
                yield from _attributes(source, element, notes)
                if local(element) == "extensionElements":
                    yield from _extensions(source, element, notes)
        for (tool, word), elements in notes.items():
            once = f"'{word}' of {tool} is not read."
            message = once if len(elements) == 1 else f"'{word}' of {tool} is not read; it is there {len(elements)} times."
            yield warning(RULE, source, elements[0], message)


def _attributes(source: Source, element: Node, notes: dict[tuple[str, str], list[Node]]) -> Iterator[Problem]:
    for attribute, value in element.attrib.items():
        if attribute[0] != "{":
            continue
        uri, _, name = str(attribute)[1:].rpartition("}")
        if uri in ENGINES:
            yield _of_engine(source, element, f"{_family(uri)}:{name}", f"{ENGINES[uri]}:{name}", str(value))
        elif uri and (what := _changes_what_happens(uri, name, str(value).strip())):
            yield problem(RULE, source, element, f"'{name}' of {uri} says '{str(value)[:LONGEST]}', which is not executed here. {what}")
        elif uri and uri not in (REDRESS, BPMN, XSI):
            notes.setdefault((uri, name), []).append(element)


def _changes_what_happens(uri: str, name: str, value: str) -> str | None:
    """What to do instead of an attribute of another tool that cannot be a mere note."""
    if uri in (REDRESS, BPMN, XSI) or not value:
        return None
    if PROGRAM_ELSEWHERE.fullmatch(name):
        return "It names a program that stands elsewhere: write the script into the diagram."
    refused, what = KIE_REFUSED.get(name, ("", "")) if uri == KIE else ("", "")
    return what if value == refused else None


def _extensions(source: Source, holder: Node, notes: dict[tuple[str, str], list[Node]]) -> Iterator[Problem]:
    for child in holder:
        uri, name = namespace(child), local(child)
        if uri in ENGINES:
            yield _of_engine(source, child, f"<{_family(uri)}:{name}>", f"<{ENGINES[uri]}:{name}>", _said(child))
        elif uri != BPMN and name not in FOR_PEOPLE and (PROGRAMS.fullmatch(name) or PROGRAMS.fullmatch(uri)):
            message = f"<{name}> of {uri} is not executed here, and it would change what happens; draw it with elements of BPMN."
            yield problem(RULE, source, child, message)
        elif uri != BPMN or nobody_reads(child):
            notes.setdefault((uri or "no namespace", f"<{name}>"), []).append(child)


def _of_engine(source: Source, element: Node, word: str, shown: str, said: str) -> Problem:
    """`word` is how the tables call it, `shown` how it is written in the file."""
    note = NOTED.get(word) or _note(_owner(element), word)
    if note is not None:
        return warning(RULE, source, element, f"{shown} is not read. {note}")
    if word in TAKEN and (word not in REFUSED or said == "external"):
        short = said if len(said) <= LONGEST else f"{said[:LONGEST]}..."
        ours = TAKEN[word]
        return problem(RULE, source, element, f"{shown} says '{short}', which cannot be taken over as it stands; write {ours} instead.")
    return problem(RULE, source, element, f"{shown} is not executed here. {REFUSED.get(word, UNKNOWN)}")


def _said(part: Node) -> str:
    """What an element says, in short."""
    text = " ".join(" ".join(str(text) for text in part.itertext()).split())
    return text or " ".join(str(value) for one in part.iter("*") for value in one.attrib.values())


def _owner(element: Node) -> Node:
    """The element of BPMN that something is said of."""
    while not is_bpmn(element) or local(element) == "extensionElements":
        parent = element.getparent()
        assert parent is not None  # there is a BPMN element around
        element = parent
    return element


def _note(owner: Node, word: str) -> str | None:
    """What changes nothing where it stands."""
    if word == "<camunda:failedJobRetryTimeCycle>" and owner.get(f"{{{REDRESS}}}topic") is None:
        return WAITS
    if word in FORMS and local(owner) == "startEvent":
        return STARTED
    if word in OF_PEOPLE and local(owner) in FLOW_NODES - {"userTask", "manualTask"}:
        return NOBODY
    program = any(f"{{{uri}}}{name}" in owner.attrib for uri in LIKE_CAMUNDA for name in BY_PROGRAM)
    return PROGRAM if program and word in OF_PROGRAMS else None


def _family(uri: str) -> str:
    return "camunda" if uri in LIKE_CAMUNDA else ENGINES[uri]
