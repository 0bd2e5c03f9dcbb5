"""What a look at the reports costs over very many cases."""

from pathlib import Path
from typing import Any

from api.app import close
from engine import clock
from engine.database import Database, unit_of_work
from processes.demo import history, staff
from processes.tables.cases import Compensation, Complaint
from processes.tables.payments import Payment
from processes.tables.supervision import SlaClock
from processes.tables.visits import Satisfaction
from tests.benchmarks import page_looks
from tests.live_app import build

CASES = 100_000
LOOKS = 12
PAGES = ("/reports", "/reports/by/category")
READER = "u_cm1"
COPIED = (Complaint, SlaClock, Satisfaction, Compensation, Payment)
POINTERS = ("id", "complaint_id", "compensation_id", "reference", "idempotency_key")


def seconds(database_url: str, *, diagrams: Path) -> dict[str, list[float]]:
    """How long each look at each page took."""
    app = build(database_url, diagrams)
    database: Database = app.extensions["redress"].database
    fill(database)
    client = page_looks.browser(app, READER)
    taken = {page: [page_looks.look(client, page) for _ in range(LOOKS)] for page in PAGES}
    close(app)
    return taken


def fill(database: Database) -> None:
    """The closed cases of the demonstration, over and over."""
    with unit_of_work(database) as session:
        staff.hire(session)
    made = history.of_months(clock.now())
    for number in range(CASES // len(made[Complaint]) + 1):
        with unit_of_work(database) as session:
            for table in COPIED:
                history.add(session, table=table, rows=[_again(row, number) for row in made[table]])
    page_looks.let_the_planner_look(database)


def _again(row: dict[str, Any], number: int) -> dict[str, Any]:
    return row | {name: f"{row[name]}.{number}" for name in POINTERS if name in row}
