"""A real database with processes of the product deployed, the people of the demonstration, a letter box and a bank."""

import email
import email.policy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployments, due_jobs, instances, scheduler, user_tasks
from engine.database import Database, new_id, open_database, reading, unit_of_work
from engine.extensions import SYSTEM, Actor
from engine.tables import ProcessInstance, UserTask
from processes import case_messages, cases, compensations, complaints, extensions, people
from processes.demo import staff
from processes.ports import LedgerMail, PaymentFailed, PaymentOrder
from processes.tables.cases import Approval, Compensation, Complaint
from tests import databases, postgresql
from tests.given_complaints import lost_parcel

MONDAY = datetime(2026, 9, 14, 1, tzinfo=UTC)  # 09:00 in Shanghai, a working day
DIAGRAMS = Path(__file__).parents[2] / "diagrams"
DEPLOYED = (
    *("compensation_approval", "compensation_payment", "mediation", "sla_watch"),
    *("escalation", "return_visit", "improvement_action"),
)


@dataclass(kw_only=True)
class Bank:
    """The bank: every order it was given, also those it refused while it was away."""

    away: bool = False
    orders: list[PaymentOrder] = field(default_factory=list)

    def pay(self, order: PaymentOrder) -> None:
        self.orders.append(order)
        if self.away:
            raise PaymentFailed("the line is down")


@dataclass(kw_only=True)
class Office:
    """What a test works with, and the short ways to what pages do."""

    database: Database
    time: clock.MovableClock
    letters: Path
    bank: Bank

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads; what was read stays readable after it."""
        with reading(self.database) as session:
            yield session
            session.expunge_all()

    def register(self, session: Session, **changes: Any) -> Complaint:
        """A complaint about a lost parcel, or what `changes` make of it."""
        return complaints.take_over(session, **{**lost_parcel(clock.now()), **changes})

    def ask(self, remedy_case: str, amount: str, inputs: Mapping[str, Any] | None = None, *, by: str = "u_owner1", **complaint: Any) -> str:
        """Claim compensation for a new complaint; gives the id of the claim."""
        with unit_of_work(self.database) as session:
            registered = self.register(session, **complaint)
            session.flush()
            claim = compensations.request(
                session,
                complaint_reference=registered.reference,
                remedy_case=remedy_case,
                requested_amount=amount,
                inputs=inputs or {},
                actor=people.actor_of(session, by),
            )
        scheduler.tick(self.database)
        return claim.id

    def claim(self, claim_id: str) -> Compensation:
        """The claim as it stands."""
        with self.reading() as session:
            return compensations.get(session, claim_id)

    def said(self, claim_id: str) -> list[Approval]:
        """What was said about it."""
        with self.reading() as session:
            return list(compensations.approvals_of(session, claim_id))

    def instance(self, claim_id: str) -> ProcessInstance:
        """The run that decides the claim."""
        with self.reading() as session:
            found = session.get(ProcessInstance, compensations.get(session, claim_id).instance_id)
            assert found is not None
            return found

    def open_task(self, claim_id: str) -> UserTask:
        """The one open task of the claim, with its candidates."""
        with self.reading() as session:
            mine = select(UserTask.id).where(UserTask.root_id == self.claim(claim_id).instance_id, UserTask.state == "open")
            return user_tasks.get(session, session.scalars(mine).one(), actor=SYSTEM)

    def complete(self, claim_id: str, by: str, **values: Any) -> None:
        """Claim and complete the open task as this person, and let everything due happen."""
        task = self.open_task(claim_id)
        with unit_of_work(self.database) as session:
            user_tasks.complete(session, task.id, values=values, actor=people.actor_of(session, by))
        scheduler.tick(self.database)

    def approve(self, claim_id: str, by: str, amount: str) -> None:
        """Vote yes."""
        self.complete(claim_id, by, vote="approve", approved_amount=amount)

    def check_finance(self, claim_id: str, by: str = "u_fin1") -> None:
        """Let finance find nothing wrong."""
        self.complete(claim_id, by, result="ok", cost_center="LOGISTICS", duplicate_checked=True)

    def start(self, key: str, complaint: Complaint, **variables: Any) -> str:
        """Start a process for a case, as another process would call it; gives the id of the instance."""
        with unit_of_work(self.database) as session:
            given = {"complaint_id": complaint.id, "level": complaint.level, **variables}
            instance = instances.start(session, key, variables=given, actor=SYSTEM, business_key=complaint.reference)
        scheduler.tick(self.database)
        return instance.id

    def open(self, root: str) -> list[str]:
        """The elements with an open task."""
        with self.reading() as session:
            mine = select(UserTask.element_id).where(UserTask.root_id == root, UserTask.state == "open")
            return sorted(session.scalars(mine))

    def task(self, root: str, element: str) -> UserTask:
        """The one open task of this element."""
        with self.reading() as session:
            mine = select(UserTask.id).where(UserTask.root_id == root, UserTask.element_id == element, UserTask.state == "open")
            return user_tasks.get(session, session.scalars(mine).one(), actor=SYSTEM)

    def do(self, root: str, element: str, by: str, **values: Any) -> None:
        """Claim and complete the open task of this element as this person, and let everything due happen."""
        task = self.task(root, element)
        with unit_of_work(self.database) as session:
            completion = user_tasks.complete(session, task.id, values=values, actor=people.actor_of(session, by))
        assert completion.incident is None, completion.job.error if completion.job else ""
        scheduler.tick(self.database)

    def end(self, root: str) -> tuple[str, str | None]:
        """State of the instance, and where it ended."""
        with self.reading() as session:
            found = session.get(ProcessInstance, root)
            assert found is not None
            return found.state, found.end_element_id

    def tell(self, reference: str, name: str, payload: dict[str, Any] | None = None, *, groups: tuple[str, ...] = ()) -> None:
        """Send a message for a case, as somebody in these groups (the complainant if none are given)."""
        with unit_of_work(self.database) as session:
            complaint = cases.by_reference(session, reference)
            actor = Actor(id="service", groups=frozenset(groups)) if groups else case_messages.complainant(complaint)
            case_messages.send(session, complaint, name, payload or {}, message_id=new_id(), actor=actor)
        scheduler.tick(self.database)

    def wait_until(self, instant: datetime) -> None:
        """Go on to an instant; what falls due on the way happens at its own time."""
        while True:
            with self.reading() as session:
                due = due_jobs.next_due(session)
            if due is None or due > instant:
                break
            self.time.move_to(max(due, self.time()))
            scheduler.tick(self.database)
        self.time.move_to(instant)

    def letter_box(self) -> list[tuple[str, str, str]]:
        """Every letter sent: to whom, subject, text."""
        read = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(self.letters.glob("*.eml"))]
        return sorted((str(one["To"]), str(one["Subject"]), one.get_content()) for one in read)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> deployments.Prepared:
    """Everything the product deploys, checked and compiled once."""
    deployed = (path for path in DIAGRAMS.glob("*/**/*.*") if path.suffix in (".bpmn", ".dmn", ".form"))
    files = {path.relative_to(DIAGRAMS).as_posix(): path.read_bytes() for path in deployed}
    return deployments.prepare(files, extensions=extensions.build(mail=LedgerMail(tmp_path_factory.mktemp("letters"))))


@pytest.fixture(scope="session")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, migrated: str, prepared: deployments.Prepared, postgresql_server: postgresql.Server | None
) -> str:
    """The address of a database in which nobody works yet; everything is deployed."""
    folder = tmp_path_factory.mktemp("deployed")
    url = databases.template(migrated, folder / "redress.db", server=postgresql_server)
    with _opened(url, folder) as made, unit_of_work(made.database) as session:
        deployments.deploy(session, prepared, SYSTEM)
    return url


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory, deployed: str, postgresql_server: postgresql.Server | None) -> str:
    """The address of such a database in which the people of the demonstration work: making it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("staffed")
    url = databases.template(deployed, folder / "redress.db", server=postgresql_server)
    with _opened(url, folder) as made, unit_of_work(made.database) as session:
        staff.hire(session)
    return url


@contextmanager
def _opened(url: str, folder: Path) -> Iterator[Office]:
    letters, bank, time = folder / "letters", Bank(), clock.MovableClock(MONDAY)
    built = extensions.build(mail=LedgerMail(letters), payments=bank, site="https://redress.example")
    database = open_database(url, extensions=built, secrets=["of these tests"])
    with clock.use(time):
        yield Office(database=database, time=time, letters=letters, bank=bank)
    database.close()


@pytest.fixture
def empty(tmp_path: Path, deployed: str, postgresql_server: postgresql.Server | None) -> Iterator[Office]:
    """Nobody works here yet; the process is deployed."""
    with databases.borrowed(deployed, tmp_path / "redress.db", server=postgresql_server) as url, _opened(url, tmp_path) as office:
        yield office


@pytest.fixture
def office(tmp_path: Path, staffed: str, postgresql_server: postgresql.Server | None) -> Iterator[Office]:
    """The people of the demonstration work here."""
    with databases.borrowed(staffed, tmp_path / "redress.db", server=postgresql_server) as url, _opened(url, tmp_path) as office:
        yield office
