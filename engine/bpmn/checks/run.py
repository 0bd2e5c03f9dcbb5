"""Run every rule over a deployment."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.bpmn.checks import (
    attributes,
    boundary_events,
    calls,
    decision_references,
    decision_tables,
    expressions_compile,
    forms,
    gateways,
    ids,
    languages,
    loops,
    messages,
    names,
    reachable,
    references,
    scripts,
    service_tasks,
    start_and_end,
    supported_elements,
    supported_events,
    user_tasks,
    variables,
)
from engine.bpmn.checks.given import Form, FormProblems, Given, Source
from engine.bpmn.diagram import check_is_bpmn
from engine.bpmn.xml import safe_root
from engine.errors import InvalidDeployment, Problem

RULES = (
    supported_elements,
    supported_events,
    ids,
    references,
    start_and_end,
    reachable,
    boundary_events,
    gateways,
    languages,
    scripts,
    expressions_compile,
    user_tasks,
    forms,
    service_tasks,
    decision_references,
    decision_tables,
    calls,
    messages,
    loops,
    attributes,
    variables,
    names,
)


def run(
    files: Mapping[str, bytes],
    *,
    functions: frozenset[str] = frozenset(),
    topics: frozenset[str] | None = None,
    form_problems: FormProblems | None = None,
) -> tuple[Problem, ...]:
    """Every problem of the files of one deployment: errors first, then by file and line.

    `functions`: what expressions may call; `topics`: what service tasks may ask for, None when anything;
    `form_problems(content)`: what is wrong with a form, asked for each *.form file.
    """
    problems: list[Problem] = []
    read: dict[str, list[Source]] = {".bpmn": [], ".dmn": []}
    forms_found: dict[str, Form] = {}
    for file, content in sorted(files.items()):
        path = PurePosixPath(file)
        if path.suffix == ".form":
            problems += _twice(forms_found.get(path.stem), file)
            forms_found.setdefault(path.stem, Form(file=file, content=content))
        elif path.suffix in read:
            try:
                root = safe_root(file, content)
                if path.suffix == ".bpmn":
                    check_is_bpmn(file, root)
                read[path.suffix].append(Source(file=file, root=root))
            except InvalidDeployment as refused:
                problems += refused.problems
        else:
            problems.append(_unknown_kind(file))
    given = Given(
        diagrams=read[".bpmn"], tables=read[".dmn"], forms=forms_found, functions=functions, topics=topics, form_problems=form_problems
    )
    for rule in RULES:
        problems += rule.check(given)
    return tuple(sorted(problems, key=lambda one: (one.severity != "error", one.file or "", one.line or 0)))


def _unknown_kind(file: str) -> Problem:
    message = "Only .bpmn, .dmn and .form files can be deployed; leave this one out."
    return Problem(code="FILES", message=message, file=file, rule="files")


def _twice(first: Form | None, file: str) -> list[Problem]:
    if first is None:
        return []
    message = f"There is already a form of this name: {first.file}. Form keys are file names; rename one of them."
    return [Problem(code="FILES", message=message, file=file, rule="files")]
