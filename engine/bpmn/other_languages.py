"""Expressions of other languages, of the simple kind, said in ours: FEEL (`=a and b`), and JUEL as in `${a && b}`.

FEEL is parsed (`feel`); JUEL is translated word by word: comparisons, logic, arithmetic, literals. What would mean something
else in our language, or is more than that, is left as it stands, for the rules to refuse.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from engine.bpmn import feel
from engine.bpmn.expressions import LANGUAGE, check_expression
from engine.bpmn.xml import BPMN, is_bpmn, local

Node = etree._Element

EVALUATED = frozenset(
    {
        "conditionExpression",
        "completionCondition",
        "activationCondition",
        "loopCondition",
        "loopCardinality",
        "condition",
        "timeDate",
        "timeDuration",
        "timeCycle",
        "transformation",
        "from",
    }
)
_BRACES = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
_TOKEN = re.compile(r"""\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+\.\d+|\d+|[^\W\d]\w*|&&|\|\||[<>=!]=|\*\*|\.\.|.""", re.DOTALL)
_JUEL = {
    "true": "True",
    "false": "False",
    "null": "None",
    "&&": "and",
    "||": "or",
    "!": "not",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
    "empty": "not",
}
# Words and signs that mean more than a translation word by word can say, or something else in our language.
_BEYOND_JUEL = frozenset({"?", ":", "instanceof", "execution", "..", "**", "lambda", "is", "="})


def translate(root: Node) -> None:
    """Say every translatable expression of a file in our language, in place."""
    of_file = root.get("expressionLanguage", "")
    for element in list(root.iter("*")):
        if is_bpmn(element) and local(element) in EVALUATED and element.text and not len(element):
            language = element.get("language") or of_file
            said = translated(element.text.strip(), language)
            if said is not None:
                element.text = said
                if element.get("language"):
                    element.set("language", LANGUAGE)
    if is_feel(of_file) and not _remaining(root):
        root.set("expressionLanguage", LANGUAGE)


def is_feel(language: str) -> bool:
    """Whether this names FEEL, in one of the ways it is written."""
    return "feel" in language.strip().lower().split("/")


def translated(text: str, language: str = "") -> str | None:
    """The expression in our language; None when it is ours already or cannot be said in it."""
    inside = _BRACES.fullmatch(text)
    if inside is not None:
        return _checked(_juel(inside[1]))
    if text.startswith("=") and not text.startswith("=="):
        return _checked(_feel(text[1:]))
    return _checked(_feel(text)) if is_feel(language) else None


def _feel(text: str) -> str | None:
    try:
        return feel.expression(text)
    except feel.NotUnderstood:
        return None


def _juel(text: str) -> str | None:
    tokens = [match[0] for match in _TOKEN.finditer(text.strip())]
    if any(token in _BEYOND_JUEL for token in tokens) or _negates_first(tokens):
        return None
    return "".join(_spaced(tokens))


def _negates_first(tokens: list[str]) -> bool:
    """`!a == b` compares what was negated; our `not` would negate the comparison."""
    bare = [token for token in tokens if token.strip()]
    negated = any(token in ("!", "empty") and following != "(" for token, following in pairwise(bare))
    return negated and any(token in ("==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge") for token in bare)


def _spaced(tokens: list[str]) -> Iterator[str]:
    for token in tokens:
        said = _JUEL.get(token, token)
        yield f" {said} " if said != token and said in ("and", "or", "not") else said


def _checked(text: str | None) -> str | None:
    bare = None if text is None else text.strip()
    return None if not bare or check_expression(bare) is not None else bare


def _remaining(root: Node) -> bool:
    """Whether an expression of the file's own language could not be translated."""
    for element in root.iter(*(f"{{{BPMN}}}{kind}" for kind in EVALUATED)):
        text = (element.text or "").strip()
        if text and not element.get("language") and check_expression(text) is not None and local(element)[:4] != "time":
            return True
    return False
