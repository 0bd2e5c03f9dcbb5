"""Two people complete one task at the same moment: one wins; the other is told who did and when, and loses nothing."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.live import Answer, Client, LiveServer

ROUNDS = 10  # a race is met by chance


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(database_url=database_url, diagrams=Path(__file__).parent / "diagrams", log=tmp_path / "log") as started:
        yield started


@pytest.fixture
def people(server: LiveServer) -> Iterator[list[Client]]:
    signed_in = [Client(port=server.port, account=name).sign_in() for name in ("worker1", "worker2")]
    yield signed_in
    for client in signed_in:
        client.close()


def _at_once(people: list[Client], task_id: str) -> list[Answer]:
    ready = threading.Barrier(len(people))

    def complete(client: Client) -> Answer:
        ready.wait()
        return client.post(f"/user-tasks/{task_id}/completion", {"values": {"by": client.account}})

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(complete, people))


def _open_task(client: Client) -> Any:
    status, instance = client.post("/process-instances", {"definition_key": "one_task"})
    assert status == 201, instance
    return client.get(f"/user-tasks?root_id={instance['id']}")[1]["items"][0]


def test_one_wins_and_the_other_reads_who_and_when_and_finds_his_input_as_a_draft(people: list[Client]) -> None:
    for _ in range(ROUNDS):
        task = _open_task(people[0])
        answers = _at_once(people, task["id"])
        assert sorted(status for status, _ in answers) == [200, 409], answers
        won, lost = sorted(zip(answers, people, strict=True), key=lambda one: one[0][0])
        (_, completion), winner = won
        (_, problem), loser = lost
        assert completion["task"]["completed_by"] == winner.account
        assert problem["code"] == "TASK_CLOSED"
        assert winner.account in problem["detail"]
        ended_at = datetime.fromisoformat(completion["task"]["ended_at"])
        assert ended_at.strftime("%H:%M") in problem["detail"]
        assert loser.get(f"/user-tasks/{task['id']}/draft")[1]["values"] == {"by": loser.account}
        assert winner.get(f"/user-tasks/{task['id']}/draft")[1]["values"] == {}
        _, variables = winner.get(f"/process-instances/{task['root_id']}/variables")
        assert variables["variables"]["by"] == winner.account
