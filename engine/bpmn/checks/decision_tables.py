"""Decision tables: only what is executed, and every cell compiles."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, hint, problem
from engine.bpmn.decision_languages import fault as not_feel
from engine.bpmn.decision_languages import text_of as _text
from engine.bpmn.decision_parser import in_order, output_name, required_by, value_name
from engine.bpmn.decisions import AGGREGATIONS, HIT_POLICIES
from engine.bpmn.xml import line_of, local
from engine.errors import Problem

RULE = "decision_tables"

IN_A_TABLE = {"input", "output", "rule", "annotation"}
SAYS_NOTHING = {"description", "extensionElements"}
IN_A_DECISION = SAYS_NOTHING | {
    "decisionTable",
    "literalExpression",
    "variable",
    "informationRequirement",
    "authorityRequirement",
    "question",
    "allowedAnswers",
}
ABBREVIATED = ("<", ">", "==", "!=", "in ", "not in ")  # a comparison without its left side means the input


def check(given: Given) -> Iterator[Problem]:
    """Every DMN file, its decisions, their columns and rules."""
    nodes: dict[str, Node] = {}
    for _, decision in given.decisions():
        nodes.setdefault(decision.get("id", ""), decision)
    for source in given.tables:
        if local(source.root) != "definitions":
            yield problem(RULE, source, source.root, f"This is no DMN: the root element is <{local(source.root)}>, not <definitions>.")
            continue
        decisions = list(source.root.iter("{*}decision"))
        if not decisions:
            yield problem(RULE, source, source.root, "There is no decision in this file; draw one, or leave the file out.")
        for decision in decisions:
            yield from _decision(given, source, decision)
            yield from _requirements(source, decision, nodes)


def _decision(given: Given, source: Source, decision: Node) -> Iterator[Problem]:
    tables, literals = (list(decision.iterchildren(f"{{*}}{tag}")) for tag in ("decisionTable", "literalExpression"))
    if not decision.get("id") or len(tables) + len(literals) != 1:
        yield problem(RULE, source, decision, "A decision has an id and exactly one decision table or literal expression.")
        return
    for child in decision:
        if local(child) not in IN_A_DECISION:
            yield problem(
                RULE, source, child, f"<{local(child)}> of a decision is not executed; use decision tables and literal expressions."
            )
    for literal in literals:
        fault = _fault(given, literal)
        if fault:
            yield problem(RULE, source, literal, f"The literal expression is refused: {fault}")
        if not value_name(decision).isidentifier():
            yield problem(RULE, source, decision, "The value of this decision needs the name of a variable; give the decision such an id.")
    for table in tables:
        yield from _table(given, source, table)


def _requirements(source: Source, decision: Node, nodes: dict[str, Node]) -> Iterator[Problem]:
    for requirement in decision.iter("{*}knowledgeRequirement"):
        yield problem(RULE, source, requirement, "Business knowledge models are not executed; draw a decision that is required.")
    for asked in required_by(decision):
        if asked not in nodes:
            message = f"The decision '{asked}' that is required here is in no DMN file of this deployment; add it."
            yield problem(RULE, source, decision, message + hint(asked, list(nodes)))
        elif decision.get("id") in in_order(asked, nodes):
            yield problem(RULE, source, decision, f"This decision and '{asked}' require each other; remove one of the arrows.")


def _table(given: Given, source: Source, table: Node) -> Iterator[Problem]:
    yield from _policy(source, table)
    for child in table:
        if local(child) not in IN_A_TABLE | SAYS_NOTHING:
            yield problem(RULE, source, child, f"<{local(child)}> in a decision table is not executed; remove it.")
    inputs, outputs, rules = (list(table.iterchildren(f"{{*}}{tag}")) for tag in ("input", "output", "rule"))
    if not outputs or not rules:
        yield problem(RULE, source, table, "A decision table needs at least one output and one rule.")
    yield from _columns(given, source, inputs, outputs)
    for number, rule in enumerate(rules, 1):
        yield from _rule(given, source, rule, number, (len(inputs), len(outputs)))


def _policy(source: Source, table: Node) -> Iterator[Problem]:
    """DMN 1.3, 8.2.11: aggregations are those of COLLECT with one output; priorities are the order of the output values."""
    policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation")
    outputs = list(table.iterchildren("{*}output"))
    if policy not in HIT_POLICIES:
        yield problem(RULE, source, table, f"There is no hit policy {policy}; choose {', '.join(HIT_POLICIES)}.")
    if aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
        yield problem(RULE, source, table, f"The aggregation {aggregation} does not exist here; COLLECT takes {', '.join(AGGREGATIONS)}.")
    elif aggregation and len(outputs) > 1:
        yield problem(RULE, source, table, f"{aggregation} takes one output, this table has {len(outputs)}; make a table for each.")
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(_text(next(one.iterchildren("{*}outputValues"), None)) for one in outputs):
        message = f"{policy} needs the output values in their order, the most important first; list them in <outputValues>."
        yield problem(RULE, source, table, message)


def _columns(given: Given, source: Source, inputs: list[Node], outputs: list[Node]) -> Iterator[Problem]:
    for column in inputs:
        fault = _fault(given, next(column.iterchildren("{*}inputExpression"), None))
        if fault:
            yield problem(RULE, source, column, f"The input '{_label(column)}' is refused: {fault}")
        for values in column.iterchildren("{*}inputValues"):
            fault = _cell_fault(given, values, "inputEntry")
            if fault:
                yield problem(RULE, source, column, f"<inputValues> of the input '{_label(column)}' is refused: {fault}")
    names = [_name(column, outputs) for column in outputs]
    for column, name in zip(outputs, names, strict=True):
        if not name.isidentifier():
            yield problem(RULE, source, column, f"The output '{_label(column)}' needs the name of a variable: letters, digits and '_'.")
        elif names.count(name) > 1:
            yield problem(RULE, source, column, f"Two outputs are called '{name}'; give each a name of its own.")
        for extra in column.iterchildren("{*}defaultOutputEntry", "{*}outputValues"):
            fault = _fault(given, extra, brackets=local(extra) == "outputValues")
            if fault:
                yield problem(RULE, source, column, f"<{local(extra)}> of the output '{_label(column)}' is refused: {fault}")


def _name(column: Node, outputs: list[Node]) -> str:
    table = column.getparent()
    decision = None if table is None else table.getparent()
    return "" if decision is None else output_name(decision, column, alone=len(outputs) == 1)


def _rule(given: Given, source: Source, rule: Node, number: int, columns: tuple[int, int]) -> Iterator[Problem]:
    for tag, wanted in zip(("inputEntry", "outputEntry"), columns, strict=True):
        cells = list(rule.iterchildren(f"{{*}}{tag}"))
        if len(cells) != wanted:
            yield problem(
                RULE, source, rule, f"Row {number} has {len(cells)} of {wanted} {tag[:-5]} cells; fill the row, '-' means any value."
            )
        for column, cell in enumerate(cells, 1):
            has_text = next(cell.iterchildren("{*}text"), None) is not None
            fault = _cell_fault(given, cell, tag) if has_text else "it has no <text>."
            if fault:
                message = f"Row {number}, {tag[:-5]} {column} is refused: {fault}"
                yield problem(RULE, source, cell, message, line=line_of(next(cell.iterchildren("{*}text"), cell)))


def _cell_fault(given: Given, cell: Node, tag: str) -> str | None:
    text = _text(cell).strip()
    if tag == "inputEntry":
        if text in ("", "-"):
            return None
        return not_feel(cell) or _refused(given, f"? {text}" if text.startswith(ABBREVIATED) else text)
    if "?" in text and expressions.check_expression(text) is None and expressions.INPUT in expressions.names(text).variables:
        return "'?' is the input value of a cell; in an output name the variable instead."
    return _fault(given, cell) if text else "an output cell may not be empty; write a value, such as 0, '' or None."


def _fault(given: Given, element: Node | None, *, brackets: bool = False) -> str | None:
    text = _text(element).strip()
    if element is None or not text:
        return "it is empty; name a variable."
    return not_feel(element) or _refused(given, f"[{text}]" if brackets else text)


def _refused(given: Given, text: str) -> str | None:
    return expressions.check_expression(text, given.functions)


def _label(column: Node) -> str:
    return column.get("label") or column.get("name") or column.get("id") or "?"


def texts_of(decision: Node) -> Iterator[str]:
    """The expressions of the input columns and the output cells, or the literal expression."""
    for part in decision.iter("{*}inputExpression", "{*}outputEntry", "{*}literalExpression"):
        yield text_of_cell(part)


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
