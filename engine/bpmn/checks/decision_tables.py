"""Decision tables: only what is executed, and every cell compiles."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, problem
from engine.bpmn.xml import line_of, local
from engine.errors import Problem

RULE = "decision_tables"

HIT_POLICIES = ("UNIQUE", "COLLECT")
IN_A_TABLE = {"input", "output", "rule"}
NEED_ID = ("decisionTable", "input", "output", "rule", "inputEntry", "outputEntry")
ABBREVIATED = ("<", ">", "==", "!=", "in ", "not in ")  # a comparison without its left side means the input


def check(given: Given) -> Iterator[Problem]:
    """Every DMN file, its decisions, their columns and rules."""
    for source in given.tables:
        if local(source.root) != "definitions":
            yield problem(RULE, source, source.root, f"This is no DMN: the root element is <{local(source.root)}>, not <definitions>.")
            continue
        decisions = list(source.root.iter("{*}decision"))
        if len(decisions) != 1:
            yield problem(RULE, source, source.root, f"A DMN file holds one decision, this one holds {len(decisions)}; split it.")
        for decision in decisions:
            yield from _decision(given, source, decision)


def _decision(given: Given, source: Source, decision: Node) -> Iterator[Problem]:
    tables = list(decision.iterchildren("{*}decisionTable"))
    if not decision.get("id") or len(tables) != 1:
        yield problem(RULE, source, decision, "A decision has an id and exactly one decision table; literal expressions are not executed.")
        return
    if next(decision.iterchildren("{*}informationRequirement"), None) is not None:
        message = "Decisions that ask other decisions are not executed; draw one business rule task after the other."
        yield problem(RULE, source, decision, message)
    for part in decision.iter(*(f"{{*}}{tag}" for tag in NEED_ID)):
        if not part.get("id"):
            yield problem(RULE, source, part, f"<{local(part)}> has no id; give it one of its own.")
    yield from _table(given, source, tables[0])


def _table(given: Given, source: Source, table: Node) -> Iterator[Problem]:
    policy = table.get("hitPolicy", "UNIQUE")
    if policy not in HIT_POLICIES:
        yield problem(RULE, source, table, f"The hit policy {policy} is not executed; use UNIQUE, or COLLECT for a list per output.")
    if table.get("aggregation"):
        yield problem(RULE, source, table, f"The aggregation {table.get('aggregation')} is not executed; sum in a script task.")
    for child in table:
        if local(child) not in IN_A_TABLE:
            yield problem(RULE, source, child, f"<{local(child)}> in a decision table is not executed; remove it.")
    inputs, outputs, rules = (list(table.iterchildren(f"{{*}}{tag}")) for tag in ("input", "output", "rule"))
    if not inputs or not outputs or not rules:
        yield problem(RULE, source, table, "A decision table needs at least one input, one output and one rule.")
    yield from _columns(given, source, inputs, outputs)
    for number, rule in enumerate(rules, 1):
        yield from _rule(given, source, rule, number, (len(inputs), len(outputs)))


def _columns(given: Given, source: Source, inputs: list[Node], outputs: list[Node]) -> Iterator[Problem]:
    for column in inputs:
        fault = _fault(given, _text(next(column.iterchildren("{*}inputExpression"), None)))
        if fault:
            yield problem(RULE, source, column, f"The input '{_label(column)}' is refused: {fault}")
    names = [column.get("name", "") for column in outputs]
    for column, name in zip(outputs, names, strict=True):
        if not name.isidentifier():
            yield problem(RULE, source, column, f"The output '{_label(column)}' needs the name of a variable: letters, digits and '_'.")
        elif names.count(name) > 1:
            yield problem(RULE, source, column, f"Two outputs are called '{name}'; give each a name of its own.")


def _rule(given: Given, source: Source, rule: Node, number: int, columns: tuple[int, int]) -> Iterator[Problem]:
    for tag, wanted in zip(("inputEntry", "outputEntry"), columns, strict=True):
        cells = list(rule.iterchildren(f"{{*}}{tag}"))
        if len(cells) != wanted:
            yield problem(
                RULE, source, rule, f"Row {number} has {len(cells)} of {wanted} {tag[:-5]} cells; fill the row, '-' means any value."
            )
        for column, cell in enumerate(cells, 1):
            has_text = next(cell.iterchildren("{*}text"), None) is not None
            fault = _cell_fault(given, _text(cell).strip(), tag) if has_text else "it has no <text>."
            if fault:
                message = f"Row {number}, {tag[:-5]} {column} is refused: {fault}"
                yield problem(RULE, source, cell, message, line=line_of(next(cell.iterchildren("{*}text"), cell)))


def _cell_fault(given: Given, text: str, tag: str) -> str | None:
    if tag == "inputEntry":
        if text in ("", "-"):
            return None
        text = f"? {text}" if text.startswith(ABBREVIATED) else text
    elif "?" in text and expressions.check_expression(text) is None and expressions.INPUT in expressions.names(text).variables:
        return "'?' is the input value of a cell; in an output name the variable instead."
    return _fault(given, text) if text else "an output cell may not be empty; write a value, such as 0, '' or None."


def _fault(given: Given, text: str) -> str | None:
    return expressions.check_expression(text.strip(), given.functions) if text.strip() else "it is empty; name a variable."


def _text(element: Node | None) -> str:
    found = None if element is None else next(element.iterchildren("{*}text"), None)
    return "" if found is None else "".join(str(part) for part in found.itertext())


def _label(column: Node) -> str:
    return column.get("label") or column.get("name") or column.get("id") or "?"


def input_texts(table: Node) -> Iterator[str]:
    """The expressions of the input columns."""
    for column in table.iterchildren("{*}input"):
        yield _text(next(column.iterchildren("{*}inputExpression"), None)).strip()


def output_texts(table: Node) -> Iterator[str]:
    """The expressions of the output cells."""
    for cell in table.iter("{*}outputEntry"):
        yield text_of_cell(cell)


def output_cells(given: Given) -> Iterator[tuple[Source, Node, int, str]]:
    """Every output cell with the number of its row and the name of its column."""
    for source, decision in given.decisions():
        for table in decision.iterchildren("{*}decisionTable"):
            names = [column.get("name", "") for column in table.iterchildren("{*}output")]
            for row, rule in enumerate(table.iterchildren("{*}rule"), 1):
                for cell, name in zip(rule.iterchildren("{*}outputEntry"), names, strict=False):
                    yield source, cell, row, name


def text_of_cell(cell: Node) -> str:
    """What stands in a cell."""
    return _text(cell).strip()
