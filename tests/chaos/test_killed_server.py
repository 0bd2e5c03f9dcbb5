"""Kill -9 at any moment, start again: no step is lost and none is done twice."""

import http.client
import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.database import open_database, reading
from engine.tables import ActivityInstance, Incident, Job, Operation, ProcessInstance, UserTask
from tests.live import Client, LiveServer
from tests.live_app import WORKERS

KILLS = 20
CASES_A_WORKER = 25
PATIENCE = 120.0  # seconds for everything to end once nobody kills any more
EXPECTED = {"begin": 1, "decide": 1, "add": 1, "split": 1, "pause": 1, "book": 1, "confirm": 1, "join": 2, "rest": 1, "file": 1, "done": 1}


class Worker(threading.Thread):
    """Starts cases and completes their tasks, each request with its key, until all have ended or it is told to stop."""

    def __init__(self, name: str, *, port: int, requested: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self.client = Client(port=port, account=name).sign_in()
        self.requested = requested
        self.to_start = [f"{name}-{number}" for number in range(CASES_A_WORKER)]
        self.open: list[str] = []
        self.wrong: list[Any] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        while (self.to_start or self.open) and not self.stopped.is_set():
            if self.to_start:
                self._start(self.to_start.pop())
            for instance_id in list(self.open):
                self._work(instance_id)

    def _start(self, key: str) -> None:
        body = {"definition_key": "steps", "business_key": key, "variables": {"amount": 2, "total": 1}}
        status, answer = self._sent("POST", "/process-instances", body, key=key)
        if status == 201:
            self.open.append(answer["id"])
        else:
            self.wrong.append((key, status, answer))

    def _work(self, instance_id: str) -> None:
        for task in self._sent("GET", f"/user-tasks?root_id={instance_id}")[1]["items"]:
            status, answer = self._sent("POST", f"/user-tasks/{task['id']}/completion", {"values": {}}, key=task["id"])
            if status != 200:
                self.wrong.append((task["id"], status, answer))
        if self._sent("GET", f"/process-instances/{instance_id}")[1]["state"] == "completed":
            self.open.remove(instance_id)

    def _sent(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> tuple[int, Any]:
        """The answer to a request that is repeated, with the same key, for as long as the server is away."""
        while not self.stopped.is_set():
            self.requested()
            try:
                return self.client.request(method, path, body, key=key)
            except (OSError, http.client.HTTPException):
                self.stopped.wait(0.05)
        raise SystemExit


class Requests:
    """Counts requests as they are sent; `after(n)` waits for n more."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def sent(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def after(self, number: int) -> None:
        with self._changed:
            aim = self._count + number
            self._changed.wait_for(lambda: self._count >= aim, timeout=10.0)


@pytest.mark.long
def test_a_server_killed_at_random_points_loses_no_step_and_does_none_twice(database_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("REDRESS_CHAOS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"REDRESS_CHAOS_SEED={seed}")
    dice = random.Random(seed)
    server = LiveServer(database_url=database_url, diagrams=Path(__file__).parent / "diagrams", log=tmp_path / "log").start()
    requests = Requests()
    workers = [Worker(name, port=server.port, requested=requests.sent) for name in WORKERS]
    for worker in workers:
        worker.start()
    try:
        for _ in range(KILLS):
            requests.after(dice.randrange(1, 40))
            threading.Event().wait(dice.random() * 0.03)  # somewhere inside a request, or in a step of the scheduler
            assert any(worker.is_alive() for worker in workers), "nothing was under way any more"
            server.kill()
            server.start()
        for worker in workers:
            worker.join(timeout=PATIENCE)
    finally:
        for worker in workers:
            worker.stopped.set()
            worker.join(timeout=10)
            worker.client.close()
        server.kill()
    assert [worker.wrong for worker in workers] == [[]] * len(workers)
    _assert_each_step_once(database_url)


def _assert_each_step_once(database_url: str) -> None:
    database = open_database(database_url)
    with reading(database) as session:
        instances = session.scalars(select(ProcessInstance)).all()
        passages: dict[str, Counter[str]] = {instance.id: Counter() for instance in instances}
        for row in session.execute(select(ActivityInstance.instance_id, ActivityInstance.element_id)):
            passages[row.instance_id][row.element_id] += 1
        counted = session.execute(select(Operation.root_id, func.count()).where(Operation.kind == "counted").group_by(Operation.root_id))
        booked = dict(counted.all())
        left = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in (Job, Incident)}
        open_tasks = session.scalar(select(func.count()).select_from(UserTask).where(UserTask.state == "open"))
    database.close()
    assert len(instances) == CASES_A_WORKER * len(WORKERS)
    assert {instance.state for instance in instances} == {"completed"}
    assert {instance.variables["total"] for instance in instances} == {3}
    assert {tuple(sorted(found.items())) for found in passages.values()} == {tuple(sorted(EXPECTED.items()))}
    assert booked == {instance.id: 2 for instance in instances}  # the two `counted` service tasks
    assert (left, open_tasks) == ({"job": 0, "incident": 0}, 0)
