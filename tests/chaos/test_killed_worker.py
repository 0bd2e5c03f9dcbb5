"""Two workers share the jobs of one PostgreSQL; one is killed: the other does the rest, and nothing twice."""

from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from api.app import open_product_database
from api.settings import Settings
from engine import deployments, instances
from engine.database import Database, reading, unit_of_work
from engine.extensions import SYSTEM, of
from engine.tables import ActivityInstance, Job, Operation, ProcessInstance
from tests import forked, live_worker
from tests.eventually import eventually
from tests.live_app import with_counted

CASES = 40
COUNTED_EACH = 3
PATIENCE = 90.0  # seconds


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = with_counted(open_product_database(Settings(database_url=database_url, mail_url=str(tmp_path))))
    files = {"unattended.bpmn": (Path(__file__).parent / "diagrams" / "unattended.bpmn").read_bytes()}
    with unit_of_work(opened) as session:
        deployments.deploy(session, deployments.prepare(files, extensions=of(session)), SYSTEM)
    yield opened
    opened.close()


@pytest.fixture
def workers(database: Database, tmp_path: Path) -> Iterator[list[ForkServerProcess]]:
    url = database.engine.url.render_as_string(hide_password=False)
    started = [forked.start_and_hear(live_worker.run, url, log=tmp_path / "log")[0] for _ in range(2)]
    yield started
    for worker in started:
        forked.end(worker)


def _number(database: Database, table: type[Operation] | type[ProcessInstance], **equal: str) -> int:
    with reading(database) as session:
        return session.scalar(select(func.count()).select_from(table).filter_by(**equal)) or 0


@pytest.mark.long
@pytest.mark.postgresql
def test_a_killed_worker_leaves_nothing_undone_and_nothing_done_twice(database: Database, workers: list[ForkServerProcess]) -> None:
    for number in range(CASES):
        with unit_of_work(database) as session:
            instances.start(session, "unattended", variables={}, actor=SYSTEM, business_key=str(number))
    eventually(lambda: _number(database, Operation, kind="counted") >= CASES, seconds=PATIENCE)
    workers[0].kill()
    eventually(lambda: _number(database, ProcessInstance, state="completed") == CASES, seconds=PATIENCE)
    with reading(database) as session:
        passages = Counter(session.execute(select(ActivityInstance.instance_id, ActivityInstance.element_id)).all())
        assert set(passages.values()) == {1}
        assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert _number(database, Operation, kind="counted") == CASES * COUNTED_EACH
    eventually(lambda: _queue_is_empty(database), seconds=PATIENCE)


def _queue_is_empty(database: Database) -> bool:
    with reading(database) as session:
        return not session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
