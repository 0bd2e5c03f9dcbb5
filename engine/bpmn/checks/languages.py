"""The language of expressions and scripts: ours, and Python where it is the same. Another would be run as if it were ours."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Source, problem, warning
from engine.bpmn.checks.texts import BY_TAG, Text, all_of
from engine.bpmn.expressions import LANGUAGE, is_iso_timer
from engine.bpmn.other_languages import is_feel
from engine.bpmn.xml import children, extension, is_bpmn, local
from engine.errors import Problem

RULE = "languages"

# What modelers write who mean Python: our language is a part of it, and what lies outside that part is refused by `expressions`.
PYTHON = frozenset(
    {
        *("python", "python3", "text/python", "text/x-python", "application/python", "application/x-python", "application/x-python-code"),
        *(f"{scheme}://{host}{slash}" for scheme in ("http", "https") for host in ("python.org", "www.python.org") for slash in ("", "/")),
    }
)
# A modeler writes this standard default; a file that says it has not chosen a language.
XPATH = "http://www.w3.org/1999/XPath"


def is_ours(language: str) -> bool:
    """Whether this names the language that is executed."""
    return language == LANGUAGE or language.lower() in PYTHON


def says_another(text: Text) -> bool:
    """Whether a text says of itself that it is written in a language that is not executed."""
    said = (text.node.get("language") or (text.owner.get("scriptFormat") if text.kind == "script" else "") or "").strip()
    return bool(said) and not is_ours(said) and not (text.kind == "timer" and is_iso_timer(text.text))


def check(given: Given) -> Iterator[Problem]:
    """expressionLanguage, scriptFormat and the language of single expressions, in BPMN and DMN."""
    for source in (*given.diagrams, *given.tables):
        apart = {part for process in source.beside() for part in process.iter("*")}
        for element in source.root.iter("*"):
            if element in apart:
                continue
            for attribute in ("expressionLanguage", "scriptFormat", "language"):
                said = (element.get(attribute) or "").strip()
                if element is source.root and is_bpmn(element) and not _has_expressions(given, source):
                    continue  # nothing is written in it
                if is_bpmn(element) and BY_TAG.get(local(element)) == "timer" and is_iso_timer(element.text or ""):
                    continue  # ISO 8601 is the same in every language
                if not is_bpmn(element) and is_feel(said):
                    continue  # what of it cannot be said in our language is refused with its place, by decision_tables
                if said and not is_ours(said) and not (said == XPATH and is_bpmn(element) and attribute == "expressionLanguage"):
                    message = f"{attribute} is '{said}'; expressions and scripts are written in '{LANGUAGE}'. Rewrite them and say so."
                    yield problem(RULE, source, element, message)
            if is_bpmn(element) and local(element) == "scriptTask":
                if next(children(element, "script"), None) is not None and not element.get("scriptFormat"):
                    message = f'The script task does not say its language; it is read as scriptFormat="{LANGUAGE}". Say so.'
                    yield warning(RULE, source, element, message)
                if extension(element, "resultVariable"):
                    yield problem(RULE, source, element, "A script sets its variables itself; remove redress:resultVariable.")


def _has_expressions(given: Given, source: Source) -> bool:
    """Whether a text is written in the language the whole file says; ISO 8601 is none."""
    written = (one for one in all_of(given) if one.source is source and local(one.node) in BY_TAG and one.kind != "script")
    return any(not one.node.get("language") and not is_iso_timer(one.text) for one in written)
