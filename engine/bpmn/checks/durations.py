"""Durations where working time is counted: written so that they can be read, also when a decision table gives them."""

import re
from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks import decision_tables, texts
from engine.bpmn.checks.given import Given, is_span, problem
from engine.bpmn.xml import line_of
from engine.errors import Problem

RULE = "durations"

COUNTED = re.compile(r"""\bworking_time\(\s*(?:'([^']*)'|"([^"]*)"|([^\W\d]\w*))\s*\)""")
QUOTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*""")


def check(given: Given) -> Iterator[Problem]:
    """Texts of the diagrams, and the cells of the tables whose outputs they count with."""
    counted: set[str] = set()
    for text in texts.all_of(given):
        if texts.fault(text, given) is not None:
            continue
        for single, double, name in COUNTED.findall(text.text):
            counted.add(name)
            if not name and not is_span(single or double):
                yield problem(RULE, text.source, text.owner, _wrong(single or double))
        for message in _bare(text.text) if text.kind == "expression" else ():
            yield problem(RULE, text.source, text.owner, message)
    for source, cell, row, output in decision_tables.output_cells(given):
        content = decision_tables.text_of_cell(cell)
        line = line_of(next(cell.iterchildren("{*}text"), cell))
        for message in (*_bare(content), *(_quoted(content) if output in counted else ())):
            yield problem(RULE, source, cell, f"Row {row}, {output}: {message}", line=line)


def _quoted(content: str) -> Iterator[str]:
    found = QUOTED.fullmatch(content)
    said = (found[1] or found[2] or "") if found else None
    if said is not None and not is_span(said):
        yield _wrong(said)


def _wrong(said: str) -> str:
    return f"'{said}' is no working time; write hours as PT8H or working days as P2D."


def _bare(text: str) -> Iterator[str]:
    """A duration without quotes is the name of a variable."""
    bare = text.strip()
    if expressions.check_expression(bare) is None:
        for name in sorted(expressions.names(bare).variables):
            if name.startswith("P") and is_span(name):
                yield f"{name} stands here as the name of a variable; write '{name}' in quotes, or working_time('{name}') for an instant."
