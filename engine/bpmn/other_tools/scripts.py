"""Script tasks that are an expression with a name for its value."""

from lxml import etree

from engine.bpmn.expressions import LANGUAGE, check_expression
from engine.bpmn.other_languages import is_feel
from engine.bpmn.other_tools.reading import Node, bpmn, drop, expression_of, parts, remove, said
from engine.bpmn.xml import BPMN, children, line_of

_UNIFIED = ("juel", "uel", "el")


def understand(root: Node) -> None:
    """In place."""
    for task in bpmn(root, "scriptTask"):
        for part in parts(task, "zeebe:script"):
            if _becomes(task, part.get("resultVariable", ""), expression_of(part.get("expression", ""))):
                remove(part)
        variable = said(task, "resultVariable")
        for script in children(task, "script"):
            text = "".join(str(one) for one in script.itertext()).strip()
            if variable and _becomes(task, variable, _said(text, task.get("scriptFormat", ""))):
                drop(task, "resultVariable")


def _said(text: str, language: str) -> str | None:
    if language.lower() in _UNIFIED or is_feel(language):
        return expression_of(text if language.lower() in _UNIFIED else f"={text}")
    return text if "python" in language.lower() or language == LANGUAGE else None


def _becomes(task: Node, variable: str, expression: str | None) -> bool:
    if not variable.isidentifier() or expression is None or check_expression(expression) is not None:
        return False
    for old in list(children(task, "script")):
        task.remove(old)
    script = etree.SubElement(task, f"{{{BPMN}}}script")
    script.text = f"{variable} = {expression}"
    script.sourceline = line_of(task)  # type: ignore[assignment]  # the stubs know no type for it
    task.set("scriptFormat", LANGUAGE)
    return True
