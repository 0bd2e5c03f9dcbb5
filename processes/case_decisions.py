"""Why tables said what they said about a case: the engine's explanations with the words of the tables, and who decided otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import decision_instances, decision_tables
from engine.decision_instance_tables import DecisionInstance
from engine.decision_tables import TableWords
from processes.case_file import CaseFile
from processes.tables.correspondence import DecisionRecord


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something a table asked about: the label of its column (it may hold two languages), the variable, its value then.

    `cell` is what stands in the rule that held; None where every value would have done.
    """

    label: str
    name: str
    value: Any
    cell: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that held, by its number in the table, with the facts that made it hold; none for a rule that always holds."""

    number: int
    because: Sequence[Fact]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What a table said about a case. `missed`: the other rules by the column that did not hold. `words` is None when the file is gone.

    `overruled` is what a person decided instead, with "by", "reason" and "at". `shortened`: the values were too large to be kept whole.
    """

    decision: str
    instance_id: str
    at: datetime
    rules: Sequence[Rule]
    asked: Sequence[Fact]
    missed: Mapping[str, Sequence[int]]
    said: Sequence[Fact]
    words: TableWords | None
    overruled: Mapping[str, Any] | None
    shortened: bool


def of_case(session: Session, case: CaseFile) -> Sequence[Explained]:
    """Every table that was asked in the processes of a case, oldest first; the same answer given again is told once, the last time.

    A fixed number of statements. Values are copies of the case's data: whoever shows them masks what its reader reads masked.
    """
    instances = {one.id: one for one in case.instances}
    evaluations = decision_instances.of_roots(session, {one.root_id for one in case.instances})
    tables = decision_tables.of_deployments(session, {one.deployment_id for one in case.definitions.values()})
    overruled = _overruled(case.decisions)
    found: dict[tuple[Any, ...], Explained] = {}
    for one in evaluations:
        instance = instances[one.instance_id]
        words = tables.get((case.definitions[instance.definition_id].deployment_id, one.decision_id))
        explained = _explained(one, words, overruled)
        key = (one.decision_id, bool(explained.overruled), tuple(rule.number for rule in explained.rules), repr(explained.said))
        found.pop(key, None)
        found[key] = explained
    return list(found.values())


def _overruled(records: Sequence[DecisionRecord]) -> dict[tuple[str, str | None], Mapping[str, Any]]:
    return {(one.decision, one.instance_id): one.overruled for one in records if one.overruled}


def _explained(one: DecisionInstance, words: TableWords | None, overruled: Mapping[tuple[str, str | None], Mapping[str, Any]]) -> Explained:
    kept = one.explanation
    values = {given["text"]: given["value"] for given in kept["inputs"]}
    missed: dict[str, list[int]] = {}
    for row in kept["missed"]:
        missed.setdefault(_label(words, row["input"]), []).append(row["row"])
    return Explained(
        decision=one.decision_id,
        instance_id=one.instance_id,
        at=one.evaluated_at,
        rules=[_rule(number, values, words) for number in kept["rows"]],
        asked=[Fact(label=_label(words, name), name=name, value=value) for name, value in values.items()],
        missed=missed,
        said=[
            Fact(label=(words.outputs if words else {}).get(name, name), name=name, value=value) for name, value in kept["outputs"].items()
        ],
        words=words,
        overruled=overruled.get((one.decision_id, one.instance_id)),
        shortened=kept["shortened"],
    )


def _rule(number: int, values: Mapping[str, Any], words: TableWords | None) -> Rule:
    cells = words.cells.get(number, {}) if words is not None else {}
    because = [Fact(label=_label(words, name), name=name, value=values[name], cell=cell) for name, cell in cells.items() if name in values]
    return Rule(number=number, because=because)


def _label(words: TableWords | None, name: str) -> str:
    return words.inputs.get(name, name) if words is not None else name
