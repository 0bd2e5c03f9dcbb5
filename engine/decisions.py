"""Asking a deployed decision table outside of an instance: for deadlines, and for what is recomputed between steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import expression_functions
from engine.bpmn import decision_files
from engine.bpmn.decision_files import Decision, Outcome
from engine.errors import NotFound
from engine.extensions import calendar_of
from engine.tables import DeploymentResource, ProcessDefinition, Resource

CACHED_TABLES = 256


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a decision said: rows that held, outputs, and which content of the file it was (SHA-256).

    `explained` says why: the inputs, the first cell that missed of each other row, the decisions that were asked before.
    """

    decision: str
    sha256: str
    rows: tuple[int, ...]
    result: dict[str, Any]
    explained: Outcome


def evaluate(session: Session, decision_id: str, variables: Mapping[str, Any]) -> Answer:
    """Ask the live table of that id (`<decision id>.dmn`, the newest live deployment that brings one) with these inputs.

    Raises NotFound when none is deployed, ExecutionFailed when a UNIQUE table has not exactly one row for them.
    """
    sha256, table = live(session, decision_id)
    outcome = decision_files.evaluate(table, variables, expression_functions.build(calendar_of(session)))
    return Answer(decision=decision_id, sha256=sha256, rows=outcome.rows, result=outcome.result, explained=outcome)


_tables: dict[str, Decision] = {}  # by the SHA-256 of the file: never stale


def live(session: Session, decision_id: str) -> tuple[str, Decision]:
    """The SHA-256 of the file and the table in it."""
    name = f"{decision_id}.dmn"
    files = (
        select(DeploymentResource.sha256, Resource.content)
        .join(Resource, Resource.sha256 == DeploymentResource.sha256)
        .join(ProcessDefinition, ProcessDefinition.deployment_id == DeploymentResource.deployment_id)
        .where(ProcessDefinition.live, or_(DeploymentResource.name == name, DeploymentResource.name.endswith(f"/{name}", autoescape=True)))
        .order_by(ProcessDefinition.created_at.desc(), DeploymentResource.deployment_id.desc())
    )
    # The content is read only when it is new here: most of the time the first column is all that is asked.
    sha256 = session.scalar(files.with_only_columns(DeploymentResource.sha256).limit(1))
    if sha256 is None:
        raise NotFound(kind="decision table", id=decision_id)
    if sha256 not in _tables:
        content = session.scalar(select(Resource.content).where(Resource.sha256 == sha256))
        assert content is not None  # a foreign key points at it
        if len(_tables) >= CACHED_TABLES:
            _tables.pop(next(iter(_tables)), None)
        _tables[sha256] = decision_files.read(name, content)
    return sha256, _tables[sha256]
