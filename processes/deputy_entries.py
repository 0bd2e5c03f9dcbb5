"""Naming deputies and absences, ending them, listing them. Each change is an operation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, operations
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from processes import absences, account_fields, people
from processes.tables.people import Account, Deputy, Membership

LONGEST = timedelta(days=731)  # two years: whoever is away longer has left
LONGEST_NOTE = 500

LISTING = Listing(
    fields={
        "account_id": Deputy.account_id,
        "deputy_id": Deputy.deputy_id,
        "absent": Deputy.absent,
        "starts_at": Deputy.starts_at,
        "ends_at": Deputy.ends_at,
    },
    sorts={"starts_at": Deputy.starts_at, "ends_at": Deputy.ends_at},
    id=Deputy.id,
    default_sort="-starts_at",
)
_ENTRIES = select(Deputy)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Who stands in (nobody: None) for whom in which role (all: None) from when to when; `absent`: the person is away."""

    account_id: str
    deputy_id: str | None
    role: str | None = None
    absent: bool = False
    starts_at: datetime
    ends_at: datetime
    note: str | None = None


def search(session: Session, query: Query) -> Page[Deputy]:
    """Entries, the latest begun first."""
    return page(session, _ENTRIES, query, listing=LISTING)


def pages(session: Session, query: Query) -> Iterator[Sequence[Deputy]]:
    """All of them, some hundred at a time: what an export streams."""
    while True:
        found = search(session, query)
        yield found.items
        if found.next is None:
            return
        session.expunge_all()  # what was written to the wire is not kept
        query = replace(query, cursor=found.next)


def not_over(session: Session, account_id: str) -> Sequence[Deputy]:
    """What somebody has entered that lasts or is to come, in order."""
    mine = select(Deputy).where(Deputy.account_id == account_id, Deputy.ends_at > clock.now())
    return session.scalars(mine.order_by(Deputy.starts_at, Deputy.id)).all()


def stands_in(session: Session, account_id: str) -> Sequence[Deputy]:
    """For whom this person stands in now or will, in order."""
    mine = select(Deputy).where(Deputy.deputy_id == account_id, Deputy.ends_at > clock.now())
    return session.scalars(mine.order_by(Deputy.starts_at, Deputy.id)).all()


def get(session: Session, entry_id: str) -> Deputy:
    """The entry, or NotFound."""
    found = session.get(Deputy, entry_id)
    if found is None:
        raise NotFound(kind="deputy", id=entry_id)
    return found


def near(session: Session, account_id: str) -> Sequence[Account]:
    """Whom somebody may name as his or her own substitute: active colleagues of the department or of a group, and the manager."""
    me = people.get(session, account_id)
    mine = select(Membership.group).where(Membership.account_id == account_id)
    shares = select(Membership.account_id).where(Membership.group.in_(mine))
    close = [Account.id.in_(shares), Account.id == me.manager_id, Account.department == me.department]
    found = select(Account).where(Account.active, Account.id != account_id, or_(*close))
    return session.scalars(found.order_by(Account.name, Account.id)).all()


def add(session: Session, entry: Entry, *, actor: Actor) -> Deputy:
    """Write an entry. Who names a substitute for himself chooses among those near (`near`); an administrator among all.

    Raises Invalid, naming every place.
    """
    problems = [*_of_times(entry), *_of_people(session, entry, actor)]
    if problems:
        raise Invalid(problems=problems)
    row = Deputy(
        account_id=entry.account_id,
        deputy_id=entry.deputy_id,
        role=entry.role,
        absent=entry.absent,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        note=entry.note,
        created_by=actor.id,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()  # its id is written down
    operations.record(session, "deputy_add", actor=actor, subject=row, reason=entry.note, after=_plain(row))
    absences.tell_later(session, row, "begins")
    absences.tell_later(session, row, "ends")
    return row


def end(session: Session, entry_id: str, *, actor: Actor) -> Deputy:
    """It is over now; what had not begun never does."""
    row = session.scalar(select(Deputy).where(Deputy.id == entry_id).with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound(kind="deputy", id=entry_id)
    now = clock.now()
    if row.ends_at <= now:
        raise Conflict(reason="it is over already")
    before = row.ends_at
    row.ends_at = max(now, row.starts_at)
    operations.record(session, "deputy_end", actor=actor, subject=row, before={"ends_at": before}, after={"ends_at": row.ends_at})
    absences.tell_later(session, row, "ends")  # the job at the former end finds that it was told
    return row


def _plain(row: Deputy) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("account_id", "deputy_id", "role", "absent", "starts_at", "ends_at")}


def _of_times(entry: Entry) -> Iterator[Problem]:
    if entry.ends_at <= entry.starts_at:
        yield _problem("/ends_at", "The end lies after the beginning.")
    elif entry.ends_at <= clock.now():
        yield _problem("/ends_at", "This is over already; give a time to come.")
    elif entry.ends_at - entry.starts_at > LONGEST:
        yield _problem("/ends_at", "At most two years; enter a longer one again.")
    if entry.note is not None and len(entry.note) > LONGEST_NOTE:
        yield _problem("/note", f"At most {LONGEST_NOTE} characters.")


def _of_people(session: Session, entry: Entry, actor: Actor) -> Iterator[Problem]:
    wanted = {one for one in (entry.account_id, entry.deputy_id) if one is not None}
    known = people.active(session, wanted)
    if entry.account_id not in known:
        yield _problem("/account_id", f"There is no active account '{entry.account_id[:60]}'.", code="UNKNOWN")
    if entry.role is not None and not account_fields.GROUP.fullmatch(entry.role):
        yield _problem("/role", f"There is no role '{entry.role[:60]}'.", code="UNKNOWN")
    if entry.deputy_id is None:
        if not entry.absent:
            yield _problem("/deputy_id", "Say who stands in.")
        return
    if entry.deputy_id not in known:
        yield _problem("/deputy_id", f"There is no active account '{entry.deputy_id[:60]}'.", code="UNKNOWN")
    elif entry.deputy_id == entry.account_id:
        yield _problem("/deputy_id", "Nobody stands in for himself.")
    elif actor.id == entry.account_id and entry.deputy_id not in {one.id for one in near(session, entry.account_id)}:
        yield _problem("/deputy_id", "Choose a colleague of your department or with your role; for others ask an administrator.")
    elif _away(session, entry.deputy_id, entry):
        yield _problem("/deputy_id", "This person is away in that time; choose somebody else.")


def _away(session: Session, account_id: str, entry: Entry) -> bool:
    """All the time or a part of it: then the tasks would wait."""
    overlaps = (Deputy.account_id == account_id, Deputy.absent, Deputy.starts_at < entry.ends_at, Deputy.ends_at > entry.starts_at)
    return session.scalar(select(Deputy.id).where(*overlaps).limit(1)) is not None


def _problem(pointer: str, message: str, *, code: str = "INVALID") -> Problem:
    return Problem(code=code, message=message, pointer=pointer)
