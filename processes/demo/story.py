"""Plays the claims of the demonstration through the real functions, in order of time, with the scheduler between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, jobs, scheduler, user_tasks
from engine.calendars import WorkingCalendar
from engine.database import Database, reading, unit_of_work
from engine.tables import UserTask
from processes import compensations, complaints, people
from processes.demo import claims
from processes.demo.claims import Act, Claim
from processes.demo.staff import WITHOUT_ADDRESS, address, hire
from processes.tables.people import Account

REACH = timedelta(days=45)  # far enough back for the oldest claim, also over the Spring Festival


@dataclass(frozen=True, kw_only=True)
class _Event:
    at: datetime
    work: Callable[[Session], None]


def fill(database: Database, *, now: datetime) -> None:
    """People and claims in every stage, their last minute being `now`; nothing when there are accounts already.

    compensation_approval must be deployed, and no scheduler be running on this database: it would see the past as overdue.
    """
    with reading(database) as session:
        if session.scalar(select(Account.id).limit(1)) is not None:
            return
    _do(database, hire)
    time = clock.MovableClock(now - REACH)
    with clock.use(time):
        for event in sorted(_events(now), key=lambda event: event.at):
            _until(database, time, event.at)
            _do(database, event.work)
            scheduler.tick(database)
        _until(database, time, now)
    _do(database, _give_address)


def _do(database: Database, work: Callable[[Session], None]) -> None:
    with unit_of_work(database) as session:
        work(session)


def _until(database: Database, time: clock.MovableClock, at: datetime) -> None:
    """Let everything that falls due before `at` happen at its own instant."""
    while True:
        with reading(database) as session:
            due = jobs.next_due(session)
        if due is None or due > at:
            break
        time.move_to(max(due, time()))
        scheduler.tick(database)
    time.move_to(max(at, time()))


def _events(now: datetime) -> list[_Event]:
    calendar = WorkingCalendar()
    start = now - REACH
    worked = calendar.between(start, now)
    found: list[_Event] = []
    for claim in claims.read():
        reference: list[str] = []
        at = calendar.after(start, worked - timedelta(hours=claim.age))
        found.append(_Event(at=at, work=_asking(claim, reference)))
        for act in claim.said:
            at = calendar.after(at, timedelta(hours=act.after))
            found.append(_Event(at=at, work=_acting(act, reference)))
    return found


def _asking(claim: Claim, reference: list[str]) -> Callable[[Session], None]:
    def ask(session: Session) -> None:
        complaint = complaints.take_over(
            session,
            customer_id=f"customer:{claim.customer}",
            customer_name=claim.customer,
            level=claim.level,
            channel=claim.channel,
            content=claim.content,
            received_at=clock.now() - timedelta(hours=26),
            case_owner=claim.owner,
            owner_department=claim.department,
            excluded_users=claim.excluded,
        )
        reference.append(complaint.reference)
        actor = people.actor_of(session, claim.owner)
        session.flush()  # the request looks the complaint up
        compensations.request(
            session,
            complaint_reference=complaint.reference,
            remedy_case=claim.remedy,
            requested_amount=claim.amount,
            inputs=claim.inputs,
            actor=actor,
        )

    return ask


def _acting(act: Act, reference: list[str]) -> Callable[[Session], None]:
    def do(session: Session) -> None:
        task_id = session.scalar(
            select(UserTask.id).where(UserTask.business_key == reference[0], UserTask.form_key == act.form, UserTask.state == "open")
        )
        if task_id is None:
            raise LookupError(f"the story of {reference[0]} has no open task {act.form} for {act.who}")
        actor = people.actor_of(session, act.who)
        user_tasks.claim(session, task_id, actor=actor)
        if act.does == "draft":
            user_tasks.save_draft(session, task_id, values=dict(act.values), actor=actor)
        elif act.does != "claim":
            user_tasks.complete(session, task_id, values=dict(act.values), actor=actor)

    return do


def _give_address(session: Session) -> None:
    """The letter to her failed and waits in an incident; now that she has an address, a retry sends it."""
    people.get(session, WITHOUT_ADDRESS).email = address(WITHOUT_ADDRESS)
