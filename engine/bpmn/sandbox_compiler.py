"""Compiled text, remembered: the door between what was written and `sandbox_transformer`."""

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from engine.bpmn import sandbox_syntax as syntax
from engine.bpmn.sandbox_budget import ExpressionError
from engine.bpmn.sandbox_transformer import Transformer

INPUT = "?"
"""The key under which the input value of a decision cell is passed among the variables."""
_INPUT_NAME = "ʔ"
"""A letter that stands for `?` in the code. It is as wide as `?`, so columns stay true, and no keyboard has it."""
EXPRESSION_LENGTH = 2_000
SCRIPT_LENGTH = 10_000
REMEMBERED = 4_096
_ESCAPES = frozenset("\n\\'\"abfnrtv01234567xNuU")
_RAW = re.compile(r"(?<!\w)(?:r|rf|fr)$", re.IGNORECASE)
_NEVER_CLOSED = re.compile(r"^('.') was never closed")
_PLAIN = {  # what Python says, in words for who draws diagrams
    "unterminated": "a text is not closed",
    "f-string": "a text with braces in it is not closed",
    "unmatched": "a bracket is closed that was not opened",
    "does not match": "a bracket is closed by another one",
    "indent": "a line begins too far to the right or to the left",
    "literal": "a number is not written as one",
    "invalid character": "there is a character that means nothing here",
    "non-printable": "there is a character that cannot be seen",
    "line continuation": "there is a backslash",
    "expected 'else'": "an 'else' is missing",
    "expected ':'": "a ':' is missing",
    "cannot assign": "nothing can be set there",
    "outside loop": "there is no loop around it that could be left or go on",
    "nested blocks": "too many blocks stand inside each other",
}
_TOO_DEEP = "This is nested too deep to be read; use several shorter steps."
FILENAME = "<redress>"
# texts in quotes, also those that nobody closed: then the rest is not searched again for each of its quotes
_TEXT = "|".join(
    [rf"{quote * 3}(?:\\.|[^\\])*?(?:{quote * 3}|\\?\Z)" for quote in "'\""]
    + [rf"{quote}(?:\\.|[^{quote}\\\n])*(?:{quote}|(?=\n)|\\?\Z)" for quote in "'\""]
)
_TEXT_COMMENT_OR_INPUT = re.compile(rf"(?P<kept>{_TEXT})|\#[^\n]*|\n|(?P<input>\?)", re.DOTALL)
_NUMBER_THEN_WORD = re.compile(r"(?<![\w.])\d\w*?(?:and|else|for|if|in|is|not|or)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """Code with what it needs. `scope` holds its guards and numbers and is copied for each evaluation."""

    code: CodeType
    scope: dict[str, Any]
    variables: tuple[tuple[str, str], ...]
    """(name in the code, key among the variables) of everything read."""
    assigned: tuple[str, ...]
    removed: frozenset[str]
    """Names that a `del` takes away if it is reached."""
    bound: frozenset[str]
    """Names that loops and comprehensions bind."""
    calls: frozenset[str]
    guarded: bool
    changes: bool
    """Whether it can change a list or data in place."""


@lru_cache(REMEMBERED)
def compile_expression(text: str) -> Compiled:
    """A condition, a decision cell, a due date. ExpressionError says what is wrong with it."""
    _check_length(text, EXPRESSION_LENGTH)
    source = _TEXT_COMMENT_OR_INPUT.sub(_one_line, text.strip()).strip()
    if not source:
        raise ExpressionError("There is nothing to compute here.")
    return _compile(source, mode="eval", place=syntax.EXPRESSION, allowed=syntax.ALLOWED_IN_EXPRESSIONS)


@lru_cache(REMEMBERED)
def compile_script(text: str) -> Compiled:
    """A script task. ExpressionError names the line within the script."""
    _check_length(text, SCRIPT_LENGTH)
    # the text of an XML element often begins on the second line and is indented; counting lines from its own first line is kept
    source = textwrap.dedent(text.replace("\t", "    ")).rstrip()
    return _compile(source + "\n", mode="exec", place=syntax.SCRIPT, allowed=syntax.ALLOWED_IN_SCRIPTS)


def _one_line(found: re.Match[str]) -> str:
    """An expression is one line, wherever the XML breaks it; `?` outside of texts becomes a name."""
    if found["input"]:
        return _INPUT_NAME
    return found["kept"] or " "


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise ExpressionError(f"This is longer than {most:,} characters; divide it into several steps.")


def _compile(text: str, *, mode: str, place: str, allowed: frozenset[type[ast.AST]]) -> Compiled:
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    _check_escapes(source)
    _check_numbers(source)
    tree = _parse(source, mode=mode, place=place)
    syntax.check_depth(tree)
    transformer = Transformer(source, allowed, place=place)
    try:
        tree = ast.fix_missing_locations(transformer.visit(tree))
        code = compile(tree, FILENAME, mode)
    except RecursionError as error:
        raise ExpressionError(_TOO_DEEP) from error
    except SyntaxError as error:  # what only the compiler sees: `break` outside of a loop, loops in loops in loops
        raise ExpressionError(f"This is not {place}: {_reason(error)}.", error.lineno) from error
    return Compiled(
        code=code,
        scope=transformer.scope,
        variables=tuple((name, INPUT if name == _INPUT_NAME else name) for name in sorted(transformer.read)),
        assigned=tuple(sorted(name for name in transformer.assigned if name != "_")),
        removed=frozenset(transformer.removed),
        bound=frozenset(transformer.bound),
        calls=frozenset(transformer.calls),
        guarded=transformer.guarded,
        changes=transformer.changes,
    )


def _check_escapes(source: str) -> None:
    """Python only warns of an unknown escape, and some day will not; a text means one thing."""
    for found in _TEXT_COMMENT_OR_INPUT.finditer(source):
        raw = _RAW.search(source, max(0, found.start() - 3), found.start())
        if found["kept"] and not raw and any(escape[1] not in _ESCAPES for escape in re.findall(r"\\.", found["kept"], re.DOTALL)):
            raise ExpressionError("In a text a backslash is written twice: \\\\.", source.count("\n", 0, found.start()) + 1)


def _check_numbers(source: str) -> None:
    """Python only warns of a word that is stuck to a number (`1if x`), and some day will not."""
    bare = _TEXT_COMMENT_OR_INPUT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    found = _NUMBER_THEN_WORD.search(bare)
    if found:
        raise ExpressionError(f"Behind a number there is a space, unlike in '{found[0]}'.", bare.count("\n", 0, found.start()) + 1)


def _parse(source: str, *, mode: str, place: str) -> ast.AST:
    try:
        return ast.parse(source, FILENAME, mode)
    except SyntaxError as error:
        raise ExpressionError(_sentence(source, error, mode=mode, place=place), error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError(_TOO_DEEP) from error
    except ValueError as error:
        raise ExpressionError("This holds a character that cannot be read.") from error


def _sentence(source: str, error: SyntaxError, *, mode: str, place: str) -> str:
    """Why this is no expression or script, with a hint where it looks like another language."""
    bare = _TEXT_COMMENT_OR_INPUT.sub(lambda found: '""' if found["kept"] else found[0], source)
    hints = (("&&", "write 'and' instead of '&&'"), ("||", "write 'or' instead of '||'"), ("!", "write 'not' instead of '!'"))
    for token, hint in hints:
        if token in bare.replace("!=", ""):
            return f"This is not {place}: {hint}."
    near = _near(source, error)
    if mode == "eval" and (re.match("=(?!=)", near) or "'=='" in error.msg or "assign" in error.msg):
        return f"This is not {place}: write '==' to compare; nothing can be set here."
    at = f", near '{near}'" if near else ""
    return f"This is not {place}: {_reason(error)}{at}."


def _reason(error: SyntaxError) -> str:
    """In words for who wrote it: those of the compiler speak of its own matters."""
    closed = _NEVER_CLOSED.search(error.msg)
    if closed:
        return f"{closed[1]} was never closed"
    return next((plain for mark, plain in _PLAIN.items() if mark in error.msg), "it cannot be read")


def _near(source: str, error: SyntaxError) -> str:
    lines = source.splitlines()
    if error.lineno is None or error.offset is None or not 0 < error.lineno <= len(lines):
        return ""
    return lines[error.lineno - 1][max(0, error.offset - 1) :].strip()[:20].replace(_INPUT_NAME, INPUT)
