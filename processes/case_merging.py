"""Two cases about the same matter become one: by the form of ut_confirm_duplicate, or by hand at any time before money moves.

By hand four things must hold: it is this person's to do (the owner of the case, intake, team leads, the complaint manager), and
he or she may see both (asked where the request comes in); both cases are open; they are of the same customer, who reads in the
one what was told in the other; and no compensation of the case that ends is decided or paid.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import instances, steps
from engine.errors import Conflict, RedressError, Refused
from engine.extensions import Actor
from engine.tables import ProcessInstance, UserTask
from processes import case_links, cases, closing, contacts, notifications, sla, sla_rows
from processes.tables.cases import Compensation, Complaint

MERGES = frozenset({"intake_agent", "team_lead", "complaint_manager"})


class MayNotMerge(Refused):
    """Merging a case is for its owner, for intake agents, team leads and complaint managers."""

    code = "MAY_NOT_MERGE"


class CaseClosed(Conflict):
    """{reference} is closed; a closed case is not merged and takes up nothing."""

    code = "CASE_CLOSED"


class AnotherCustomer(Conflict):
    """{reference} is of another customer, who would read what this one told us; link the two instead."""

    code = "ANOTHER_CUSTOMER"


class MoneyMoves(Conflict):
    """A compensation of {reference} is being decided or was paid; this case has to be handled to its own end."""

    code = "MONEY_MOVES"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What merging will do: how much of the case ends, and who is told."""

    duplicate: Complaint
    into: Complaint
    running: int  # processes that end
    tasks: int  # open tasks that go
    deadlines: int  # that end
    letter: bool  # the customer is written to
    owner: str | None  # who is told


def refusal(session: Session, duplicate: Complaint, *, actor: Actor) -> RedressError | None:
    """Why this case cannot be merged by this person, whichever the other one is."""
    if not (actor.groups & MERGES or duplicate.case_owner == actor.id):
        return MayNotMerge(who_can=sorted(MERGES))
    if duplicate.status == cases.CLOSED:
        return CaseClosed(reference=duplicate.reference)
    moves = select(Compensation.id).where(Compensation.complaint_id == duplicate.id, Compensation.state != "rejected").limit(1)
    return MoneyMoves(reference=duplicate.reference) if session.scalar(moves) is not None else None


def plan(session: Session, duplicate: Complaint, into: Complaint, *, actor: Actor) -> Plan:
    """What would happen. Raises what speaks against it."""
    refused = refusal(session, duplicate, actor=actor)
    if refused is not None:
        raise refused
    if duplicate.id == into.id:
        raise case_links.SameCase()
    if into.status == cases.CLOSED:
        raise CaseClosed(reference=into.reference)
    if duplicate.customer_id != into.customer_id or duplicate.anonymous != into.anonymous:
        raise AnotherCustomer(reference=into.reference)
    root = _root(session, duplicate)
    open_ = select(func.count()).select_from(UserTask).where(UserTask.root_id == duplicate.instance_id, UserTask.state == "open")
    return Plan(
        duplicate=duplicate,
        into=into,
        running=1 if root is not None else 0,
        tasks=session.scalar(open_) or 0 if root is not None else 0,
        deadlines=len([row for row in sla_rows.running(session, duplicate) if row.improvement_id is None]),
        letter=not duplicate.anonymous,
        owner=into.case_owner,
    )


def by_hand(session: Session, duplicate: Complaint, into: Complaint, *, reason: str, actor: Actor) -> Plan:
    """Merge them: the process of the case ends, what was told goes into the other one, the customer is told, the case is archived."""
    root = _root(session, duplicate)
    if root is not None:
        steps.lock(session, root.id)  # before the case, as everybody does
    hold(session, duplicate, into)
    done = plan(session, duplicate, into, actor=actor)
    if root is not None:
        instances.cancel(session, root.id, actor=actor, reason=reason)
    merge(session, duplicate, into, by=actor.id, key=duplicate.id, new_facts=None)
    closing.archive(session, duplicate)
    return done


def hold(session: Session, duplicate: Complaint, into: Complaint) -> None:
    """Both cases as they are now, and until this transaction ends: neither is merged or closed meanwhile."""
    for one in sorted((duplicate, into), key=lambda one: one.id):  # in one order, or two who merge the pair wait for each other
        cases.lock(session, one)


def merge(session: Session, duplicate: Complaint, into: Complaint, *, by: str, key: str, new_facts: str | None) -> None:
    """What merging leaves in the records: nothing that was said is lost, customer and owner are told, deadlines end."""
    cases.merge(session, duplicate, into, by=by, new_facts=new_facts)
    if not duplicate.anonymous:
        contacts.send(session, duplicate, "T-MERGED", key=key, by=by, into=into.reference)
    sla.cancel_all(session, duplicate)
    if into.case_owner is not None:
        notifications.notify(session, into, template="N-CASE", key=key, accounts=[into.case_owner], event="merged", text=new_facts)


def _root(session: Session, complaint: Complaint) -> ProcessInstance | None:
    root = session.get(ProcessInstance, complaint.instance_id) if complaint.instance_id else None
    return root if root is not None and root.state in ("running", "suspended") else None
