"""How long each clock may run: DMN-05 `sla_targets`, and which clocks a level asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import decisions, expression_functions
from engine.bpmn import decision_files
from engine.extensions import calendar_of

TABLE = "sla_targets"
REGULATORY = "C-REG"  # its target comes from DMN-16, its thresholds are these, and it is never paused
REGULATORY_THRESHOLDS = (50, 80, 100)

ENGAGEMENT = "C-ENGAGE"
# processes.md 2.3: who steps in from which level on. key of C-ENGAGE: (level, task)
ENGAGEMENTS: Mapping[str, tuple[int, str]] = {
    "manager": (2, "ut_manager_engage"),
    "kickoff": (3, "ut_crossdept_kickoff"),
    "exec": (4, "ut_exec_sponsor"),
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of DMN-05."""

    target: str
    thresholds: Sequence[int]
    pausable: bool


_known: dict[tuple[str, str, int], Rule | None] = {}  # by the content of the table: never stale
CACHED = 4096


def rule(session: Session, clock: str, level: int) -> Rule | None:
    """What the live table says about a clock at a level; None: the clock is not used at that level."""
    sha256, table = decisions.live(session, TABLE)
    name = (sha256, clock, level)
    if name not in _known:
        if len(_known) >= CACHED:
            _known.clear()
        _known[name] = _ask(session, table, {"clock": clock, "level": level})
    return _known[name]


def _ask(session: Session, table: decision_files.Decision, inputs: Mapping[str, Any]) -> Rule | None:
    functions = expression_functions.build(calendar_of(session))
    result = decision_files.evaluate(table, inputs, functions).result
    if result["target"] is None:
        return None  # a blank cell of the matrix
    return Rule(target=result["target"], thresholds=tuple(int(p) for p in result["thresholds"]), pausable=bool(result["pausable"]))


def engagements(level: int) -> list[str]:
    """The keys of C-ENGAGE a level asks for."""
    return [key for key, (from_level, _) in ENGAGEMENTS.items() if level >= from_level]
