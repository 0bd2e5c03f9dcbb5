"""What a case costs: `make bench`. Prints a table and writes nothing."""

import argparse
import itertools
import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from engine.database import Database, open_database, reading
from engine.tables import ProcessInstance
from tests import postgresql
from tests.benchmarks import in_memory, inbox_looks, looks, report_looks, search_looks, serve, sizes
from tests.live import Client, LiveServer
from tests.live_app import WORKERS

DIAGRAMS = Path(__file__).parent / "diagrams"
WORKLOADS = {"W1 approve": ("approve", 1), "W2 complaint": ("complaint", 11)}  # process, user tasks a case
WARM_UP = 20
CPU_LIMIT_MS, STATEMENT_LIMIT = 12.0, 25.0  # of a whole W1 case, where the limits come from: a slower machine may take longer
ROW = "{:<14} {:<12} {:>12} {:>10} {:>12} {:>14} {:>14} {:>14} {:>16}"


@dataclass(kw_only=True)
class Measured:
    """What the cases of one workload on one database used."""

    cpu_ms: float
    statements: float
    requests: float
    seconds: dict[str, list[float]]
    state_bytes: float
    stored_bytes: float


@dataclass(kw_only=True)
class Walk:
    """Walks cases through one process, request by request, and takes the time of each."""

    client: Client
    key: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"start": [], "list": [], "complete": []})

    def start(self) -> str:
        body = {"definition_key": self.key, "variables": in_memory.VARIABLES}
        instance = self._timed("start", "POST", "/process-instances", body, expected=201)
        return str(instance["id"])

    def case(self, *, tasks: int) -> None:
        instance_id = self.start()
        for _ in range(tasks):
            found = self._timed("list", "GET", f"/user-tasks?root_id={instance_id}", expected=200)["items"]
            self._timed("complete", "POST", f"/user-tasks/{found[0]['id']}/completion", {"values": {}}, expected=200)

    def _timed(self, kind: str, method: str, path: str, body: Any = None, *, expected: int) -> Any:
        started = time.perf_counter()
        status, answer = self.client.request(method, path, body)
        self.seconds[kind].append(time.perf_counter() - started)
        if status != expected:
            raise SystemExit(f"{method} {path} answered {status}: {answer}")
        return answer


def _cost(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/cost") as response:
        cost: dict[str, float] = json.load(response)
        return cost


def _measure(database_url: str, *, key: str, tasks: int, cases: int, folder: Path) -> Measured:
    server = LiveServer(database_url=database_url, diagrams=DIAGRAMS, log=folder / "log", serving=serve.run)
    database = open_database(database_url)
    with server:
        client = Client(port=server.port, account=WORKERS[0]).sign_in()
        for _ in range(WARM_UP):
            Walk(client=client, key=key).case(tasks=tasks)
        walk = Walk(client=client, key=key)
        before = _cost(server.port)
        for _ in range(cases):
            walk.case(tasks=tasks)
        after = _cost(server.port)
        empty = _stored(database)
        for _ in range(cases):
            Walk(client=client, key=key).start()
        stored = _stored(database) - empty
        client.close()
    with reading(database) as session:
        state = session.scalar(select(func.avg(func.length(ProcessInstance.execution))).where(ProcessInstance.state == "running"))
    database.close()
    return Measured(
        cpu_ms=(after["cpu"] - before["cpu"]) * 1000 / cases,
        statements=(after["statements"] - before["statements"]) / cases,
        requests=1 + 2 * tasks,
        seconds=walk.seconds,
        state_bytes=float(state or 0),
        stored_bytes=stored / cases,
    )


def _stored(database: Database) -> int:
    """Bytes in the database, indexes included."""
    with reading(database) as session:
        if database.is_sqlite:
            pages, free, size = (session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "freelist_count", "page_size"))
            return int((pages - free) * size)
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _percentiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20)
    return f"{cuts[9] * 1000:.1f} / {cuts[18] * 1000:.1f}"


def _print(workload: str, place: str, found: Measured) -> None:
    times = [_percentiles(found.seconds[kind]) for kind in ("start", "list", "complete")]
    requests = f"{found.statements / found.requests:.1f}"
    stored = f"{found.state_bytes:.0f} / {found.stored_bytes:.0f}"
    print(ROW.format(workload, place, f"{found.cpu_ms:.1f}", f"{found.statements:.1f}", requests, *times, stored), flush=True)


def _print_looks(place: str, seconds: list[float]) -> None:
    first = f"first {seconds[0] * 1000:.0f} ms, then {_percentiles(seconds[1:])} ms (p50 / p95)"
    print(f"A look at operations with {looks.OPEN_TASKS:,} open tasks, {place}: {first}.", flush=True)


def _print_reports(place: str, found: dict[str, list[float]]) -> None:
    for page, seconds in found.items():
        first = f"first {seconds[0] * 1000:.0f} ms, then {_percentiles(seconds[1:])} ms (p50 / p95)"
        print(f"A look at {page} over {report_looks.CASES:,} cases, {place}: {first}.", flush=True)


def _print_searches(place: str, found: dict[str, list[float]]) -> None:
    for question, seconds in found.items():
        print(f"A search for {question} over {search_looks.CASES:,} cases, {place}: {_percentiles(seconds)} ms (p50 / p95).", flush=True)


def _print_inbox(place: str, found: dict[str, list[float]]) -> None:
    for reader, seconds in found.items():
        first = f"first {seconds[0] * 1000:.0f} ms, then {_percentiles(seconds[1:])} ms (p50 / p95)"
        print(f"A look at the inbox with {inbox_looks.OPEN_TASKS:,} open tasks, {reader}, {place}: {first}.", flush=True)


@contextmanager
def _databases() -> Iterator[dict[str, list[str]]]:
    """A fresh database for each workload, and for each kind of look, on both; PostgreSQL writes to disk as in production."""
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder, postgresql.server() as server:
        names = range(len(WORKLOADS) + 4)
        yield {
            "SQLite": [f"sqlite:///{folder}/{number}.db" for number in names],
            "PostgreSQL": [server.create().render_as_string(hide_password=False) for _ in names],
        }


def _print_sizes() -> None:
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder, postgresql.server() as server:
        files = itertools.count()
        places = {
            "SQLite": lambda: f"sqlite:///{folder}/{next(files)}.db",
            "PostgreSQL": lambda: server.create().render_as_string(hide_password=False),
        }
        for line in sizes.table(places):
            print(line, flush=True)


def main() -> None:
    """Measure both workloads on both databases, then what a step costs against size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="cases of W1; a fifth of it of W2")
    parser.add_argument("--sizes", action="store_true", help="only the cost against size")
    given = parser.parse_args()
    if given.sizes:
        _print_sizes()
        return
    cases = given.cases
    print(ROW.format("", "", "server CPU", "SQL", "SQL", "start", "list", "complete", "bytes waiting"))
    print(ROW.format("", "", "ms / case", "/ case", "/ request", "p50 / p95 ms", "p50 / p95 ms", "p50 / p95 ms", "state / stored"))
    slowness = in_memory.slowness()
    with _databases() as databases, tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        for number, (workload, (key, tasks)) in enumerate(WORKLOADS.items()):
            count = cases if tasks == 1 else max(cases // 5, WARM_UP)
            memory = in_memory.cpu_per_case(DIAGRAMS, key, cases=count) * 1000
            print(ROW.format(workload, "in memory", f"{memory:.1f}", *["-"] * 6), flush=True)
            for place, urls in databases.items():
                _print(workload, place, _measure(urls[number], key=key, tasks=tasks, cases=count, folder=Path(folder)))
        for place, urls in databases.items():
            _print_looks(place, looks.seconds(urls[-4], diagrams=DIAGRAMS, key=next(iter(WORKLOADS.values()))[0]))
        for place, urls in databases.items():
            _print_inbox(place, inbox_looks.seconds(urls[-3], diagrams=DIAGRAMS, key=next(iter(WORKLOADS.values()))[0]))
        for place, urls in databases.items():
            _print_reports(place, report_looks.seconds(urls[-2], diagrams=DIAGRAMS))
        for place, urls in databases.items():
            _print_searches(place, search_looks.seconds(urls[-1], diagrams=DIAGRAMS))
    print(f"Work for which the limits' own machine takes 1 ms takes {slowness:.1f} ms here (SpiffWorkflow alone, script tasks in a row).")
    print(f"A whole W1 case should stay under {CPU_LIMIT_MS:.0f} ms of server CPU there, which is {CPU_LIMIT_MS * slowness:.1f} ms here,")
    print(f"and under {STATEMENT_LIMIT:.0f} statements.")
    print(f"A look at the inbox should stay under {inbox_looks.LIMIT_MS} ms at the median.")
    _print_sizes()


if __name__ == "__main__":
    main()
