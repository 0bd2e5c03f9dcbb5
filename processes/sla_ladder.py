"""The escalation ladder of one deadline: what has happened at each share of its time, and what will (DMN-10 `escalation_ladder`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from engine import decisions, expression_functions
from engine.bpmn import decision_files
from engine.extensions import calendar_of
from processes import sla_rows
from processes.tables.supervision import SlaClock

TABLE = "escalation_ladder"
CACHED = 1024
State = Literal["reached", "passed", "next", "ahead"]


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One share of the time, in percent: `reached` when it fired, `passed` when a new level had gone by it already.

    `at`: when it fired, else when it will; None while a pause holds it. `action` is the word of the table (`remind`, `warn`,
    `breach_supervise`, ...), `notify` whom it tells (roles, or `assignee`), `tier` and `supervisor` who decides then, if anybody.
    """

    percent: int
    state: State
    at: datetime | None
    action: str = ""
    notify: Sequence[str] = ()
    tier: int = 0
    supervisor: str | None = None


def of_clocks(session: Session, rows: Collection[SlaClock]) -> Mapping[str, Sequence[Rung]]:
    """The rungs of deadlines from the lowest on, by id of the deadline; the table is looked up once."""
    running = any(row.stop is None for row in rows)
    table = decisions.live(session, TABLE) if running else None
    return {row.id: _climbed(row) if row.stop is not None or table is None else _rungs(session, row, *table) for row in rows}


def _climbed(row: SlaClock) -> Sequence[Rung]:
    """One that has ended climbs no further: only what fired is left."""
    return [_reached(entry) for entry in sorted(row.fired, key=lambda entry: int(entry["percent"]))]


def _rungs(session: Session, row: SlaClock, sha256: str, table: decision_files.Decision) -> Sequence[Rung]:
    fired = {entry["percent"]: entry for entry in row.fired}
    ahead = [percent for percent in sorted(row.thresholds) if percent not in fired and percent not in row.done]
    found = []
    for percent in sorted({*row.thresholds, *fired}):
        if percent in fired:
            found.append(_reached(fired[percent]))
        else:
            found.append(_coming(session, row, percent, _said(session, sha256, table, row.level, percent), ahead))
    return found


def _reached(entry: Mapping[str, Any]) -> Rung:
    return Rung(percent=entry["percent"], state="reached", at=entry["at"], **_effect(entry))


def _coming(session: Session, row: SlaClock, percent: int, said: Mapping[str, Any], ahead: Sequence[int]) -> Rung:
    if percent not in ahead:
        return Rung(percent=percent, state="passed", at=None, **_effect(said))
    state: State = "next" if percent == ahead[0] else "ahead"
    return Rung(percent=percent, state=state, at=sla_rows.instant(session, row, percent), **_effect(said))


def _effect(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": said.get("action") or "",
        "notify": tuple(said.get("notify") or ()),
        "tier": int(said.get("tier") or 0),
        "supervisor": said.get("supervisor"),
    }


_known: dict[tuple[str, int, int], Mapping[str, Any]] = {}  # by the content of the table: never stale


def _said(session: Session, sha256: str, table: decision_files.Decision, level: int, percent: int) -> Mapping[str, Any]:
    """The row of the table; nothing for a share it does not know."""
    name = (sha256, level, percent)
    if name not in _known:
        if len(_known) >= CACHED:
            _known.clear()
        functions = expression_functions.build(calendar_of(session))
        _known[name] = decision_files.evaluate(replace(table, must_hold=False), {"level": level, "pct": percent}, functions).result
    return _known[name]
