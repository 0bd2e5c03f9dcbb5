"""Deadlines of whole cases, minute by minute: when clocks start, are due, fire, stop, and with what result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployments, due_jobs, scheduler
from engine.database import Database, open_database, reading, unit_of_work
from engine.errors import Conflict
from engine.extensions import SYSTEM
from engine.tables import Incident, Job, ProcessInstance
from processes import cases, complaints, contacts, escalations, extensions, sla, sla_rows
from processes.demo import staff
from processes.ports import LedgerMail
from processes.sla_time import ZONE
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.supervision import SlaClock

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
STAND_IN = Path(__file__).parent / "diagrams" / "escalation.bpmn"


def at(text: str) -> datetime:
    """Shanghai time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(kw_only=True)
class Case:
    """One case whose clocks are moved by hand; what falls due on the way happens at its own time."""

    database: Database
    time: clock.MovableClock
    complaint_id: str = ""
    keys: list[str] = field(default_factory=list)

    def go(self, instant: str, *acts: Callable[[Session, Complaint], object]) -> None:
        """Go on to the instant, do this, and let everything due happen."""
        self.wait_until(at(instant))
        with unit_of_work(self.database) as session:
            complaint = cases.get(session, self.complaint_id)
            for act in acts:
                act(session, complaint)
        scheduler.tick(self.database)

    def wait_until(self, instant: datetime) -> None:
        """Everything that is due before the instant fires at its own."""
        while True:
            with reading(self.database) as session:
                due = due_jobs.next_due(session)
            if due is None or due >= instant:
                break
            self.time.move_to(max(due, self.time()))
            scheduler.tick(self.database)
        self.time.move_to(max(instant, self.time()))

    def clocks(self) -> dict[str, str]:
        """Every clock in one line: level, target, start, due, stop, result, fired."""
        with reading(self.database) as session:
            rows = sla.rows(session, cases.get(session, self.complaint_id))
            return {f"{sla_rows.label(row)}@{_short(row.start)}": _line(row) for row in rows}

    def fired(self) -> list[str]:
        """Thresholds of all clocks, in order of time."""
        with reading(self.database) as session:
            rows = sla.rows(session, cases.get(session, self.complaint_id))
            found = [(one["at"], sla_rows.label(row), one) for row in rows for one in row.fired]
        return [f"{_short(when)} {label} {one['percent']} {one['action']}" for when, label, one in sorted(found, key=lambda x: x[:2])]

    def watch(self) -> list[ProcessInstance]:
        """The instances of sla_watch."""
        with reading(self.database) as session:
            mine = select(ProcessInstance).where(ProcessInstance.definition_key == "sla_watch")
            found = list(session.scalars(mine.order_by(ProcessInstance.started_at)))
            session.expunge_all()
            return found


def _short(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant.astimezone(ZONE):%m-%d %H:%M}"


def _line(row: SlaClock) -> str:
    fired = " ".join(f"{one['percent']}@{_short(one['at'])}{'R' if one['retroactive'] else ''}" for one in row.fired)
    return f"L{row.level} {row.target} due {_short(row.due)} stop {_short(row.stop)} {row.result} [{fired}]"


def begin(name: str, **options: object) -> Callable[[Session, Complaint], object]:
    clock_name, _, key = name.partition("/")
    return lambda session, complaint: sla.start(session, complaint, clock_name, key=key, **options)  # type: ignore[arg-type]  # the options of the one above


def end(*names: str) -> Callable[[Session, Complaint], object]:
    def act(session: Session, complaint: Complaint) -> None:
        for name in names:
            clock_name, _, key = name.partition("/")
            sla.stop(session, complaint, clock_name, key=key)

    return act


def pause(reason: str) -> Callable[[Session, Complaint], object]:
    return lambda session, complaint: sla.pause(session, complaint, reason)


def resume(reason: str) -> Callable[[Session, Complaint], object]:
    return lambda session, complaint: sla.resume(session, complaint, reason)


def intake(session: Session, complaint: Complaint) -> None:
    """What a registration starts."""
    for name in ("C-ACK", "C-FIRST", "C-PRELIM", "C-RESOLVE"):
        sla.start(session, complaint, name, at=complaint.received_at)
    sla.start_engagements(session, complaint, at=complaint.received_at)


def regrade(level: int) -> Callable[[Session, Complaint], object]:
    def act(session: Session, complaint: Complaint) -> None:
        cases.set_level(session, complaint, level, reasons=["G13-MEDIA"])
        sla.regrade(session, complaint)

    return act


@pytest.fixture(scope="session")
def watching(tmp_path_factory: pytest.TempPathFactory) -> deployments.Prepared:
    """The watch, its tables, and a stand-in for the escalation it starts."""
    files = {f"sla_watch/{path.name}": path.read_bytes() for path in (DIAGRAMS / "sla_watch").glob("*.*")}
    files["escalation/escalation_ladder.dmn"] = (DIAGRAMS / "escalation" / "escalation_ladder.dmn").read_bytes()
    files["escalation/escalation.bpmn"] = STAND_IN.read_bytes()
    files["complaint_handling/priority_score.dmn"] = (DIAGRAMS / "complaint_handling" / "priority_score.dmn").read_bytes()
    return deployments.prepare(files, extensions=extensions.build(mail=LedgerMail(tmp_path_factory.mktemp("letters"))))


@pytest.fixture
def case(database_url: str, tmp_path: Path, watching: deployments.Prepared) -> Iterator[Callable[..., Case]]:
    """Makes a case of a level, received at an instant."""
    database = open_database(database_url, extensions=extensions.build(mail=LedgerMail(tmp_path / "letters")))
    time = clock.MovableClock(at("2026-03-01T00:00"))

    def made(received: str, *, level: int = 1, department: str = "LOGISTICS", owner: str | None = "u_owner1") -> Case:
        time.move_to(at(received))
        with unit_of_work(database) as session:
            complaint = complaints.take_over(
                session,
                customer_id="c1",
                customer_name="王敏",
                level=level,
                channel="app",
                content="快递延误",
                received_at=at(received),
                case_owner=owner,
                owner_department=department,
            )
            session.flush()
            return Case(database=database, time=time, complaint_id=complaint.id)

    with clock.use(time):
        with unit_of_work(database) as session:
            deployments.deploy(session, watching, SYSTEM)
            staff.hire(session)
        yield made
    database.close()


Make = Callable[..., Case]


def test_clocks_of_a_late_delivery_that_goes_well(case: Make) -> None:
    one = case("2026-03-10T14:05")
    one.go("2026-03-10T14:05", intake, begin("C-TRIAGE"), end("C-ACK"))
    one.go("2026-03-10T14:30", end("C-TRIAGE"), begin("C-ACCEPT"))
    one.go("2026-03-10T15:10", end("C-ACCEPT"), begin("C-INVEST"))
    one.go("2026-03-10T16:20", end("C-FIRST"))
    one.go("2026-03-10T17:30", end("C-INVEST"))
    one.go("2026-03-11T09:40", end("C-PRELIM"), pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-03-11T12:15", resume("WAITING_CUSTOMER_DECISION"), begin("C-PAY", within="3wd"))
    one.go("2026-03-11T15:00", end("C-PAY"))
    one.go("2026-03-11T15:20", end("C-RESOLVE"), begin("C-FEEDBACK"))
    one.go("2026-03-11T16:00", end("C-FEEDBACK"), begin("C-VISIT"))
    one.go("2026-03-12T10:00", end("C-VISIT"))
    one.go("2026-03-12T20:11", begin("C-CLOSE"))
    one.go("2026-03-13T09:30", end("C-CLOSE"))
    assert one.clocks() == {
        "C-ACK@03-10 14:05": "L1 12ch due 03-11 02:05 stop 03-10 14:05 met []",
        "C-FIRST@03-10 14:05": "L1 24ch due 03-11 14:05 stop 03-10 16:20 met []",
        "C-PRELIM@03-10 14:05": "L1 48ch due 03-12 14:05 stop 03-11 09:40 met []",
        "C-RESOLVE@03-10 14:05": "L1 5wd due 03-17 16:25 stop 03-11 15:20 met []",
        "C-TRIAGE@03-10 14:05": "L1 4wh due 03-11 09:05 stop 03-10 14:30 met []",
        "C-ACCEPT@03-10 14:30": "L1 4wh due 03-11 09:30 stop 03-10 15:10 met []",
        "C-INVEST@03-10 15:10": "L1 2wd due 03-12 15:10 stop 03-10 17:30 met []",
        "C-PAY@03-11 12:15": "L1 3wd due 03-16 12:00 stop 03-11 15:00 met []",
        "C-FEEDBACK@03-11 15:20": "L1 24ch due 03-12 15:20 stop 03-11 16:00 met []",
        "C-VISIT@03-11 16:00": "L1 3wd due 03-16 16:00 stop 03-12 10:00 met []",
        "C-CLOSE@03-12 20:11": "L1 3wd due 03-17 18:00 stop 03-13 09:30 met []",
    }
    watches = one.watch()
    assert {watch.end_element_id for watch in watches} == {"end_exhausted"}
    assert {watch.state for watch in watches} <= {"completed", "terminated"}


def test_a_late_first_response_before_a_holiday_warns_and_escalates_once(case: Make) -> None:
    one = case("2026-04-03T16:30", level=2, department="BUSINESS_LINE", owner=None)
    one.go("2026-04-03T16:30", intake, begin("C-TRIAGE"), end("C-ACK"), lambda s, c: sla.start_regulatory(s, c, "15cd"))
    one.go("2026-04-03T17:10", end("C-TRIAGE"), begin("C-ACCEPT"))
    one.go("2026-04-04T17:25", end("C-ENGAGE/manager"))
    one.go("2026-04-04T17:45", end("C-ACCEPT"), begin("C-INVEST"))
    one.go("2026-04-04T18:10", end("C-FIRST"))
    one.go("2026-04-05T10:00", end("C-PRELIM"))
    one.go("2026-04-07T11:00", end("C-INVEST"))
    one.go("2026-04-08T10:00", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-04-08T10:40", resume("WAITING_CUSTOMER_DECISION"), begin("C-PAY", within="1wd"))
    one.go("2026-04-08T16:00", end("C-PAY"))
    one.go("2026-04-08T16:30", end("C-RESOLVE", "C-REG"), begin("C-FEEDBACK"))
    one.go("2026-04-09T09:30", end("C-FEEDBACK"))
    assert one.clocks() == {
        "C-ACK@04-03 16:30": "L2 12ch due 04-04 04:30 stop 04-03 16:30 met []",
        "C-FIRST@04-03 16:30": "L2 24ch due 04-04 16:30 stop 04-04 18:10 breached [80@04-04 11:42 100@04-04 16:30]",
        "C-PRELIM@04-03 16:30": "L2 48ch due 04-05 16:30 stop 04-05 10:00 met [80@04-05 06:54]",
        "C-RESOLVE@04-03 16:30": "L2 5wd due 04-13 17:10 stop 04-08 16:30 met []",
        "C-ENGAGE/manager@04-03 16:30": "L2 24ch due 04-04 16:30 stop 04-04 17:25 breached [100@04-04 16:30]",
        "C-REG@04-03 16:30": "L2 15cd due 04-19 00:00 stop 04-08 16:30 met []",
        "C-TRIAGE@04-03 16:30": "L2 4wh due 04-07 11:30 stop 04-03 17:10 met []",
        "C-ACCEPT@04-03 17:10": "L2 4wh due 04-07 13:10 stop 04-04 17:45 met []",
        "C-INVEST@04-04 17:45": "L2 2wd due 04-08 18:00 stop 04-07 11:00 met []",
        "C-PAY@04-08 10:40": "L2 1wd due 04-09 10:40 stop 04-08 16:00 met []",
        "C-FEEDBACK@04-08 16:30": "L2 24ch due 04-09 16:30 stop 04-09 09:30 met []",
    }
    assert one.fired() == [
        "04-04 11:42 C-FIRST 80 warn",
        "04-04 16:30 C-ENGAGE/manager 100 breach_supervise",
        "04-04 16:30 C-FIRST 100 breach_supervise",
        "04-05 06:54 C-PRELIM 80 warn",
    ]
    with reading(one.database) as session:
        complaint = cases.get(session, one.complaint_id)
        (escalation,) = escalations.all_of(session, complaint)
        assert (escalation.tier, escalation.supervisor, len(escalation.triggers)) == (2, "dept_manager", 2)
        told = {(row.account_id, row.role) for row in session.scalars(select(Notification).where(Notification.template == "N-SLA-LATE"))}
        assert ("u_mgr_fin", "dept_manager") in told
        assert len(contacts.of_case(session, complaint, template="T-PROGRESS")) == 1
        assert session.scalars(select(Incident)).all() == []


def test_waiting_for_the_customer_over_a_holiday_moves_what_is_due(case: Make) -> None:
    one = case("2026-04-01T15:00", level=2)
    one.go("2026-04-01T15:00", begin("C-RESOLVE"))
    one.go("2026-04-01T15:40", begin("C-INVEST"))
    one.go("2026-04-02T10:00", pause("WAITING_CUSTOMER_INFO"))
    one.go("2026-04-08T21:30", resume("WAITING_CUSTOMER_INFO"))
    one.go("2026-04-09T11:00", end("C-INVEST"))
    one.go("2026-04-09T14:00", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-04-09T15:00", resume("WAITING_CUSTOMER_DECISION"))
    one.go("2026-04-13T16:00", end("C-RESOLVE"))
    assert one.clocks() == {
        "C-RESOLVE@04-01 15:00": "L2 5wd due 04-15 15:00 stop 04-13 16:00 met [50@04-13 10:00]",
        "C-INVEST@04-01 15:40": "L2 2wd due 04-10 14:40 stop 04-09 11:00 met []",
    }


def test_a_case_that_is_nearly_due_and_then_overdue_gets_more_important(case: Make) -> None:
    one = case("2026-03-09T09:00")
    one.go("2026-03-09T09:00", begin("C-RESOLVE"))
    scores = []
    for instant in ("2026-03-12T18:01", "2026-03-13T18:01"):
        one.go(instant)
        with reading(one.database) as session:
            scores.append((cases.get(session, one.complaint_id).priority_score, cases.get(session, one.complaint_id).priority_band))
    assert scores == [(20, "PR4"), (30, "PR3")]


def test_mediation_pauses_the_case_but_not_its_own_clocks(case: Make) -> None:
    one = case("2026-08-03T10:00", level=2)
    one.go("2026-08-03T10:00", begin("C-RESOLVE"))
    one.go("2026-08-03T10:50", begin("C-INVEST"))
    one.go("2026-08-05T10:00", end("C-INVEST"))
    one.go("2026-08-05T17:20", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-08-06T10:00", resume("WAITING_CUSTOMER_DECISION"))
    one.go("2026-08-06T11:30", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-08-06T16:00", resume("WAITING_CUSTOMER_DECISION"))
    one.go("2026-08-06T16:30", pause("MEDIATION"))
    one.go("2026-08-07T15:00", begin("C-MED-OPEN"), begin("C-MEDIATE"))
    one.go("2026-08-11T15:30", end("C-MED-OPEN"))
    one.go("2026-08-17T10:00", begin("C-SIGN"))
    one.go("2026-08-18T11:00", end("C-SIGN"))
    one.go("2026-08-18T11:10", end("C-MEDIATE"), resume("MEDIATION"), begin("C-PAY", within="3wd"))
    one.go("2026-08-19T11:00", end("C-PAY"))
    one.go("2026-08-19T14:00", end("C-RESOLVE"))
    assert one.clocks() == {
        "C-RESOLVE@08-03 10:00": "L2 5wd due 08-20 10:50 stop 08-19 14:00 met [50@08-05 15:00 80@08-19 10:50]",
        "C-INVEST@08-03 10:50": "L2 2wd due 08-05 10:50 stop 08-05 10:00 met [80@08-04 16:38]",
        "C-MED-OPEN@08-07 15:00": "L2 3wd due 08-12 15:00 stop 08-11 15:30 met []",
        "C-MEDIATE@08-07 15:00": "L2 10wd due 08-21 15:00 stop 08-18 11:10 met [50@08-14 15:00]",
        "C-SIGN@08-17 10:00": "L2 5wd due 08-24 10:00 stop 08-18 11:00 met []",
        "C-PAY@08-18 11:10": "L2 3wd due 08-21 11:10 stop 08-19 11:00 met []",
    }


def test_an_approver_who_is_away_is_escalated_and_the_next_one_has_a_clock_of_his_own(case: Make) -> None:
    one = case("2026-09-14T09:00", level=2)
    one.go("2026-09-14T09:00", begin("C-RESOLVE"))
    one.go("2026-09-14T15:40", begin("C-APPROVE/dept_manager"))
    one.go("2026-09-15T17:00", end("C-APPROVE/dept_manager"))
    one.go("2026-09-15T17:20", begin("C-APPROVE/team_lead"))
    one.go("2026-09-15T17:40", end("C-APPROVE/team_lead"), begin("C-FINCHK"))
    one.go("2026-09-16T09:30", end("C-FINCHK"))
    one.go("2026-09-16T10:00", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-09-16T11:00", resume("WAITING_CUSTOMER_DECISION"), begin("C-PAY", within="3wd"))
    one.go("2026-09-17T10:00", end("C-PAY"))
    one.go("2026-09-17T10:30", end("C-RESOLVE"))
    assert one.clocks() == {
        "C-RESOLVE@09-14 09:00": "L2 5wd due 09-20 10:00 stop 09-17 10:30 met [50@09-16 15:00]",
        "C-APPROVE/dept_manager@09-14 15:40": "L2 8wh due 09-15 15:40 stop 09-15 17:00 breached [80@09-15 14:04 100@09-15 15:40]",
        "C-APPROVE/team_lead@09-15 17:20": "L2 8wh due 09-16 17:20 stop 09-15 17:40 met []",
        "C-FINCHK@09-15 17:40": "L2 8wh due 09-16 17:40 stop 09-16 09:30 met []",
        "C-PAY@09-16 11:00": "L2 3wd due 09-20 11:00 stop 09-17 10:00 met []",
    }


def test_a_higher_level_counts_from_the_start_and_fires_only_the_highest_threshold_passed(case: Make) -> None:
    one = case("2026-09-07T09:00", level=2, department="CS")
    one.go("2026-09-07T09:00", intake, end("C-ACK"))
    one.go("2026-09-07T09:50", begin("C-INVEST"))
    one.go("2026-09-07T13:00", end("C-FIRST"))
    one.go("2026-09-07T14:00", end("C-ENGAGE/manager"))
    one.go("2026-09-08T10:00", regrade(4))
    one.go("2026-09-08T10:40", end("C-ENGAGE/kickoff"))
    one.go("2026-09-08T11:00", end("C-ENGAGE/exec"))
    one.go("2026-09-08T11:30", end("C-PRELIM"))
    one.go("2026-09-08T14:00", end("C-INVEST"))
    one.go("2026-09-08T16:00", pause("WAITING_CUSTOMER_DECISION"))
    one.go("2026-09-08T16:30", resume("WAITING_CUSTOMER_DECISION"))
    one.go("2026-09-08T17:50", end("C-RESOLVE"))
    assert one.clocks() == {
        "C-ACK@09-07 09:00": "L2 12ch due 09-07 21:00 stop 09-07 09:00 met []",
        "C-FIRST@09-07 09:00": "L2 24ch due 09-08 09:00 stop 09-07 13:00 met []",
        "C-PRELIM@09-07 09:00": "L4 12ch due 09-07 21:00 stop 09-08 11:30 breached [100@09-08 10:00R]",
        "C-RESOLVE@09-07 09:00": "L4 3wd due 09-10 09:30 stop 09-08 17:50 met [50@09-08 14:00]",
        "C-ENGAGE/manager@09-07 09:00": "L2 24ch due 09-08 09:00 stop 09-07 14:00 met []",
        "C-INVEST@09-07 09:50": "L4 12wh due 09-08 14:50 stop 09-08 14:00 met [80@09-08 11:26]",
        "C-ENGAGE/kickoff@09-08 10:00": "L4 2ch due 09-08 12:00 stop 09-08 10:40 met []",
        "C-ENGAGE/exec@09-08 10:00": "L4 2ch due 09-08 12:00 stop 09-08 11:00 met []",
    }


def test_a_withdrawal_cancels_what_runs(case: Make) -> None:
    one = case("2026-07-06T09:40")
    one.go("2026-07-06T09:40", intake, end("C-ACK"))
    one.go("2026-07-06T11:00", end("C-FIRST"))
    one.go("2026-07-07T11:20", sla.cancel_all)
    assert one.clocks() == {
        "C-ACK@07-06 09:40": "L1 12ch due 07-06 21:40 stop 07-06 09:40 met []",
        "C-FIRST@07-06 09:40": "L1 24ch due 07-07 09:40 stop 07-06 11:00 met []",
        "C-PRELIM@07-06 09:40": "L1 48ch due 07-08 09:40 stop 07-07 11:20 cancelled []",
        "C-RESOLVE@07-06 09:40": "L1 5wd due 07-13 09:40 stop 07-07 11:20 cancelled []",
    }
    assert [watch.end_element_id for watch in one.watch()] == ["end_exhausted"]


def test_a_scheduler_that_was_down_fires_late_but_once_and_changes_no_result(case: Make) -> None:
    one = case("2026-05-11T10:00", level=3)
    one.go("2026-05-11T10:00", begin("C-FIRST"))
    one.time.move_to(at("2026-05-12T10:00"))  # nobody ticks for a day: 80, 100, 150 and 200 % are passed
    scheduler.tick(one.database)
    scheduler.tick(one.database)
    one.go("2026-05-12T10:05", end("C-FIRST"))
    assert one.fired() == [f"05-12 10:00 C-FIRST {percent} {action}" for percent, action in LADDER]
    assert one.clocks()["C-FIRST@05-11 10:00"].startswith("L3 2ch due 05-11 12:00 stop 05-12 10:05 breached")


LADDER = [(80, "warn"), (100, "breach_supervise"), (150, "supervise_reassign"), (200, "executive_list")]


def test_met_is_a_matter_of_the_clock_not_of_who_looked(case: Make) -> None:
    one = case("2026-05-11T10:00", level=3)
    one.go("2026-05-11T10:00", begin("C-FIRST"))
    with unit_of_work(one.database) as session:
        one.time.move_to(at("2026-05-11T13:00"))
        sla.stop(session, cases.get(session, one.complaint_id), "C-FIRST", at=at("2026-05-11T12:00"))
    scheduler.tick(one.database)
    assert one.clocks() == {"C-FIRST@05-11 10:00": "L3 2ch due 05-11 12:00 stop 05-11 12:00 met []"}


def test_a_clock_without_a_target_at_the_level_does_not_start(case: Make) -> None:
    one = case("2026-05-11T10:00")
    one.go("2026-05-11T10:00", begin("C-ENGAGE/manager"))
    assert one.clocks() == {}


def test_starting_a_running_clock_again_changes_nothing(case: Make) -> None:
    one = case("2026-05-11T10:00")
    one.go("2026-05-11T10:00", begin("C-FIRST"))
    one.go("2026-05-11T11:00", begin("C-FIRST"))
    assert list(one.clocks()) == ["C-FIRST@05-11 10:00"]


def test_an_extension_counts_from_the_start_and_arms_thresholds_again(case: Make) -> None:
    one = case("2026-03-09T09:00")
    one.go("2026-03-09T09:00", begin("C-RESOLVE"))
    one.go("2026-03-12T16:00", lambda session, complaint: sla.extend(session, complaint, "C-RESOLVE", target="10wd"))
    assert one.clocks()["C-RESOLVE@03-09 09:00"] == "L1 10wd due 03-20 18:00 stop - running [50@03-11 14:00]"
    one.go("2026-03-16T09:00")
    assert one.clocks()["C-RESOLVE@03-09 09:00"] == "L1 10wd due 03-20 18:00 stop - running [50@03-11 14:00 50@03-13 18:00]"
    with pytest.raises(sla.AlreadyExtended), unit_of_work(one.database) as session:
        sla.extend(session, cases.get(session, one.complaint_id), "C-RESOLVE", target="15wd")


def test_what_is_paused_past_its_old_due_instant_has_time_left_and_can_be_extended(case: Make) -> None:
    one = case("2026-03-09T09:00")
    one.go("2026-03-09T09:00", begin("C-RESOLVE"))
    one.go("2026-03-11T09:00", pause("WAITING_CUSTOMER_INFO"))
    one.go("2026-03-25T09:00", lambda session, complaint: sla.extend(session, complaint, "C-RESOLVE", target="10wd"))
    one.go("2026-03-25T09:00", resume("WAITING_CUSTOMER_INFO"))
    assert one.clocks()["C-RESOLVE@03-09 09:00"] == "L1 10wd due 04-03 18:00 stop - running []"


def test_an_extension_after_the_due_instant_is_refused(case: Make) -> None:
    one = case("2026-03-09T09:00")
    one.go("2026-03-09T09:00", begin("C-FIRST"))
    one.wait_until(at("2026-03-10T10:00"))
    with pytest.raises(Conflict), unit_of_work(one.database) as session:
        sla.extend(session, cases.get(session, one.complaint_id), "C-FIRST", target="48ch")


def test_reopening_starts_a_new_resolution_and_keeps_the_old_one(case: Make) -> None:
    one = case("2026-04-27T09:30")
    one.go("2026-04-27T09:30", begin("C-RESOLVE"))
    one.go("2026-04-28T15:30", end("C-RESOLVE"))

    def reopen(session: Session, complaint: Complaint) -> None:
        cases.set_level(session, complaint, 2, reasons=["reopened"])
        complaint.reopened_at = clock.now()
        sla.reopen(session, complaint)

    one.go("2026-04-29T10:00", reopen)
    one.go("2026-04-30T10:00", end("C-INVEST", "C-ENGAGE/manager"))
    assert one.clocks() == {
        "C-RESOLVE@04-27 09:30": "L1 5wd due 05-07 09:30 stop 04-28 15:30 met []",
        "C-RESOLVE@04-29 10:00": "L2 5wd due 05-09 10:00 stop - running []",
        "C-INVEST@04-29 10:00": "L2 2wd due 05-06 10:00 stop 04-30 10:00 met []",
        "C-ENGAGE/manager@04-29 10:00": "L2 24ch due 04-30 10:00 stop 04-30 10:00 met []",
    }
    assert [watch.state for watch in one.watch()][-1] == "running"


def test_nothing_fires_while_paused_and_the_watch_stays(case: Make) -> None:
    one = case("2026-03-09T09:00")
    one.go("2026-03-09T09:00", begin("C-RESOLVE"), pause("SUSPENDED"))
    one.go("2026-06-01T09:00")
    assert one.fired() == []
    assert [watch.state for watch in one.watch()] == ["running"]
    one.go("2026-06-01T09:00", resume("SUSPENDED"))
    with reading(one.database) as session:
        timer = session.scalars(select(Job).where(Job.kind == "timer", Job.element_id == "eg_watch")).one()
        assert timer.due_at == at("2026-06-03T14:00")


def test_there_is_one_watch_however_many_clocks_run(case: Make) -> None:
    one = case("2026-03-09T09:00", level=4)
    one.go("2026-03-09T09:00", intake)
    one.go("2026-03-09T09:10", begin("C-TRIAGE"))
    assert len(one.watch()) == 1
