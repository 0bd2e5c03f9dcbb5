"""Files of jBPM and Kogito: work items, values of inputs that are texts, and processes that are public and executed all the same."""

import re

from engine.bpmn.expressions import LANGUAGE
from engine.bpmn.other_tools.reading import Node, bpmn, expression_of, give, one_by_one
from engine.bpmn.xml import BPMN, children, text_of

KIE = "http://www.jboss.org/drools"
_NAME = re.compile(r"[^=${}]+")
_UNTIL = re.compile(r"Not(Started|Completed)(Reassign|Notify)")  # what happens when nobody does a task: that is more than a value


def understand(root: Node) -> None:
    """In place."""
    if KIE not in root.nsmap.values():
        return
    for process in bpmn(root, "process"):
        if process.get("isExecutable") == "true" and process.get("processType") == "Public":
            process.set("processType", "Private")  # jBPM writes it on whatever it executes
    for task in bpmn(root, "task"):
        _work_item(task)
    names = {one.get("id"): one.get("name", "") for one in bpmn(root, "dataInput")}
    for association in bpmn(root, "dataInputAssociation"):
        _text(association, names.get(text_of(association, "targetRef"), ""))


def _work_item(task: Node) -> None:
    """A task with the name of a handler is done by that handler."""
    name = task.get(f"{{{KIE}}}taskName", "").strip()
    if _NAME.fullmatch(name) and give(task, topic=name):
        task.tag = f"{{{BPMN}}}serviceTask"
        del task.attrib[f"{{{KIE}}}taskName"]


def _text(association: Node, name: str) -> None:
    """What is written to an input is a text there, with expressions in braces; some inputs say who does a task."""
    for assignment in children(association, "assignment"):
        for value in children(assignment, "from"):
            text = (value.text or "").strip()
            said = None if _UNTIL.fullmatch(name) or value.get("language") else expression_of(text)
            if said is None:
                continue
            task = association.getparent()
            if name == "GroupId" and text and task is not None:
                give(task, candidateGroups=one_by_one(text))
            value.text = said
            value.set("language", LANGUAGE)
