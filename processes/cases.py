"""The case: find it, move its status, say who owns it and who may not see it (processes.md 2.2, 2.2a)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import NotFound
from engine.extensions import SYSTEM
from processes import case_numbers, case_people, deputies, search, sla_rows, watchers
from processes.tables.cases import CaseEvent, Complaint, ContentAddition, Customer
from processes.tables.people import Account, Membership

STATUSES = frozenset(
    {
        *("NEW", "NEED_INFO", "TRIAGE", "ASSIGNED", "ACCEPTED", "INVESTIGATING", "WAITING_CUSTOMER_INFO", "DETERMINING", "PROPOSING"),
        *("IN_REVIEW", "COMP_APPROVAL", "COMMUNICATING", "WAITING_CUSTOMER_DECISION", "MEDIATION", "EXECUTING", "RESOLVED"),
        *("FEEDBACK_SENT", "RETURN_VISIT", "CLOSING", "REOPENED", "SUSPENDED", "CLOSED"),
    }
)
CLOSED = "CLOSED"
SUSPENDED = "SUSPENDED"


def get(session: Session, complaint_id: str) -> Complaint:
    """The case with this id, or NotFound."""
    found = session.get(Complaint, complaint_id)
    if found is None:
        raise NotFound(kind="complaint", id=complaint_id)
    return found


def lock(session: Session, complaint: Complaint) -> None:
    """One transaction at a time takes messages, moves money or changes deadlines of a case. SQLite has one writer anyway.

    What was read of the case before is read again. Nobody who holds this waits for a process instance: its lock comes first.
    """
    fresh = select(Complaint).where(Complaint.id == complaint.id).with_for_update(key_share=True)  # rows may still point here
    session.scalar(fresh.execution_options(populate_existing=True))


def by_reference(session: Session, reference: str) -> Complaint:
    """The case with this number, or NotFound."""
    found = find(session, reference)
    if found is None:
        raise NotFound(kind="complaint", id=reference)
    return found


def find(session: Session, reference: str | None) -> Complaint | None:
    """The case with this number, or None."""
    return session.scalar(select(Complaint).where(Complaint.reference == reference)) if reference else None


def by_references(session: Session, references: Collection[str | None]) -> dict[str, Complaint]:
    """The cases with these numbers, by number, in one statement."""
    wanted = {one for one in references if one}
    found = session.scalars(select(Complaint).where(Complaint.reference.in_(wanted))) if wanted else ()
    return {one.reference: one for one in found}


def opened_by(session: Session, reference: str, code: str) -> Complaint | None:
    """The case with this number, if this is its code."""
    found = find(session, reference)
    return found if found is not None and case_numbers.opens(found, code) else None


def customer_of(session: Session, complaint: Complaint) -> Customer | None:
    """Who complains; None for a case that was taken over without one."""
    return session.get(Customer, complaint.customer_id)


def log(session: Session, complaint: Complaint, kind: str, *, by: str = SYSTEM.id, text: str | None = None, **details: Any) -> CaseEvent:
    """One line of the timeline; some of them are told to those who watch the case."""
    event = CaseEvent(complaint_id=complaint.id, at=clock.now(), kind=kind, by=by, text=text, details=details)
    session.add(event)
    if kind in watchers.TOLD:
        watchers.happened(session, complaint, kind, by=by, **details)
    return event


def set_status(session: Session, complaint: Complaint, status: str, *, by: str = SYSTEM.id) -> None:
    """The case moves on. Suspending remembers the former status; a suspended case takes note of the next one for later."""
    if status not in STATUSES:
        raise ValueError(f"'{status}' is no status of a case")
    if status == complaint.status:
        return
    if status == SUSPENDED:
        complaint.status_before = complaint.status
    elif complaint.status == SUSPENDED and status != CLOSED:
        complaint.status_before = status
        return
    log(session, complaint, "status", by=by, before=complaint.status, after=status)
    complaint.status = status


def end_suspension(session: Session, complaint: Complaint, *, by: str = SYSTEM.id) -> None:
    """The former status returns."""
    if complaint.status == SUSPENDED:
        former, complaint.status = complaint.status_before or "INVESTIGATING", ""
        complaint.status_before = None
        set_status(session, complaint, former, by=by)


def close(session: Session, complaint: Complaint, code: str, *, by: str = SYSTEM.id, at: datetime | None = None) -> None:
    """The end of the case, with its close code (2.2a)."""
    complaint.close_code = code
    complaint.closed_at = complaint.closed_at or at or clock.now()
    set_status(session, complaint, CLOSED, by=by)


def resolve(session: Session, complaint: Complaint, *, by: str = SYSTEM.id) -> None:
    """The promise of a resolution is kept: when, and how much working time that took since the complaint came in."""
    complaint.resolved_at = clock.now()
    worked = sla_rows.calendar(session).between(complaint.received_at, complaint.resolved_at)
    complaint.handled_seconds = worked // timedelta(seconds=1)
    set_status(session, complaint, "RESOLVED", by=by)


def set_level(
    session: Session, complaint: Complaint, level: int, *, reasons: Sequence[str], by: str = SYSTEM.id, reason: str | None = None
) -> bool:
    """Grade the case; says whether the level is another one. The clocks are graded by `sla.regrade`."""
    before, complaint.level, complaint.level_reasons = complaint.level, level, list(reasons)
    if before == level and complaint.level_history:
        return False
    entry = {"at": clock.now(), "from": before if complaint.level_history else None, "to": level, "by": by, "reason": reason}
    complaint.level_history = [*complaint.level_history, entry]
    log(session, complaint, "level", by=by, text=reason, before=before, after=level, reasons=list(reasons))
    return before != level


def set_owner(session: Session, complaint: Complaint, owner: str, *, by: str = SYSTEM.id, reason: str | None = None) -> None:
    """Give the case to another owner; its open tasks find out when they ask for their candidates."""
    if complaint.case_owner != owner:
        log(session, complaint, "owner", by=by, text=reason, before=complaint.case_owner, after=owner)
        complaint.case_owner = owner


def choose_owner(session: Session, complaint: Complaint, *, group: str, but_not: Collection[str] = ()) -> str | None:
    """The case owner by rule: who received it if in the group, else who has the fewest open cases, ties in the order of the group.

    Who is away gets none.
    """
    barred = {*complaint.excluded_users, *but_not}
    in_group = (
        select(Account.id)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.group == group, Account.active)
        .order_by(Membership.position, Account.id)
    )
    found = session.scalars(in_group).all()
    barred |= deputies.absent(session, found).keys()
    members = [one for one in found if one not in barred]
    if complaint.first_inquiry_owner in members:
        return complaint.first_inquiry_owner
    load = dict(
        session.execute(
            select(Complaint.case_owner, func.count())
            .where(Complaint.case_owner.in_(members), Complaint.status != CLOSED, Complaint.id != complaint.id)
            .group_by(Complaint.case_owner)
        ).all()
    )
    return min(members, key=lambda one: (load.get(one, 0), members.index(one)), default=None)


def exclude(session: Session, complaint: Complaint) -> None:
    """Keep those the case is about, and their managers, away from it (X-27). What was declared before stays."""
    found = case_people.named_in(session, complaint)
    complaint.excluded_users = list(dict.fromkeys([*complaint.excluded_users, *found]))


def add_content(session: Session, complaint: Complaint, text: str, *, by: str, from_complaint: str | None = None) -> ContentAddition:
    """Something the customer adds later; the content as it was received never changes."""
    addition = ContentAddition(id=new_id(), complaint_id=complaint.id, at=clock.now(), by=by, text=text, from_complaint=from_complaint)
    session.add(addition)
    search.index_addition(session, complaint, addition)
    return addition


def merge(session: Session, duplicate: Complaint, into: Complaint, *, by: str, new_facts: str | None = None) -> None:
    """Close a second complaint about the same matter; nothing it said is lost. Clocks of the first are not touched."""
    duplicate.merged_into = into.id
    into.contacts_count += 1
    added = "\n\n".join(part for part in (duplicate.content, new_facts) if part)
    add_content(session, into, added, by=by, from_complaint=duplicate.id)
    log(session, into, "merged", by=by, text=new_facts, reference=duplicate.reference)
    close(session, duplicate, "CLOSED_MERGED", by=by)
