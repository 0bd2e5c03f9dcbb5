"""What the standard lets a file leave out, filled in before anybody reads it: the drawing, the rules, the execution.

What other tools write and expressions of other languages are said in our words, references without the prefix of the file itself,
1 and 0 as true and false. Sequence flows without id get one, signals and messages without name are known by their ids, shared event
definitions stand in each event that refers to them, and a global task becomes the process of one task that it is when it is called.
"""

from copy import deepcopy

from lxml import etree

from engine.bpmn.local_names import shorten
from engine.bpmn.other_languages import translate
from engine.bpmn.other_tools import understand
from engine.bpmn.xml import BPMN, children, is_bpmn, line_of, local

Node = etree._Element

GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}

TRUTHS = (
    *("isExecutable", "isClosed", "cancelActivity", "isInterrupting", "parallelMultiple", "instantiate", "isForCompensation"),
    *("triggeredByEvent", "isSequential", "testBefore", "cancelRemainingInstances", "isCollection", "isUnlimited", "isImmediate"),
    "waitForCompletion",
)
_SAID = {"1": "true", "0": "false"}


def spell_out(root: Node) -> Node:
    """Fill in, in place. What cannot be filled in stays as it is, for the rules to refuse."""
    shorten(root)
    understand(root)
    translate(root)
    _truths(root)
    _flow_ids(root)
    _names(root)
    _shared_definitions(root)
    for task in list(children(root, *GLOBAL_TASKS)):
        if task.get("id"):
            _process_of(root, task)
    return root


def _truths(root: Node) -> None:
    for element in root.iter("*"):
        if is_bpmn(element):
            for name in TRUTHS:
                if name in element.attrib:
                    said = element.get(name, "").strip()
                    element.set(name, _SAID.get(said, said))


def _flow_ids(root: Node) -> None:
    taken = {element.get("id") for element in root.iter("*")}
    number = 0
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if not flow.get("id"):
            number += 1
            while f"flow_without_id_{number}" in taken:
                number += 1
            flow.set("id", f"flow_without_id_{number}")


def _names(root: Node) -> None:
    """A name is optional (BPMN 2.0, 8.4.11 and 10.5.7): who throws and who catches refer to the same element."""
    for named in children(root, "signal", "message"):
        if not (named.get("name") or "").strip() and named.get("id"):
            named.set("name", named.get("id", ""))


def _shared_definitions(root: Node) -> None:
    shared = {one.get("id"): one for one in children(root) if local(one).endswith("EventDefinition")}
    for reference in list(root.iter(f"{{{BPMN}}}eventDefinitionRef")):
        found = shared.get((reference.text or "").strip().rpartition(":")[2])
        event = reference.getparent()
        if found is not None and event is not None:
            own = deepcopy(found)
            del own.attrib["id"]
            for copied, original in zip(own.iter("*"), found.iter("*"), strict=True):
                copied.sourceline = line_of(original)  # type: ignore[assignment]  # the stubs know no type for it
            event.replace(reference, own)


def _process_of(root: Node, task: Node) -> None:
    process = etree.Element(f"{{{BPMN}}}process", id=task.get("id", ""), isExecutable="true")
    for attribute, value in task.attrib.items():
        if attribute == "name" or str(attribute).startswith("{"):
            process.set(attribute, value)
    process.sourceline = line_of(task)  # type: ignore[assignment]
    root.replace(task, process)
    process.append(task)
    task.tag = f"{{{BPMN}}}{GLOBAL_TASKS[local(task)]}"
    if task.get("scriptLanguage"):
        task.set("scriptFormat", task.attrib.pop("scriptLanguage"))
    for element in task.iter("*"):
        if is_bpmn(element) and element is not task and element.get("id") == process.get("id"):
            del element.attrib["id"]
