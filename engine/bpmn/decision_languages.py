"""Decisions of other tools, spelled out before anybody reads them: FEEL is said in our expression language.

A DMN file that names no language is written in FEEL (DMN 1.3, 6.3.2). What cannot be read as FEEL there is left as it is: it
may be ours, as modelers write it who think of Python. What is neither is marked as FEEL, for the rules to refuse.
"""

from collections.abc import Collection

from lxml import etree

from engine.bpmn import feel
from engine.bpmn.expressions import LANGUAGE, check_expression
from engine.bpmn.other_languages import is_feel
from engine.bpmn.xml import REDRESS, local

Node = etree._Element

TEXTS = ("inputExpression", "inputEntry", "outputEntry", "defaultOutputEntry", "outputValues", "inputValues", "literalExpression")
MOST_NAMES = 500
"""Different names with spaces in a file; of a file with more, none is known, so that the texts with them are refused."""
NO_ROW = f"{{{REDRESS}}}noRow"
_DATES = {"date": "date", "dateTime": "datetime", "date and time": "datetime"}


def spell_out(root: Node) -> Node:
    """Say every text of a DMN file in our language, in place, and what no row means in it."""
    of_file = (root.get("expressionLanguage") or "").strip()
    names = {name for one in root.iter("{*}decision", "{*}inputData", "{*}variable") if " " in (name := one.get("name") or "")}
    names = names if len(names) <= MOST_NAMES else set()  # every text is searched for all of them
    for element in root.iter(*(f"{{*}}{tag}" for tag in TEXTS)):
        language = (element.get("expressionLanguage") or of_file).strip()
        if not language or is_feel(language):
            _say(element, names, sure=bool(language))
    if not of_file or is_feel(of_file):
        root.set("expressionLanguage", LANGUAGE)
        for table in root.iter("{*}decisionTable"):
            if not table.get(NO_ROW):
                table.set(NO_ROW, "nothing")
    return root


def fault(element: Node) -> str | None:
    """Why a text that is marked as FEEL is refused; None for every other text."""
    if not is_feel(element.get("expressionLanguage") or ""):
        return None
    try:
        said = _said(element, text_of(element), ())
    except feel.NotUnderstood as error:
        return f"as FEEL it is not understood: {error}"
    return check_expression(said)


def text_of(element: Node | None) -> str:
    """The <text> of an element."""
    found = None if element is None else next(element.iterchildren("{*}text"), None)
    return "" if found is None else "".join(str(part) for part in found.itertext())


def _say(element: Node, names: Collection[str], *, sure: bool) -> None:
    text = text_of(element)
    try:
        said = _said(element, text, names)
        understood = said in ("", "-") or check_expression(said) is None
    except feel.NotUnderstood:
        understood = False
    if understood:
        _write(element, said)
        if element.get("expressionLanguage"):
            del element.attrib["expressionLanguage"]
    elif sure or check_expression(_ours(element, text)) is not None:
        element.set("expressionLanguage", "FEEL")


def _said(element: Node, text: str, names: Collection[str]) -> str:
    tag, bare, known = local(element), text.strip(), names
    if tag in ("inputEntry", "inputValues"):
        return feel.unary_tests(bare, known)
    if tag == "outputValues":
        return feel.expression(f"[{bare}]", known)[1:-1] if bare else ""
    if not bare or bare == "-":
        return "None" if tag == "outputEntry" else ""
    said = feel.expression(bare, known)
    column = (element.get("typeRef") or "").rpartition(":")[2]
    if tag == "inputExpression" and column in _DATES:
        return f"(None if {said} == None else {_DATES[column]}({said}))"  # JSON knows no dates: they come as text
    return said


def _ours(element: Node, text: str) -> str:
    bare = text.strip()
    if local(element) in ("inputEntry", "inputValues") and bare.startswith(("<", ">", "==", "!=", "in ", "not in ")):
        return f"? {bare}"
    return f"[{bare}]" if local(element) == "outputValues" else bare


def _write(element: Node, said: str) -> None:
    found = next(element.iterchildren("{*}text"), None)
    if found is None:
        found = etree.SubElement(element, f"{element.tag.rpartition('}')[0]}}}text")
        found.sourceline = element.sourceline
    for child in list(found):
        found.remove(child)
    found.text = said
