"""To whom a task is offered: rows of candidates for those who ask about one task, and one word for lists of many.

The word is the task's audience: a digest of the groups and people it is offered to. Few are in use, however many tasks are open.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from engine.database import connection_of
from engine.extensions import Candidates
from engine.rows import insert_rows
from engine.tables import UserTask, UserTaskCandidate
from engine.task_tables import AudienceMember

NOBODY = ""
_IS_KNOWN = select(AudienceMember.audience).where(AudienceMember.audience == bindparam("audience")).limit(1)
_known: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()  # audiences whose members are committed: they never change
_WRITE: dict[str, Any] = {
    "sqlite": sqlite.insert(AudienceMember).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(AudienceMember).on_conflict_do_nothing(),
}
_FRESH = "fresh_audiences"  # of this session: it may be rolled back


def audience_of(members: Iterable[tuple[str, str]]) -> str:
    """The word for these (kind, name)."""
    named = sorted(set(members))
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:24] if named else NOBODY


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> str:
    """The audience of a task with these candidates, its members written down if it is new."""
    members = sorted({(row["kind"], row["name"]) for row in rows if row["kind"] != "excluded"})
    audience = audience_of(members)
    engine = connection_of(session).engine
    known = _known.setdefault(engine, set())
    if audience == NOBODY or audience in known:
        return audience
    fresh: set[str] = session.info.setdefault(_FRESH, set())
    if connection_of(session).scalar(_IS_KNOWN, {"audience": audience}) is None:
        fresh.add(audience)
        _write(session, [{"audience": audience, "kind": kind, "name": name} for kind, name in members])
    elif audience not in fresh:
        known.add(audience)
    return audience


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Somebody else may write the same at the same time: it is the same."""
    connection = connection_of(session)
    connection.execute(_WRITE[connection.dialect.name], rows)


def candidate_rows(task_id: str, candidates: Candidates) -> list[dict[str, Any]]:
    """Who may do a task and who may not, as rows."""
    named = [
        *(("group", name, None) for name in dict.fromkeys(candidates.groups)),
        *(("user", name, None) for name in dict.fromkeys(candidates.users)),
        *(("excluded", name, code) for name, code in candidates.excluded.items()),
    ]
    return [{"user_task_id": task_id, "kind": kind, "name": name, "code": code} for kind, name, code in named]


def offer_too(session: Session, task: UserTask, *, kind: str, name: str) -> None:
    """Offer an open task to one more group or person."""
    rows = _rows_of(session, task)
    if (kind, name) not in {(row["kind"], row["name"]) for row in rows}:
        added = {"user_task_id": task.id, "kind": kind, "name": name, "code": None}
        insert_rows(session, UserTaskCandidate, [added])
        task.audience = keep(session, [*rows, added])


def offer_anew(session: Session, task: UserTask, candidates: Candidates) -> None:
    """Offer an open task to these and nobody else."""
    session.execute(delete(UserTaskCandidate).where(UserTaskCandidate.user_task_id == task.id))
    rows = candidate_rows(task.id, candidates)
    insert_rows(session, UserTaskCandidate, rows)
    task.audience = keep(session, rows)
    session.expire(task, ["candidates"])


def _rows_of(session: Session, task: UserTask) -> list[dict[str, Any]]:
    mine = select(UserTaskCandidate.kind, UserTaskCandidate.name).where(UserTaskCandidate.user_task_id == task.id)
    return [{"kind": kind, "name": name} for kind, name in session.execute(mine)]
