"""The look for tasks that nobody may do, shared by everybody who watches.

No row says that nobody may do a task: that depends on who is in which group at the moment. Looking costs hundreds of
milliseconds while very many tasks are open, and operations look every second; so the scheduler of a serving process looks
for all of them, every few seconds and only while somebody watches.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from engine import clock, lonely_tasks
from engine.database import Database, reading
from engine.tables import UserTask

CHEAP = timedelta(milliseconds=20)  # a look that takes less is taken anew for everybody
LOOK_EVERY = timedelta(seconds=5)
WATCHED_FOR = timedelta(seconds=30)  # after somebody watched; a look is never older than this and one look
RESTS = 20  # a look that takes long is not repeated before twenty times as long
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was found, and when (real time). `gone` are the assignees who are not active any more."""

    at: datetime
    took: timedelta
    task_ids: Sequence[str]
    gone: frozenset[str]


@dataclass(kw_only=True)
class _Shared:
    """What those who watch one database share."""

    look: Look | None = None
    watched_at: datetime | None = None
    kept_fresh: bool = False
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)


_shared: WeakKeyDictionary[Engine, _Shared] = WeakKeyDictionary()


def _of(session: Session) -> _Shared:
    bound = session.get_bind()
    return _of_engine(bound.engine if isinstance(bound, Connection) else bound)


def _of_engine(engine: Engine) -> _Shared:
    return _shared.setdefault(engine, _Shared())


def latest(session: Session) -> Look:
    """The look as it is shared; a fresh one where looking is cheap or nobody keeps it fresh. One session sees one look."""
    if (seen := session.info.get("lonely_look")) is None:
        seen = session.info["lonely_look"] = _latest(session)
    look: Look = seen
    return look


def _latest(session: Session) -> Look:
    shared, now = _of(session), clock.elapsed()
    shared.watched_at = now
    kept = shared.look
    if kept is not None and shared.kept_fresh and kept.took >= CHEAP and now - kept.at <= WATCHED_FOR:
        return kept
    return _look(session, shared)


def keep_fresh(database: Database) -> None:
    """From now on `refresh` is called every few seconds."""
    _of_engine(database.engine).kept_fresh = True


def let_go(database: Database) -> None:
    """`refresh` is not called any more."""
    _of_engine(database.engine).kept_fresh = False


def refresh(database: Database) -> None:
    """Look again if somebody watches and the look is too dear to be taken by each of them."""
    shared, now = _of_engine(database.engine), clock.elapsed()
    kept = shared.look
    if kept is None or shared.watched_at is None or now - shared.watched_at > WATCHED_FOR:
        return
    if kept.took >= CHEAP and now - kept.at >= max(LOOK_EVERY, kept.took * RESTS):
        with reading(database) as session:
            _look(session, shared)


def _look(session: Session, shared: _Shared) -> Look:
    asked_at = clock.elapsed()
    with shared.one_at_a_time:
        if shared.kept_fresh and shared.look is not None and shared.look.at >= asked_at:
            return shared.look  # taken by somebody else while we waited
        started = clock.elapsed()
        found = lonely_tasks.find(session, limit=MOST)
        shared.look = Look(
            at=started, took=clock.elapsed() - started, task_ids=[task.id for task in found], gone=frozenset(_assignees(found))
        )
        return shared.look


def _assignees(tasks: Sequence[UserTask]) -> set[str]:
    return {task.assignee for task in tasks if task.assignee is not None}
