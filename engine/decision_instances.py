"""Why a decision was what it was: every evaluation by a business rule task keeps its explanation.

An explanation holds copies of variables: of those the table asks about and no others. Whoever may read the variables of an
instance, or the matter it runs for, may read it, and nobody else. It is bounded however large the table and the values are,
because a loop can ask often.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import values
from engine.bpmn.execution import Decided, Outcome
from engine.decision_instance_tables import DecisionInstance
from engine.paging import Listing, Page, Query, page
from engine.rows import insert_rows
from engine.tables import ProcessInstance

MOST_ROWS = 200  # of a table that are named; more are more than a person reads
MOST_VALUES = 50  # inputs and outputs of a decision, and decisions asked first
MOST_LETTERS = 500  # of one value, as it is written in JSON
CUT = "…"

LISTING = Listing(
    fields={"instance_id": DecisionInstance.instance_id},
    sorts={"id": DecisionInstance.id},
    id=DecisionInstance.id,
    default_sort="id",
)
_DECISION_INSTANCES = select(DecisionInstance)


def write(session: Session, root: ProcessInstance, decided: Iterable[Decided]) -> None:
    """Append what a step asked, in order, in one statement."""
    rows = [
        {
            "instance_id": one.scope_id or root.id,
            "root_id": root.id,
            "token_id": one.token_id,
            "element_id": one.element_id,
            "decision_id": one.outcome.decision,
            "evaluated_at": one.at,
            "explanation": explained(one.outcome),
        }
        for one in decided
    ]
    insert_rows(session, DecisionInstance, rows)


def of_instance(session: Session, instance_id: str, query: Query) -> Page[DecisionInstance]:
    """The evaluations of one instance, oldest first (`-id`: newest first)."""
    only = Query(filter={"instance_id": instance_id}, sort=query.sort, cursor=query.cursor, limit=query.limit)
    return page(session, _DECISION_INSTANCES, only, listing=LISTING)


def of_roots(session: Session, root_ids: Collection[str]) -> Sequence[DecisionInstance]:
    """The evaluations of these root instances and of what they called, oldest first."""
    return session.scalars(_DECISION_INSTANCES.where(DecisionInstance.root_id.in_(root_ids)).order_by(DecisionInstance.id)).all()


def explained(outcome: Outcome) -> dict[str, Any]:
    """What is kept of an evaluation and of those it required; `shortened` where something was left out."""
    required = [{"decision_id": one.decision, **_alone(one)} for one in outcome.required[:MOST_VALUES]]
    kept = _alone(outcome)
    return {**kept, "shortened": kept["shortened"] or len(outcome.required) > MOST_VALUES, "required": required}


def _alone(outcome: Outcome) -> dict[str, Any]:
    inputs, outputs = _values(outcome.inputs), _values(outcome.result)
    rows, missed = outcome.rows[:MOST_ROWS], list(outcome.missed.items())[:MOST_ROWS]
    whole = len(inputs) == len(outcome.inputs) and len(outputs) == len(outcome.result)
    whole = whole and len(rows) == len(outcome.rows) and len(missed) == len(outcome.missed)
    cut = any(isinstance(value, str) and value.endswith(CUT) for value in (*inputs.values(), *outputs.values()))
    return {
        "rows": list(rows),
        "outputs": outputs,
        "inputs": [{"text": text, "value": value} for text, value in inputs.items()],
        "missed": [{"row": row, "input": text} for row, text in missed],
        "shortened": cut or not whole,
    }


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """The first of them, each as it is or, when it is large, the beginning of it as text."""
    return {name: _cut(value) for name, value in list(given.items())[:MOST_VALUES]}


def _cut(value: Any) -> Any:
    try:
        written = value if isinstance(value, str) else values.dumps(value)
    except TypeError:  # what a table asks about need not be process data: a time of day, a span of months
        value = written = str(value)
    return value if len(written) <= MOST_LETTERS else written[:MOST_LETTERS] + CUT
