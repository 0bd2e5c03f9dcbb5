"""Which tasks look different now: what open pages ask every two seconds, in one indexed read.

Triggers write a row for every change (migration 0007). A page keeps a token and asks what came after it. On SQLite rows are
committed in the order of their mark. On PostgreSQL they are not: a transaction that began earlier may commit later, and a plain
"greater than the last number I saw" would miss it. There the mark is the transaction that wrote the row, and a token is the oldest
transaction that was still running when it was given, with the number of rows seen from there on: everything older was complete
then, and when there are more rows from there on now, something is new. Nothing is missed; at worst something is told twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from engine.database import connection_of
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import UserTaskCandidate
from engine.task_lists import offered_to_me
from engine.task_tables import TaskChange

AT_MOST = 200  # more changes than this at once: look at everything again
KEPT = 10_000  # who was away for longer than that looks at everything again, too
_TOKEN = re.compile(r"(\d{1,18})-(\d{1,6})")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """`token` is what to ask with next; `everything`: too many, or too long ago, to name them."""

    token: str
    tasks: Sequence[str] = ()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.tasks)


def now(session: Session, *, actor: Actor) -> str:
    """The token to begin with: asked for before the page reads what it shows."""
    return since(session, None, actor=actor, sees_all=False).token


def since(session: Session, token: str | None, *, actor: Actor, sees_all: bool) -> Changes:
    """What this person may see of the changes since then; without a token nothing but one to begin with."""
    mark, seen = _read(token)
    rows = _rows(session, mark, actor=actor, sees_all=sees_all)
    low = rows[0].low
    found = [row for row in rows if row.task_id is not None]
    more = len(found) > AT_MOST
    told = Changes(token=f"{low}-{0 if more else sum(row.mark >= low for row in found)}")
    if token is None or (mark <= low and len(found) <= seen):
        return told
    if more or mark > low:  # a token of another database is of no use
        return Changes(token=told.token, everything=True)
    return Changes(token=told.token, tasks=list(dict.fromkeys(row.task_id for row in found if row.visible)))


def _read(token: str | None) -> tuple[int, int]:
    if token is None:
        return 2**62, 0
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Invalid(problems=[Problem(code="QUERY", message="`after` is the token of the answer before.", pointer="/after")])
    return int(found[1]), int(found[2])


def _rows(session: Session, mark: int, *, actor: Actor, sees_all: bool) -> Sequence[Any]:
    given = {"mark": mark, "actor": actor.id} | ({} if sees_all else {"groups": sorted(actor.groups)})
    return session.execute(_STATEMENTS[connection_of(session).dialect.name, sees_all], given).all()


def _statement(low: ColumnElement[int], *, sees_all: bool) -> Select[Any]:
    row, barred = TaskChange, UserTaskCandidate
    here = select(low.label("low")).subquery()
    excluded = exists().where(barred.user_task_id == row.task_id, barred.kind == "excluded", barred.name == bindparam("actor"))
    mine = [column == bindparam("actor") for column in (row.assignee, row.assignee_before, row.owner)]
    concerned = [] if sees_all else [or_(*mine, offered_to_me(row.audience), offered_to_me(row.audience_before))]
    visible = and_(~excluded, *concerned).label("visible")
    found = select(here.c.low, row.task_id, row.mark, visible).select_from(here).outerjoin(row, row.mark >= bindparam("mark"))
    return found.order_by(row.n.desc()).limit(AT_MOST + 1)


_COUNTED_UP = select(func.coalesce(func.max(TaskChange.mark), 0) + 1).scalar_subquery()
_STILL_RUNNING: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_STATEMENTS = {
    (dialect, sees_all): _statement(low, sees_all=sees_all)
    for dialect, low in (("sqlite", _COUNTED_UP), ("postgresql", _STILL_RUNNING))
    for sees_all in (True, False)
}


def tidy(session: Session) -> None:
    """Forget all but the last ones."""
    last = session.scalar(select(func.max(TaskChange.n))) or 0
    session.execute(delete(TaskChange).where(TaskChange.n <= last - KEPT))
