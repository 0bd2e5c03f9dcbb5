"""Plays the complaints of the demonstration through the real functions, in order of time, with the scheduler between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock, due_jobs, scheduler, user_tasks
from engine.calendars import WorkingCalendar
from engine.database import Database, reading, unit_of_work
from engine.extensions import Actor
from engine.tables import UserTask
from processes import case_contact_data, case_messages, cases, complaints, evidence, people, search_fill
from processes.demo import history, talk
from processes.demo.cases import CUSTOMER, OWNER, Act, Case, read
from processes.demo.staff import address, hire
from processes.sla_time import ZONE
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.people import Account
from processes.uploads import Uploads

REACH = timedelta(days=45)  # far enough back for the oldest complaint, also over the Spring Festival
BANK = Actor(id="bank", name="bank", groups=frozenset({"payment_provider"}))

ADDRESSES: Mapping[str, Callable[[str], str | None]] = {"loses_address": lambda _: None, "gets_address": address}


@dataclass(frozen=True, kw_only=True)
class _Event:
    at: datetime
    work: Callable[[Session], None]


def fill(database: Database, *, now: datetime, uploads: Uploads) -> None:
    """People and complaints in every stage, their last minute being `now`; nothing when there are accounts already.

    `uploads` keeps the files they show each other.

    Everything in diagrams/ must be deployed, and no scheduler be running on this database: it would see the past as overdue.
    """
    with reading(database) as session:
        if session.scalar(select(Account.id).limit(1)) is not None:
            return
    told = read()
    files = talk.keep(uploads, told)
    _do(database, hire)
    for batch in history.batches(now=now):
        _do(database, batch)
    _do(database, search_fill.begin)
    time = clock.MovableClock(now - REACH)
    with clock.use(time):
        for event in sorted(_events(told, files, now=now), key=lambda event: event.at):
            _until(database, time, event.at)
            _do(database, event.work)
            scheduler.tick(database)
        _until(database, time, now)
        _do(database, _have_read)


def _have_read(session: Session) -> None:
    """What is older than a day was read: the bells ring for what is new."""
    old = update(Notification).where(Notification.read_at.is_(None), Notification.at < clock.now() - timedelta(days=1))
    session.execute(old.values(read_at=Notification.at))


def _do(database: Database, work: Callable[[Session], object]) -> None:
    with unit_of_work(database) as session:
        work(session)


def _until(database: Database, time: clock.MovableClock, at: datetime) -> None:
    """Let everything that falls due before `at` happen at its own instant."""
    while True:
        with reading(database) as session:
            due = due_jobs.next_due(session)
        if due is None or due > at:
            break
        time.move_to(max(due, time()))
        scheduler.tick(database)
    time.move_to(max(at, time()))


def _events(told: Sequence[Case], files: talk.Files, *, now: datetime) -> list[_Event]:
    calendar = WorkingCalendar()
    start = now - REACH
    worked = calendar.between(start, now)
    found: list[_Event] = []
    for number, case in enumerate(told):
        reference: list[str] = []
        at = now - timedelta(hours=case.ago) if case.ago else calendar.after(start, worked - timedelta(hours=case.age))
        found.append(_Event(at=at, work=_registering(case, reference)))
        for place, act in enumerate(case.said):
            after = timedelta(hours=act.after)
            at = at + after if case.ago else calendar.after(at, after)
            found.append(_Event(at=at, work=_acting(act, reference, files, key=f"demo-{number}-{place}")))
    return found


def _registering(case: Case, reference: list[str]) -> Callable[[Session], None]:
    def register(session: Session) -> None:
        actor = people.actor_of(session, case.by) if case.by is not None else None
        reference.append(complaints.register(session, case.given, actor=actor).complaint.reference)

    return register


def _acting(act: Act, reference: list[str], files: talk.Files, *, key: str) -> Callable[[Session], None]:
    def do(session: Session) -> None:
        complaint = cases.by_reference(session, reference[0])
        actor = _actor(session, complaint, act.who)
        values = {name: _value(session, complaint, name, value) for name, value in act.values.items()}
        if act.does in ADDRESSES:
            people.get(session, act.who).email = ADDRESSES[act.does](act.who)
        elif act.does in talk.TALK:
            talk.TALK[act.does](session, complaint, actor, act, files)
        elif act.does == case_contact_data.REVEAL:
            case_contact_data.reveal(session, complaint, actor=actor, **values)
        elif act.is_message:
            case_messages.send(session, complaint, act.does, values, message_id=key, actor=actor)
        else:
            _complete(session, complaint, act, values, actor)

    return do


def _actor(session: Session, complaint: Complaint, who: str) -> Actor:
    if who == BANK.id:
        return BANK
    if who == CUSTOMER:
        return case_messages.complainant(complaint)
    return people.actor_of(session, complaint.case_owner or who if who == OWNER else who)


def _complete(session: Session, complaint: Complaint, act: Act, values: dict[str, Any], actor: Actor) -> None:
    mine = select(UserTask.id).where(
        UserTask.business_key == complaint.reference, UserTask.element_id == act.does, UserTask.state == "open"
    )
    task_id = session.scalar(mine)
    if task_id is None:
        opened = select(UserTask.element_id).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
        raise LookupError(f"{complaint.reference} ({complaint.content}) has no open {act.does}; open are {list(session.scalars(opened))}")
    user_tasks.claim(session, task_id, actor=actor)
    user_tasks.complete(session, task_id, values=values, actor=actor)


def _value(session: Session, complaint: Complaint, name: str, value: Any) -> Any:
    """`now`, a day from now, all evidence the category asks for; anything else as it stands."""
    local = clock.now().astimezone(ZONE)
    if value == "now":
        return f"{local:%Y-%m-%dT%H:%M}"
    if name == "evidence" and value == "all":
        return evidence.mandatory(session, complaint)
    if isinstance(value, str) and value.startswith("+") and value.endswith("d"):
        return f"{local + timedelta(days=int(value[1:-1])):%Y-%m-%d}"
    return value
