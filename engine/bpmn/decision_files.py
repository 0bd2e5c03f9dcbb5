"""Decisions outside of a diagram: read a `.dmn` file once, ask it as often as one likes.

The same rules as for a business rule task (`decisions.py`).
"""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn import decisions, expressions
from engine.bpmn.decision_languages import spell_out
from engine.bpmn.decision_parser import parse_decisions
from engine.bpmn.decisions import Ask, Decision, DecisionFailed, Outcome, from_plain
from engine.bpmn.xml import safe_root
from engine.errors import ExecutionFailed

__all__ = ["Decision", "Outcome", "evaluate", "read"]

Functions = Mapping[str, Callable[..., Any]]


def read(file: str, content: bytes) -> Decision:
    """The decision of a file: of several, the one named like the file, else the last one that no other requires.

    Raises InvalidDeployment.
    """
    found = parse_decisions({file: spell_out(safe_root(file, content))})
    stem = PurePosixPath(file).stem
    required = {one["id"] for _, plain in found.values() for one in plain.get("requires", ())}
    chosen = stem if stem in found else [name for name in found if name not in required][-1]
    return from_plain(found[chosen][1])


def evaluate(decision: Decision, variables: Mapping[str, Any], functions: Functions) -> Outcome:
    """Ask a decision. Raises ExecutionFailed when a text cannot be evaluated, or the rows that hold are not what they must be."""
    try:
        return decisions.evaluate(decision, variables, _asking(variables, functions))
    except DecisionFailed as error:
        raise ExecutionFailed(element=decision.id, reason=str(error), line=None) from error


def _asking(variables: Mapping[str, Any], functions: Functions) -> Ask:
    return lambda text, known: expressions.evaluate(text, {**variables, **known}, functions=functions)
