"""Ids: everything that is executed needs one, once, and none of those that the execution uses itself."""

import re
from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Source, problem, words
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.xml import is_bpmn, line_of, local
from engine.errors import Problem

RULE = "ids"

RESERVED = re.compile(r"Start|End|Root|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin)|.* \[child\]")
VALID = re.compile(r"[^\W\d][\w.-]*")
LONGEST = 200
NEED_ONE = FLOW_NODES | {"process", "sequenceFlow", "lane"}


def check(given: Given) -> Iterator[Problem]:
    """Missing, reserved, ill-formed and duplicate ids; processes of one id in two files."""
    processes: dict[str, str] = {}
    for source in given.diagrams:
        yield from _file(source)
        for process in source.processes():
            key = process.get("id", "")
            if key in processes and processes[key] != source.file:
                yield problem(RULE, source, process, f"The process '{key}' is already in {processes[key]}; give this one another id.")
            processes.setdefault(key, source.file)


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
        if key in lines:
            yield problem(RULE, source, element, f"The id '{key}' is already used at line {lines[key]}; ids are unique in a file.")
        lines.setdefault(key, line_of(element))
        if local(element) in NEED_ONE and RESERVED.fullmatch(key):
            yield problem(RULE, source, element, f"The id '{key}' is used by the engine itself; choose another, such as '{key}_1'.")
        elif len(key) > LONGEST or not VALID.fullmatch(key):
            message = f"'{key[:60]}' cannot be an id: begin with a letter, go on with letters, digits, '_', '-' or '.', at most {LONGEST}."
            yield problem(RULE, source, element, message)
