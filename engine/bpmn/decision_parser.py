"""DMN files, spelled out and checked, into plain data: a decision with those it requires."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.bpmn.decision_languages import NO_ROW, text_of
from engine.bpmn.decisions import Plain, cell_of
from engine.bpmn.expressions import ExpressionError
from engine.bpmn.feel import identifier
from engine.bpmn.xml import line_of
from engine.errors import InvalidDeployment, Problem

Node = etree._Element


def parse_decisions(roots: Mapping[str, Node]) -> dict[str, tuple[frozenset[str], Plain]]:
    """The decisions of these files by id, each with the files it needs. Raises InvalidDeployment."""
    nodes = {one.get("id", ""): (file, one) for file in sorted(roots) for one in roots[file].iter("{*}decision") if one.get("id")}
    for file, root in roots.items():
        if next((one for one in root.iter("{*}decision") if one.get("id")), None) is None:
            message = "There is no decision with a decision table in this file; draw one, or leave the file out."
            raise InvalidDeployment(problems=[_problem(file, root, message)])
    plain = {key: _plain(file, node) for key, (file, node) in nodes.items()}
    found: dict[str, tuple[frozenset[str], Plain]] = {}
    for key in nodes:
        before = [one for one in in_order(key, {name: node for name, (_, node) in nodes.items()}) if one != key]
        files = frozenset(nodes[one][0] for one in (key, *before))
        found[key] = (files, {**plain[key], "requires": [plain[one] for one in before]} if before else plain[key])
    return found


def required_by(decision: Node) -> Iterator[str]:
    """The ids of the decisions a decision asks first."""
    for one in decision.iterchildren("{*}informationRequirement"):
        for asked in one.iterchildren("{*}requiredDecision"):
            yield (asked.get("href") or "").rpartition("#")[2]


def in_order(key: str, nodes: Mapping[str, Node]) -> list[str]:
    """A decision after all that it requires, so that each can be asked. What goes in a circle is left out at its second time."""
    order: list[str] = []
    entered: set[str] = set()
    waiting = [(key, False)]
    while waiting:
        one, ready = waiting.pop()
        if ready:
            order.append(one)
        elif one not in entered and one in nodes:
            entered.add(one)
            waiting.append((one, True))
            waiting += [(asked, False) for asked in reversed(list(required_by(nodes[one])))]
    return order


def output_name(decision: Node, column: Node, *, alone: bool) -> str:
    """The variable an output becomes: its name; the only one may be called like its decision."""
    return column.get("name") or (value_name(decision) if alone else "")


def value_name(decision: Node) -> str:
    """What the value of a decision is called: as its variable says, else by its name or id, whichever can be a name."""
    return next((name for name in _names(decision) if name.isidentifier()), decision.get("id") or "")


def _names(decision: Node) -> Iterator[str]:
    variable = next(decision.iterchildren("{*}variable"), None)
    yield identifier("" if variable is None else variable.get("name") or "")
    yield decision.get("id") or ""
    yield identifier(decision.get("name") or "")


def _plain(file: str, decision: Node) -> Plain:
    names = sorted({name for name in _names(decision) if name.isidentifier()})
    common: Plain = {"id": decision.get("id"), "names": names}
    table = next(decision.iterchildren("{*}decisionTable"), None)
    if table is None:
        literal = next(decision.iterchildren("{*}literalExpression"), None)
        if literal is None:
            message = "There is no decision with a decision table in this decision; draw one, or remove it."
            raise InvalidDeployment(problems=[_problem(file, decision, message)])
        return {**common, "outputs": [value_name(decision)], "literal": text_of(literal).strip()}
    columns = list(table.iterchildren("{*}output"))
    given: Plain = {
        **common,
        "hit_policy": table.get("hitPolicy", "UNIQUE"),
        "aggregation": table.get("aggregation"),
        "inputs": [text_of(next(column.iterchildren("{*}inputExpression"), None)).strip() for column in table.iterchildren("{*}input")],
        "outputs": [output_name(decision, column, alone=len(columns) == 1) for column in columns],
        "defaults": [_text_in(column, "defaultOutputEntry") for column in columns],
        "order": [None if (values := _text_in(column, "outputValues")) is None else f"[{values}]" for column in columns],
        "must_hold": table.get(NO_ROW) != "nothing",
    }
    return {**given, "rules": [_rule(file, rule, number) for number, rule in enumerate(table.iterchildren("{*}rule"), 1)]}


def _text_in(column: Node, tag: str) -> str | None:
    return text_of(next(column.iterchildren(f"{{*}}{tag}"), None)).strip() or None


def _rule(file: str, rule: Node, number: int) -> Plain:
    cells: list[Any] = []
    for entry in rule.iterchildren("{*}inputEntry"):
        try:
            cell = cell_of(text_of(entry))
        except ExpressionError as error:
            raise InvalidDeployment(problems=[_problem(file, entry, f"Row {number}: {error}")]) from error
        cells.append(None if cell is None else [cell.text, cell.condition])
    return {"row": number, "in": cells, "out": [text_of(entry).strip() for entry in rule.iterchildren("{*}outputEntry")]}


def _problem(file: str, element: Node, message: str) -> Problem:
    return Problem(
        code="INVALID_DIAGRAM",
        message=message,
        file=file,
        element=element.get("id"),
        name=element.get("name"),
        line=line_of(element),
        rule="executable",
    )
