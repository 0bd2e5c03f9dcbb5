"""Expressions of other languages, of the simple kind, said in ours: FEEL (`=a and b`), and JUEL as in `${a && b}`.

FEEL is parsed (`feel`); JUEL is translated word by word: comparisons, logic, arithmetic, literals. What would mean something
else in our language, or is more than that, is left as it stands, for the rules to refuse.
"""

import re
from collections.abc import Iterator

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
# Two calls that are a name and a comparison.
_READ = re.compile(r"""execution\.getVariable\(\s*["'](\w+)["']\s*\)""")
_EQUALS = re.compile(r"""([^\W\d][\w.]*)\.equals\(\s*('[^']*'|"[^"]*"|[\w.]+)\s*\)""")
_JUEL = {
    "true": "True",
    "false": "False",
    "null": "None",
    "&&": "and",
    "||": "or",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}
_WORDS = frozenset({"and", "or", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod"})
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
    return _checked(_feel(text) if is_feel(language) else _literals(text))


def _literals(text: str) -> str | None:
    """`true`, `false` and `null`, which other languages write small; None when there are none of them."""
    tokens = [match[0] for match in _TOKEN.finditer(text)]
    small = {"true", "false", "null"}
    said = [_JUEL[token] if token in small and before != "." else token for before, token in zip(["", *tokens], tokens, strict=False)]
    return "".join(said) if said != tokens else None


def _feel(text: str) -> str | None:
    try:
        return feel.expression(text)
    except feel.NotUnderstood:
        return None


def _juel(text: str) -> str | None:
    plain = _EQUALS.sub(r"(\1 == \2)", _READ.sub(r"\1", text.strip()))
    tokens = [match[0] for match in _TOKEN.finditer(plain)]
    if any(token in _BEYOND_JUEL for token in tokens):
        return None
    return "".join(_said(tokens))


def _said(tokens: list[str]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token in ("!", "not", "empty"):
            end = _operand(tokens, at)
            yield f" (not {''.join(_said(tokens[at:end]))}) "
            at = end
        else:
            said = _JUEL.get(token, token)
            yield f" {said} " if said != token and said in ("and", "or") else said


def _operand(tokens: list[str], at: int) -> int:
    """Where the operand of a negation ends: `!` binds closer than anything, our `not` negates the comparison behind it."""
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at < len(tokens) and tokens[at] in ("!", "not", "empty"):
        return _operand(tokens, at + 1)
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        goes_on = token in ".([" or (token[0].isalnum() or token[0] in "_'\"") or (depth > 0)
        if not goes_on or (depth == 0 and token in _WORDS):
            break
        depth += (token in "([") - (token in ")]")
        at += 1
    return at


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
