"""Kill -9 while cases are handled in real time, from intake to closing: no step twice, and every effect at least once with its one key."""

import http.client
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api import accounts, demo
from api.app import open_product_database
from api.settings import Settings, from_environment
from engine import clock, deployments
from engine.database import Database, open_database, reading, unit_of_work
from engine.extensions import of
from engine.tables import ActivityInstance, Incident, Job, ProcessInstance, UserTask
from processes import people
from processes.demo import staff
from processes.tables.cases import Complaint
from processes.tables.correspondence import Contact
from processes.tables.payments import Payment
from tests.chaos.bank import Bank
from tests.given_complaints import LATE_PARCEL
from tests.live import Client
from tests.live_product import Product
from tests.processes.handling import FACTS, LATE, OFFER, RESPONSE

KILLS = 12
LEFT = select(Job.kind, Job.state, Job.topic, Job.error).where(Job.kind.in_(("service_task", "retry", "effect", "message")))
CASES_A_WORKER = 2
WORKERS = 3
PATIENCE = timedelta(seconds=300)  # for one step, kills and the minute for which a killed owner's lock holds included
LIFE = timedelta(seconds=20)  # at most, where nothing happens because everybody waits for a reminder
AWAY = 503
WATCH = "sla_watch"  # looks at deadlines in working time, which differ from case to case with the time of the day
PEOPLE = ("u_intake1", "u_owner1", "u_owner2", "u_desk1", "u_rv1", "bank")
MONEY = {"decision": "accept", "payee_name": LATE_PARCEL["name"], "method": "alipay", "account": "13800000001"}
FEEDBACK = {"process": "heard", "result": "paid", "improvement": "another carrier", "channel": "app"}
VISIT = {"visit_type": "complaint", "method": "phone", "reached": True, "solved": True, "process": 5, "result": 5}


def hurried(name: str, content: bytes) -> bytes:
    """The diagrams as they are, but reminders come after a second instead of three days."""
    return content.replace(b">P3D<", b">PT1S<") if name.endswith("complaint_handling.bpmn") else content


def prepare(settings: Settings) -> dict[str, str]:
    """Diagrams and people; gives the tokens."""
    database = open_product_database(settings)
    with reading(database) as session:
        extensions = of(session)
    files = {name: hurried(name, content) for name, content in demo.everything().items()}
    prepared = deployments.prepare(files, extensions=extensions)
    with unit_of_work(database) as session:
        deployments.deploy(session, prepared, demo.INSTALLER)
        staff.hire(session)
        people.add_account(session, "bank", name="bank", groups=["payment_provider"])
        session.flush()
        tokens = {one: accounts.issue_token(session, one, name="test", hours=1).secret for one in PEOPLE}
    database.close()
    return tokens


class _Over(Exception):
    """A case does not go on: the test has ended, or something is wrong."""


class Case(threading.Thread):
    """Plays cases one after the other over HTTP; each request has its key and is repeated while the server is away."""

    def __init__(self, number: int, *, port: int, tokens: dict[str, str], database: Database, cases: int = CASES_A_WORKER) -> None:
        super().__init__(name=f"worker {number}", daemon=True)
        self.number, self.cases, self.database = number, cases, database
        self.clients = {one: Client(port=port, account=one, token=token) for one, token in tokens.items()}
        self.public = Client(port=port, account="")
        self.done: list[str] = []
        self.wrong: list[Any] = []
        self.stopped = threading.Event()
        self.reference = self.code = ""

    def run(self) -> None:
        with suppress(_Over):
            for number in range(self.cases):
                self._play(f"{self.number}-{number}")
                self.done.append(self.reference)
        for client in (self.public, *self.clients.values()):
            client.close()

    def _play(self, key: str) -> None:
        asked = {**LATE_PARCEL, "email": "wang@example.cn", "order_no": f"EC{key}", "phone": f"1380000{self.number}{key[-1]:0>3}"}
        registered = self._sent(self.public, "/complaints", asked, key=f"case-{key}")
        self.reference, self.code = registered["reference"], registered["code"]
        self._complete("ut_triage", "u_intake1", confirm=True)
        self._complete("ut_accept_case", None, accept=True)
        self._complete("ut_first_response", None, **{**RESPONSE, "contacted_at": f"{clock.now():%Y-%m-%dT%H:%M:%S}Z"})
        self._complete("ut_investigate", None, need_customer_info=True, info_items=[{"item": "the parcel label"}])
        self._letter("T-INFO-REMINDER")
        self._tell("customer.info_provided", {"answer": "attached"})
        self._complete("ut_investigate", None, **FACTS)
        self._complete("ut_propose_solution", None, **LATE)
        self._complete("ut_communicate_solution", None, **OFFER)
        self._letter("T-PROPOSAL-REMINDER")
        self._tell("customer.decision", {**MONEY, "account": asked["phone"]})
        self._sent_money()
        self._tell("payment.confirmed", {"voucher_no": f"PV-{key}"}, by="bank")
        self._complete("ut_verify_execution", None, all_done=True)
        self._complete("ut_result_feedback", None, **FEEDBACK)
        self._complete("ut_visit_attempt", "u_rv1", **VISIT)
        self._complete("ut_close_archive", None, lessons="-", capa_needed=False)
        self._until(lambda session: self._complaint(session).status == "CLOSED")

    def _complete(self, element: str, by: str | None, **values: Any) -> None:
        def open_task(session: Any) -> Any:
            mine = select(UserTask.id).where(UserTask.business_key == self.reference, UserTask.element_id == element)
            task_id = session.scalar(mine.where(UserTask.state == "open"))
            return task_id and (task_id, by or self._complaint(session).case_owner)

        task_id, person = self._until(open_task)
        self._sent(self.clients[person], f"/user-tasks/{task_id}/completion", {"values": values}, key=task_id)

    def _tell(self, name: str, payload: dict[str, Any], *, by: str | None = None) -> None:
        client = self.clients[by] if by else self.public
        body = {"id": f"{self.reference} {name}", "name": name, "payload": payload, **({} if by else {"code": self.code})}
        self._sent(client, f"/complaints/{self.reference}/messages", body, key=None)

    def _letter(self, template: str) -> None:
        mine = select(Contact.id).where(Contact.template == template)
        self._until(lambda session: session.scalar(mine.where(Contact.complaint_id == self._complaint(session).id)))

    def _sent_money(self) -> None:
        sent = select(Payment.id).where(Payment.state == "sent")
        self._until(lambda session: session.scalar(sent.where(Payment.complaint_id == self._complaint(session).id)))

    def _complaint(self, session: Any) -> Complaint:
        found: Complaint = session.scalars(select(Complaint).where(Complaint.reference == self.reference)).one()
        return found

    def _until(self, seen: Any) -> Any:
        limit = clock.elapsed() + PATIENCE
        while not self.stopped.is_set():
            with reading(self.database) as session:
                if found := seen(session):
                    return found
            if clock.elapsed() > limit:
                self.wrong.append((self.reference, "nothing happened any more", self._left()))
                raise _Over
            self.stopped.wait(0.03)
        raise _Over

    def _left(self) -> list[Any]:
        """What the case still waits for, to be read when it does not go on."""
        with reading(self.database) as session:
            root_id = self._complaint(session).instance_id
            tasks = [(one.element_id, one.state) for one in session.scalars(select(UserTask).where(UserTask.root_id == root_id))]
            jobs = session.scalars(select(Job).where(Job.root_id == root_id))
            return [*tasks, *((one.kind, one.element_id, one.state, str(one.run_at), one.error) for one in jobs)]

    def _sent(self, client: Client, path: str, body: Any, *, key: str | None) -> Any:
        while not self.stopped.is_set():
            try:
                answer: tuple[int, Any] = client.request("POST", path, body, key=key)
            except (OSError, http.client.HTTPException):
                answer = (AWAY, None)
            if answer[0] == AWAY:  # killed, or busy with what it found when it came back
                self.stopped.wait(0.05)
                continue
            if answer[0] >= 300:
                self.wrong.append((path, body, answer))
                raise _Over
            return answer[1]
        raise _Over


@pytest.fixture
def bank() -> Iterator[Bank]:
    opened = Bank()
    yield opened
    opened.close()


@pytest.mark.long
@pytest.mark.once  # the twenty kills of test_killed_server.py are repeated on PostgreSQL; this takes minutes
def test_cases_handled_while_the_server_is_killed_take_no_step_twice(database_url: str, tmp_path: Path, bank: Bank) -> None:
    seed = int(os.environ.get("REDRESS_CHAOS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"REDRESS_CHAOS_SEED={seed}")
    dice = random.Random(seed)
    given = {"database_url": database_url, "secret_key": "of a test", "mail_url": str(tmp_path / "letters"), "payment_url": bank.url}
    tokens = prepare(from_environment({f"REDRESS_{name.upper()}": value for name, value in given.items()}))
    product, database = Product(settings=given, log=tmp_path / "log").start(), open_database(database_url, secrets=["of a test"])
    undisturbed = Case(0, port=product.port, tokens=tokens, database=database, cases=1)
    undisturbed.start()
    undisturbed.join(timeout=PATIENCE.total_seconds())
    assert undisturbed.done, undisturbed.wrong
    workers = [Case(number, port=product.port, tokens=tokens, database=database) for number in range(1, WORKERS + 1)]
    try:
        for worker in workers:
            worker.start()
        for _ in range(KILLS):
            _after_steps(database, dice.randrange(2, 25))
            threading.Event().wait(dice.random() * 0.2)  # somewhere inside a request, a step of the scheduler, an order to the bank
            product.kill()
            product.start()
        for worker in workers:
            worker.join(timeout=PATIENCE.total_seconds())
        _until_nothing_is_left(database)
    finally:
        for worker in workers:
            worker.stopped.set()
        product.kill()
    assert [worker.wrong for worker in workers] == [[]] * WORKERS
    assert [len(worker.done) for worker in workers] == [CASES_A_WORKER] * WORKERS
    _assert_like(undisturbed.done[0], [one for worker in workers for one in worker.done], database)
    _assert_paid_once(database, bank)
    _assert_letters(database, tmp_path / "letters")
    database.close()


def _until_nothing_is_left(database: Database) -> None:
    """What a killed server had begun is begun again when its lock has expired, after a minute."""
    limit = clock.elapsed() + PATIENCE
    while clock.elapsed() < limit:
        with reading(database) as session:
            if not session.execute(LEFT).all():
                return
        threading.Event().wait(0.2)


def _after_steps(database: Database, number: int) -> None:
    """Wait until so many more passages through nodes were written: a life that is too short to do anything proves nothing."""
    passages, limit = select(func.count(ActivityInstance.id)), clock.elapsed() + LIFE
    with reading(database) as session:
        aim = (session.scalar(passages) or 0) + number
    while clock.elapsed() < limit:
        with reading(database) as session:
            if (session.scalar(passages) or 0) >= aim:
                return
        threading.Event().wait(0.02)


def _assert_like(pattern: str, references: list[str], database: Database) -> None:
    """Every case took the steps and wrote the letters that the undisturbed one did, each as often."""
    with reading(database) as session:
        steps = {one: _steps(session, one) for one in (pattern, *references)}
        letters = {one: _letters(session, one) for one in (pattern, *references)}
        assert session.scalar(select(func.count(Incident.id))) == 0
        assert session.execute(LEFT).all() == []
    assert {one: found - steps[pattern] for one, found in steps.items()} == {one: Counter() for one in steps}
    assert {one: steps[pattern] - found for one, found in steps.items()} == {one: Counter() for one in steps}
    assert set(map(str, letters.values())) == {str(letters[pattern])}


def _steps(session: Any, reference: str) -> Counter[tuple[str, str]]:
    mine = select(ProcessInstance.definition_key, ActivityInstance.element_id)
    mine = mine.join(ProcessInstance, ProcessInstance.id == ActivityInstance.instance_id).where(ProcessInstance.business_key == reference)
    return Counter((key, element) for key, element in session.execute(mine) if key != WATCH)


def _letters(session: Any, reference: str) -> list[str]:
    mine = select(Contact.template).join(Complaint, Complaint.id == Contact.complaint_id).where(Complaint.reference == reference)
    return sorted(one for one in session.scalars(mine) if one)


def _assert_paid_once(database: Database, bank: Bank) -> None:
    """One order a case; the bank got it at least once, with one key and always in the same words."""
    with reading(database) as session:
        payments = session.scalars(select(Payment)).all()
    assert {one.state for one in payments} == {"confirmed"}
    assert len(payments) == 1 + WORKERS * CASES_A_WORKER
    assert set(bank.orders) == {one.idempotency_key for one in payments}
    assert all(len({str(sorted(one.items())) for one in orders}) == 1 for orders in bank.orders.values())


def _assert_letters(database: Database, folder: Path) -> None:
    """Every letter to a customer left once: one file each, named by its key."""
    with reading(database) as session:
        written = [one for one in session.scalars(select(Contact)) if one.address]
    sent = Counter(path.read_bytes() for path in folder.glob("*.eml"))
    assert set(sent.values()) == {1}
    assert len([path for path in folder.glob("*.eml") if b"wang@example.cn" in path.read_bytes()]) == len(written)
