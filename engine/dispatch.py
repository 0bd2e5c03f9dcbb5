"""Where a due job runs: in this process (`Pool`), or on the worker fleet of a PostgreSQL installation (`Fleet`).

The job table is the truth in both. Steps of one root instance run one after the other, in the order they became due;
calls to the outside have threads of their own, so that a mail server which does not answer delays no deadline.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import procrastinate
import procrastinate.sql
from procrastinate.schema import SchemaManager
from sqlalchemy import text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock, due_jobs, jobs
from engine.database import Database, reading, unit_of_work
from engine.tables import Job

log = logging.getLogger("redress.dispatch")

STEP_THREADS = 4
CALL_THREADS = 8
HEARTBEAT = timedelta(seconds=20)  # a third of the lock that an outside call holds
LOST_AFTER = timedelta(seconds=30)  # a dispatched job that nobody took is dispatched again
WORKER_HEARTBEAT = timedelta(seconds=5)
APART = (jobs.STEPS, jobs.CALLS)  # two questions: a thousand letters that wait for a mail server must not hide the timers
QUEUE = "redress"
TASK = "run_job"


class _Calls:
    """The jobs this process is doing: their locks are kept alive while they take long."""

    def __init__(self) -> None:
        self._running: set[str] = set()
        self._beaten = clock.elapsed()
        self._mutex = threading.Lock()

    def run(self, database: Database, job_id: str) -> None:
        with self._mutex:
            self._running.add(job_id)
        try:
            jobs.run(database, job_id)
        finally:
            with self._mutex:
                self._running.discard(job_id)

    def beat(self, database: Database) -> None:
        with self._mutex:
            if clock.elapsed() < self._beaten + HEARTBEAT:
                return
            self._beaten, running = clock.elapsed(), sorted(self._running)
        if running:
            with unit_of_work(database) as session:
                jobs.prolong_locks(session, running)


class Pool:
    """Threads of this process; what is being done is not begun a second time."""

    def __init__(self, *, step_threads: int = STEP_THREADS, call_threads: int = CALL_THREADS) -> None:
        self._steps = ThreadPoolExecutor(step_threads, thread_name_prefix="step")
        self._outside = ThreadPoolExecutor(call_threads, thread_name_prefix="call")
        self._calls = _Calls()
        self._busy: set[str] = set()
        self._mutex = threading.Lock()

    def send_due(self, database: Database) -> None:
        """Begin what is due and not begun; one job at a time of each root instance."""
        self._calls.beat(database)
        with reading(database) as session:
            steps, calls = (due_jobs.due(session, kinds=kinds) for kinds in APART)
        for job_id, root_id in steps:
            self._send(database, job_id, lane=root_id or job_id, pool=self._steps)
        for job_id, _root in calls:
            self._send(database, job_id, lane=job_id, pool=self._outside)

    def _send(self, database: Database, job_id: str, *, lane: str, pool: ThreadPoolExecutor) -> None:
        with self._mutex:
            if lane in self._busy:
                return
            self._busy.add(lane)
        pool.submit(clock.carry(self._run), database, job_id, lane)

    def _run(self, database: Database, job_id: str, lane: str) -> None:
        try:
            self._calls.run(database, job_id)
        finally:
            with self._mutex:
                self._busy.discard(lane)
        if lane != job_id:
            database.tell()  # the next step of this root may be due already: it waited for its turn

    def stop(self) -> None:
        """Let running jobs end; what was not begun stays due in the table."""
        self._steps.shutdown(wait=True, cancel_futures=True)
        self._outside.shutdown(wait=True, cancel_futures=True)


class Fleet:
    """Workers on any number of machines, fed by Procrastinate: the message "run job N" is written in the same
    transaction that marks the job dispatched. Both a tick (`send_due`) and a worker (`work`) live in each process."""

    def __init__(self, database: Database, *, lost_after: timedelta = LOST_AFTER) -> None:
        if database.is_sqlite:
            raise ValueError("a worker fleet needs PostgreSQL")
        self._database = database
        self._lost_after = lost_after
        self._calls = _Calls()
        address = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))
        self._app.task(name=TASK, queue=QUEUE)(clock.carry(self._run))

    def _run(self, job_id: str) -> None:
        self._calls.run(self._database, job_id)
        self._database.tell()  # the next step of the same root was held back

    def send_due(self, database: Database) -> None:
        """Mark what is due and queue it, together; what was queued and lost is queued again."""
        self._calls.beat(database)
        with reading(database) as session:
            if not due_jobs.due(session) and not _stalled(session, self._lost_after):
                return  # most looks find nothing: no write transaction for them
        with unit_of_work(database) as session:
            _forget_stalled(session, self._lost_after)
            found = [row for kinds in APART for row in _taken(session, kinds)]
            queued = _queued(session, [row.id for row in found])
            _queue(session, [(row.id, row.root_id, row.kind) for row in found if row.id not in queued])
            marked = update(Job).where(Job.id.in_([row.id for row in found]), Job.state != "running")
            session.execute(marked.values(state="dispatched", lock_expires_at=clock.elapsed() + self._lost_after))

    def work(self, *, threads: int = STEP_THREADS, until_idle: bool = False) -> None:
        """Take jobs from the queue until the process is told to stop (SIGINT, SIGTERM), or nothing is queued."""
        self._app.run_worker(
            queues=[QUEUE],
            concurrency=threads,
            wait=not until_idle,
            delete_jobs="always",  # the job table keeps what happened
            install_signal_handlers=threading.current_thread() is threading.main_thread(),
            update_heartbeat_interval=min(WORKER_HEARTBEAT, self._lost_after / 3).total_seconds(),
            stalled_worker_timeout=self._lost_after.total_seconds(),
        )

    def stop(self) -> None:
        """Nothing to wait for: `work` ends by itself and the queue is in the database."""


def install_queue(connection: Connection) -> None:
    """Create the queue's tables in a PostgreSQL database that has none (part of the migrations)."""
    if connection.dialect.name == "postgresql" and connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def _taken(session: Session, kinds: frozenset[str]) -> Sequence[Any]:
    """What is due of these, as rows of `in_order`; not what another process is taking at this moment."""
    return session.execute(due_jobs.in_order(kinds).with_for_update(skip_locked=True), due_jobs.moments()).all()


def _stalled(session: Session, silence: timedelta) -> Sequence[int]:
    given = {"queue": QUEUE, "task_name": TASK, "seconds_since_heartbeat": silence.total_seconds()}
    rows = session.connection().exec_driver_sql(procrastinate.sql.queries["select_stalled_jobs_by_heartbeat"], given)
    return [row.id for row in rows]


def _forget_stalled(session: Session, silence: timedelta) -> None:
    """A killed worker leaves its messages "doing", which would hold the lock of their root instance for ever."""
    for message_id in _stalled(session, silence):
        log.warning("a worker went away while it ran queue entry %s; its job is sent again", message_id)
        given = {"job_id": message_id, "status": "failed", "delete_job": True}
        session.connection().exec_driver_sql(procrastinate.sql.queries["finish_job"], given)


def _queued(session: Session, job_ids: Sequence[str]) -> frozenset[str]:
    """Those of the jobs that are in the queue already: late, not lost."""
    found = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queueing_lock = ANY(:ids)")
    return frozenset(session.scalars(found, {"ids": list(job_ids)})) if job_ids else frozenset()


def _queue(session: Session, due: Iterable[tuple[str, str | None, str]]) -> None:
    deferred = text(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, :job, CAST(:args AS jsonb), NULL)]"
        "::procrastinate_job_to_defer_v1[])"
    )
    for job_id, root_id, kind in due:
        lock = root_id if kind in jobs.STEPS else None  # a call to the outside must not hold up the instance's timers
        given = {"priority": 1 if kind in jobs.STEPS else 0, "lock": lock, "job": job_id}  # deadlines overtake letters
        args = orjson.dumps({"job_id": job_id}).decode()
        session.execute(deferred, {"queue": QUEUE, "task": TASK, "args": args, **given})
