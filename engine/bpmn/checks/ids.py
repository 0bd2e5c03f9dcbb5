"""Ids: everything that a token can be at needs one, once."""

import re
from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, problem, words
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.xml import is_bpmn, line_of, local
from engine.errors import Problem

RULE = "ids"

VALID = re.compile(r"[^\W\d][\w.-]*")
LONGEST = 200
NAMED_BY_NOTHING = ("documentation",)  # what tools write there is theirs
NEED_ONE = FLOW_NODES | {"process", "sequenceFlow", "lane"}


def check(given: Given) -> Iterator[Problem]:
    """Missing, ill-formed and duplicate ids; processes of one id in two files."""
    processes: dict[str, str] = {}
    for source in given.diagrams:
        yield from _file(source)
        for process in source.processes():
            key = process.get("id", "")
            if key in processes and processes[key] != source.file:
                yield problem(RULE, source, process, f"The process '{key}' is already in {processes[key]}; give this one another id.")
            processes.setdefault(key, source.file)


def _is_global_task(element: Node) -> bool:
    """A global task is read as a process of its id with one task of the same id (`spelled_out`)."""
    parent = element.getparent()
    return parent is not None and local(parent) == "process" and parent.get("id") == element.get("id") and len(parent) == 1


def _file(source: Source) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for element in source.root.iter("*"):
        if not is_bpmn(element):
            continue
        kind, key = words(local(element)), element.get("id")
        if not key:
            if local(element) in NEED_ONE:
                yield problem(RULE, source, element, f"A {kind} has no id; without one it is not executed. Give it an id of its own.")
            continue
        if key in lines and not _is_global_task(element):
            yield problem(RULE, source, element, f"The id '{key}' is already used at line {lines[key]}; ids are unique in a file.")
        lines.setdefault(key, line_of(element))
        if (len(key) > LONGEST or not VALID.fullmatch(key)) and local(element) not in NAMED_BY_NOTHING:
            message = f"'{key[:60]}' cannot be an id: begin with a letter, go on with letters, digits, '_', '-' or '.', at most {LONGEST}."
            yield problem(RULE, source, element, message)
