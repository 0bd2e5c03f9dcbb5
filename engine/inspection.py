"""The files of a deployment, read, checked and compiled: here, or apart when strangers have sent them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import apart, apart_limits, expression_functions, forms
from engine.bpmn import compiler
from engine.bpmn.compiler import Compiled
from engine.errors import InvalidDeployment, Problem

RULE = "too_costly"
MOST_TOLD = 500
"""Problems of one deployment that are told."""
Files = Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What the files give (None when they cannot be deployed), and everything there is to say about them."""

    compiled: Compiled | None
    problems: Sequence[Problem]


def inspect(files: Files, topics: frozenset[str] | None) -> Inspected:
    """Check and compile. `topics`: those that have a handler, None when any is good."""
    problems = [problem for name in sorted(files) if name.endswith(".form") for problem in forms.problems(files[name], file=name)]
    try:
        compiled = compiler.compile_files(files, functions=frozenset(expression_functions.NAMES), topics=topics)
    except InvalidDeployment as refusal:
        return Inspected(compiled=None, problems=_first([*refusal.problems, *problems]))
    wrong = any(problem.severity == "error" for problem in problems)
    return Inspected(compiled=None if wrong else compiled, problems=_first([*compiled.warnings, *problems]))


def _first(problems: Sequence[Problem]) -> Sequence[Problem]:
    """As many as somebody may read."""
    left = len(problems) - MOST_TOLD
    if left <= 0:
        return problems
    message = f"There are {left:,} more problems; correct these first."
    severity = "error" if any(problem.severity == "error" for problem in problems) else "warning"
    return [*problems[:MOST_TOLD], Problem(code="MORE", message=message, rule="files", severity=severity)]


def inspect_apart(files: Files, topics: frozenset[str] | None) -> Inspected:
    """The same in a process of its own: files that want too much are refused like others, and harm nobody. Raises Conflict."""
    try:
        return apart.call(inspect, dict(files), topics)
    except apart.Ended as ended:
        return Inspected(compiled=None, problems=[_too_costly() if ended.by_limit else _unreadable()])


def _too_costly() -> Problem:
    message = (
        f"These files want more than {apart_limits.SECONDS} seconds or {apart_limits.MEMORY // 10**6:,} MB to be checked. "
        "Make them smaller, or deploy fewer at once."
    )
    return Problem(code=RULE.upper(), message=message, rule=RULE)


def _unreadable() -> Problem:
    message = "These files cannot be read. Open them one by one in the editor, save them again, and compare."
    return Problem(code="INVALID_DIAGRAM", message=message, rule="executable")
