"""When a job is due: the tick. APScheduler is the alarm clock that says "look at the table"; the table is the truth.

The alarm rings at the earliest due time, at the latest after half a second, and at once when a commit left work behind.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from engine import clock, due_jobs, form_drafts, jobs, lonely_look, planner, task_changes
from engine.database import Database, reading, unit_of_work
from engine.extensions import of

_alarm_log = logging.getLogger("redress.scheduler.alarm")
_alarm_log.setLevel(logging.ERROR)  # that a look was skipped because one is under way and one waits is no news

LOOK_EVERY = timedelta(milliseconds=500)
_MAX_ROUNDS = 10_000


class Dispatch(Protocol):
    """Where due jobs run: the pool of this process, or the worker fleet (`engine/dispatch.py`)."""

    def send_due(self, database: Database) -> None:
        """Get everything that is due now to run; what is on its way already is left alone."""

    def stop(self) -> None:
        """Let running jobs end; take no more."""


def tick(database: Database) -> int:
    """Run everything that is due, here and now, until nothing is; says how many jobs ran. For tests and scenarios."""
    ran = 0
    for _ in range(_MAX_ROUNDS):
        with reading(database) as session:
            found = due_jobs.due(session)
        if not found:
            return ran
        for job_id, _root in found:
            jobs.run(database, job_id)
            ran += 1
    raise RuntimeError(f"after {_MAX_ROUNDS} rounds there are still due jobs")


def tidy(database: Database) -> None:
    """Forget what was kept long enough, a little at a time: nobody waits long for the write lock."""
    with unit_of_work(database) as session:
        task_changes.tidy(session)
    forgotten = 1
    while forgotten:
        with unit_of_work(database) as session:
            forgotten = form_drafts.forget_some(session) + of(session).forget_some(session)


class Scheduler:
    """The tick of a serving process."""

    def __init__(self, database: Database, dispatch: Dispatch) -> None:
        self._database = database
        self._dispatch = dispatch
        self._alarm = BackgroundScheduler(
            timezone="UTC", logger=_alarm_log, job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
        )
        self._running = threading.Lock()  # a second look waits for the first: what was committed meanwhile is not missed

    def start(self) -> None:
        """Begin to ring; commits that leave due work behind ring too."""
        self._alarm.add_job(
            clock.carry(self._look), "interval", seconds=LOOK_EVERY.total_seconds(), id="look", next_run_time=clock.elapsed()
        )
        self._alarm.add_job(clock.carry(self._watch), "interval", seconds=1, id="watch")
        self._alarm.add_job(clock.carry(self._tidy), "interval", hours=1, id="tidy")
        lonely_look.keep_fresh(self._database)
        self._alarm.start()
        self._database.on_committed.append(self.wake)

    def stop(self) -> None:
        """Stop ringing and let running jobs end."""
        self._database.on_committed.remove(self.wake)
        lonely_look.let_go(self._database)
        self._alarm.shutdown(wait=True)
        self._dispatch.stop()

    def wake(self) -> None:
        """Look at the table at once. Only a hint: a lost one costs half a second."""
        if self._alarm.running:
            self._alarm.modify_job("look", next_run_time=clock.elapsed())

    def _look(self) -> None:
        with self._running:
            self._dispatch.send_due(self._database)
            soon = self._next_due()
        if soon is not None and soon < LOOK_EVERY:
            self._alarm.modify_job("look", next_run_time=clock.elapsed() + max(soon, timedelta(0)))

    def _watch(self) -> None:
        lonely_look.refresh(self._database)

    def _tidy(self) -> None:
        tidy(self._database)
        planner.learn(self._database)

    def _next_due(self) -> timedelta | None:
        with reading(self._database) as session:
            due: datetime | None = due_jobs.next_due(session)
        # What is due already was just sent; asking again at once would only spin.
        return None if due is None or due <= clock.now() else due - clock.now()
