"""Run every rule over a deployment."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.bpmn.checks import (
    ad_hoc,
    allowed_values,
    attributes,
    boundary_events,
    calls,
    compensation,
    data_flow,
    data_sets,
    decision_references,
    decision_rules,
    decision_tables,
    durations,
    event_gateways,
    event_sub_processes,
    expressions_compile,
    gateways,
    ids,
    imports,
    interfaces,
    languages,
    links,
    loops,
    message_flows,
    messages,
    names,
    namespaces,
    other_tools,
    placement,
    pools,
    process_starts,
    reachable,
    references,
    scripts,
    service_tasks,
    signals,
    start_and_end,
    supported_elements,
    supported_events,
    timers,
    transactions,
    user_tasks,
    variables,
)
from engine.bpmn.checks.given import Form, Given, Source
from engine.bpmn.decision_languages import spell_out as spell_out_decisions
from engine.bpmn.diagram import check_is_bpmn
from engine.bpmn.form_files import keys_of
from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import safe_root
from engine.errors import InvalidDeployment, Problem

RULES = (
    supported_elements,
    supported_events,
    namespaces,
    placement,
    allowed_values,
    ids,
    references,
    start_and_end,
    process_starts,
    reachable,
    boundary_events,
    event_sub_processes,
    compensation,
    transactions,
    gateways,
    event_gateways,
    links,
    languages,
    scripts,
    expressions_compile,
    durations,
    timers,
    user_tasks,
    service_tasks,
    decision_references,
    decision_tables,
    decision_rules,
    calls,
    data_flow,
    data_sets,
    imports,
    interfaces,
    messages,
    message_flows,
    pools,
    signals,
    loops,
    ad_hoc,
    attributes,
    other_tools,
    variables,
    names,
)


def run(
    files: Mapping[str, bytes],
    *,
    functions: frozenset[str] = frozenset(),
    topics: frozenset[str] | None = None,
) -> tuple[Problem, ...]:
    """Every problem of the files of one deployment: errors first, then by file and line.

    `functions`: what expressions may call; `topics`: what service tasks may ask for, None when anything. What is wrong inside
    a form is found by `engine.forms`, which knows forms.
    """
    diagrams, tables, forms, problems = _read(files)
    given = Given(diagrams=diagrams, tables=tables, forms=forms, functions=functions, topics=topics)
    for rule in RULES:
        problems += rule.check(given)
    return tuple(sorted(problems, key=lambda one: (one.severity != "error", one.file or "", one.line or 0)))


def _read(files: Mapping[str, bytes]) -> tuple[list[Source], list[Source], dict[str, Form], list[Problem]]:
    """Diagrams, tables, forms by key, and what is wrong with whole files."""
    diagrams: list[Source] = []
    tables: list[Source] = []
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    for file, content in sorted(files.items()):
        path = PurePosixPath(file)
        try:
            if path.suffix == ".form":
                problems += _twice(forms.get(path.stem), file)
                forms.setdefault(path.stem, Form(file=file, content=content))
            elif path.suffix == ".bpmn":
                root = spell_out(safe_root(file, content))
                check_is_bpmn(file, root)
                diagrams.append(Source(file=file, root=root))
            elif path.suffix == ".dmn":
                tables.append(Source(file=file, root=spell_out_decisions(safe_root(file, content))))
            else:
                problems.append(_unknown_kind(file))
        except InvalidDeployment as refused:
            problems += refused.problems
    for form in list(forms.values()):
        for key in keys_of(form.file, form.content):
            forms.setdefault(key, form)
    return diagrams, tables, forms, problems


def _unknown_kind(file: str) -> Problem:
    message = "Only .bpmn, .dmn and .form files can be deployed; leave this one out."
    if PurePosixPath(file).suffix in (".xml", ".bpmn2"):
        message = "Only .bpmn, .dmn and .form files can be deployed; if this is a diagram, let its name end in .bpmn."
    return Problem(code="FILES", message=message, file=file, rule="files")


def _twice(first: Form | None, file: str) -> list[Problem]:
    if first is None:
        return []
    message = f"There is already a form of this name: {first.file}. Form keys are file names; rename one of them."
    return [Problem(code="FILES", message=message, file=file, rule="files")]
