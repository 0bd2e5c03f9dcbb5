"""The language of expressions and scripts: ours. Another would be run as if it were ours."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, problem
from engine.bpmn.expressions import LANGUAGE
from engine.bpmn.xml import extension, is_bpmn, local
from engine.errors import Problem

RULE = "languages"

# A modeler writes this standard default; a file that says it has not chosen a language.
XPATH = "http://www.w3.org/1999/XPath"


def check(given: Given) -> Iterator[Problem]:
    """expressionLanguage, scriptFormat and the language of single expressions, in BPMN and DMN."""
    for source in (*given.diagrams, *given.tables):
        for element in source.root.iter("*"):
            for attribute in ("expressionLanguage", "scriptFormat", "language"):
                said = element.get(attribute)
                if said and said not in (LANGUAGE, XPATH if is_bpmn(element) and attribute == "expressionLanguage" else LANGUAGE):
                    message = f"{attribute} is '{said}'; expressions and scripts are written in '{LANGUAGE}'. Rewrite them and say so."
                    yield problem(RULE, source, element, message)
            if is_bpmn(element) and local(element) == "scriptTask" and not element.get("scriptFormat"):
                yield problem(RULE, source, element, f'The script task does not say its language; set scriptFormat="{LANGUAGE}".')
            if is_bpmn(element) and local(element) == "scriptTask" and extension(element, "resultVariable"):
                yield problem(RULE, source, element, "A script sets its variables itself; remove redress:resultVariable.")
