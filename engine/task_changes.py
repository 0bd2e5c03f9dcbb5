"""Which tasks look different now: what open pages ask every two seconds, in one indexed read.

Triggers write a row for every change (migration 0007). A page keeps a token and asks what came after it. On SQLite rows are
committed in the order of their mark. On PostgreSQL they are not: a transaction that began earlier may commit later, and a plain
"greater than the last number I saw" would miss it. There the mark is the transaction that wrote the row, and a token is the
snapshot it was given in, as PostgreSQL writes one: before which transaction everything was complete, from which on nothing was
visible, and those between the two that were still running (`10:20:10,14`). What is visible now and was not in that snapshot is
new. Nothing is missed or told twice, also while somebody keeps a transaction open for long, be it in another database of the server.
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
LONGEST_TOKEN = 4_000  # some hundred transactions that write at once
_TOKEN = re.compile(r"(\d{1,18}):(\d{1,18}):((?:\d{1,18},)*\d{0,18})")


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
    seen = _read(token)
    rows = _rows(session, seen, actor=actor, sees_all=sees_all)
    now = _bounded(rows[0].now)
    if token is None:
        return Changes(token=now)
    found = [row for row in rows if row.task_id is not None]
    if len(found) > AT_MOST or seen.end > _read(now).end:  # a token of another database is of no use
        return Changes(token=now, everything=True)
    return Changes(token=now, tasks=list(dict.fromkeys(row.task_id for row in found if row.visible)))


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A token: everything before the mark `begin` was complete, nothing from `end` on was visible, nor were those still `running`."""

    begin: int
    end: int
    running: Sequence[int] = ()


_NOTHING_NEW = _Seen(begin=2**62, end=2**62)


def _read(token: str | None) -> _Seen:
    if token is None:
        return _NOTHING_NEW
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Invalid(problems=[Problem(code="QUERY", message="`after` is the token of the answer before.", pointer="/after")])
    return _Seen(begin=int(found[1]), end=int(found[2]), running=[int(one) for one in found[3].split(",") if one])


def _bounded(token: str) -> str:
    """With more of them than a token names, what came after the oldest of those is told again."""
    if len(token) <= LONGEST_TOKEN:
        return token
    begin = token.partition(":")[0]
    return f"{begin}:{begin}:"


def _rows(session: Session, seen: _Seen, *, actor: Actor, sees_all: bool) -> Sequence[Any]:
    given = {"actor": actor.id, "begin": seen.begin, "end": seen.end, "running": seen.running}
    groups = {} if sees_all else {"groups": sorted(actor.groups)}
    return session.execute(_STATEMENTS[connection_of(session).dialect.name, sees_all], given | groups).all()


def _statement(now: ColumnElement[str], *, sees_all: bool) -> Select[Any]:
    row, barred = TaskChange, UserTaskCandidate
    here = select(now.label("now")).subquery()
    excluded = exists().where(barred.user_task_id == row.task_id, barred.kind == "excluded", barred.name == bindparam("actor"))
    mine = [column == bindparam("actor") for column in (row.assignee, row.assignee_before, row.owner)]
    concerned = [] if sees_all else [or_(*mine, offered_to_me(row.audience), offered_to_me(row.audience_before))]
    visible = and_(~excluded, *concerned).label("visible")
    late = row.mark.in_(bindparam("running", expanding=True))
    new = and_(row.mark >= bindparam("begin"), or_(row.mark >= bindparam("end"), late))
    found = select(here.c.now, row.task_id, visible).select_from(here).outerjoin(row, new)
    return found.order_by(row.n.desc()).limit(AT_MOST + 1)


_NEXT: ColumnElement[str] = literal_column("(SELECT (n || ':' || n || ':') FROM (SELECT coalesce(max(mark), 0) + 1 AS n FROM task_change))")
_SNAPSHOT: ColumnElement[str] = literal_column("pg_current_snapshot()::text")
_STATEMENTS = {
    (dialect, sees_all): _statement(now, sees_all=sees_all)
    for dialect, now in (("sqlite", _NEXT), ("postgresql", _SNAPSHOT))
    for sees_all in (True, False)
}


def tidy(session: Session) -> None:
    """Forget all but the last ones."""
    last = session.scalar(select(func.max(TaskChange.n))) or 0
    session.execute(delete(TaskChange).where(TaskChange.n <= last - KEPT))
