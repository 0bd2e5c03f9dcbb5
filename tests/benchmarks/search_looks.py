"""What a search costs over very many cases: for a frequent word, for a rare one, and while a complaint is typed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from api.app import close
from engine import clock
from engine.database import Database, Table, new_id, reading, unit_of_work
from engine.tables import ProcessInstance
from processes import search_fill
from processes.demo import history, staff
from processes.tables.cases import Complaint, Customer
from processes.tables.correspondence import Contact
from tests.benchmarks import looks, page_looks
from tests.live_app import build

CASES = 100_000
AT_ONCE = 500
LOOKS = 20
PROCESS = "approve"
READER, OWNER = "u_cm1", "u_owner1"
QUESTIONS = {
    "a frequent word": "快递",
    "a frequent beginning": "par",
    "one character": "退",
    "two words": "parcel refund",
    "a rare phrase": '"case number 77777"',
    "an order": "EC-0077777",
    "nothing": "不存在的词",
}
SAID = (
    *("快递延误三天还没收到货", "包裹丢失没人联系我", "客服态度很差", "退款迟迟不到账", "商品破损要求换货", "重复收费", "发票开错了"),
    *("The parcel is late", "nobody calls me back", "I want a refund", "the screen is broken", "charged twice", "wrong invoice"),
)


def seconds(database_url: str, *, diagrams: Path) -> dict[str, list[float]]:
    """How long each question took each time, for who reads all cases and for who reads his own."""
    app = build(database_url, diagrams)
    database: Database = app.extensions["redress"].database
    fill(database)
    taken: dict[str, list[float]] = {}
    for account in (READER, OWNER):
        client = page_looks.browser(app, account)
        for name, question in QUESTIONS.items():
            taken[f"{name} ({account})"] = [page_looks.look(client, "/search", q=question) for _ in range(LOOKS)]
    close(app)
    return taken


def fill(database: Database) -> None:
    """Cases with a letter and a task each, all of them in the search."""
    with unit_of_work(database) as session:
        staff.hire(session)
    looks.fill(database, PROCESS)
    with reading(database) as session:
        roots = session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id).limit(CASES)).all()
    for rows in _cases(roots):
        with unit_of_work(database) as session:
            for table, some in rows.items():
                history.add(session, table=table, rows=some)
    last = None
    while True:
        with unit_of_work(database) as session:
            found = search_fill.take_in(session, after=last, most=AT_ONCE)
            if found is None:
                break
            last = found.received_at, found.id
    page_looks.let_the_planner_look(database)


def _cases(roots: Sequence[str]) -> Iterator[dict[type[Table], list[dict[str, Any]]]]:
    chance, now = Random(7), clock.now()
    for begin in range(0, len(roots), AT_ONCE):
        rows: dict[type[Table], list[dict[str, Any]]] = {Customer: [], Complaint: [], Contact: []}
        for number, root in enumerate(roots[begin : begin + AT_ONCE], begin):
            at = now - timedelta(minutes=5 * (len(roots) - number))
            id_, customer = new_id(), new_id()
            said = f"case number {number}: " + ", ".join(chance.sample(SAID, 4))
            rows[Customer].append({"id": customer, "name": "王敏", "phone": f"139{number:08}", "created_at": at})
            rows[Complaint].append(
                {
                    "id": id_,
                    "reference": f"TS-{at:%Y%m%d}-9{number:06}",
                    "customer_id": customer,
                    "customer_name": "王敏",
                    "channel": "phone",
                    "content": said,
                    "order_no": f"EC-{number:07}",
                    "level": 1,
                    "received_at": at,
                    "instance_id": root,
                    "contract_no": f"HT-{number:07}" if number % 3 == 0 else None,
                    "registered_by": f"u_intake{1 + number % 2}" if number % 3 == 1 else None,
                    "case_owner": OWNER if number % 100 == 0 else ("u_owner2", "u_senior1")[number % 2],
                }
            )
            letter = f"尊敬的王敏：\n我们已收到您的投诉。\n{said}"
            sent = {"channel": "email", "direction": "out", "template": "T-ACK", "by": "system", "text": letter, "subject": "受理通知"}
            rows[Contact].append({"id": new_id(), "key": f"letter-{number}", "complaint_id": id_, "at": at, **sent})
        yield rows
