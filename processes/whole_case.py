"""A case with all that runs and waits for it: what the recorded walk-throughs compare before and after a step."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definitions
from engine.tables import ActivityInstance, Incident, Job, MessageSubscription, Operation
from processes import case_file
from processes.case_file import CaseFile
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.people import Membership


@dataclass(frozen=True, kw_only=True)
class WholeCase(CaseFile):
    """The file of a case, and what no page of it shows."""

    jobs: Sequence[Job]
    subscriptions: Sequence[MessageSubscription]
    passages: Sequence[ActivityInstance]
    notifications: Sequence[Notification]


def read(session: Session, complaint: Complaint) -> WholeCase:
    """All of one case."""
    case = case_file.read(session, complaint)
    roots = {one.root_id for one in case.instances}
    mine = Job.root_id.in_(roots) | ((Job.kind == "start") & Job.payload.is_not(None))
    jobs = session.scalars(select(Job).where(mine).order_by(Job.due_at, Job.id))
    passages = select(ActivityInstance).where(ActivityInstance.root_id.in_(roots)).order_by(ActivityInstance.id)
    told = select(Notification).where(Notification.complaint_id == complaint.id).order_by(Notification.id)
    return WholeCase(
        **{one.name: getattr(case, one.name) for one in fields(case)},
        jobs=[one for one in jobs if _concerns(one, roots, complaint)],
        subscriptions=session.scalars(select(MessageSubscription).where(MessageSubscription.root_id.in_(roots))).all(),
        passages=session.scalars(passages).all(),
        notifications=session.scalars(told).all(),
    )


def _concerns(job: Job, roots: set[str], complaint: Complaint) -> bool:
    return job.root_id in roots or job.payload.get("business_key") == complaint.reference


def read_all(session: Session) -> dict[str, WholeCase]:
    """Every case, by reference."""
    rows = session.scalars(select(Complaint).order_by(Complaint.received_at, Complaint.id)).all()
    return {one.reference: read(session, one) for one in rows}


def incidents(session: Session) -> Sequence[Incident]:
    """Every incident, resolved or not."""
    return session.scalars(select(Incident).order_by(Incident.opened_at, Incident.id)).all()


def operations(session: Session) -> Sequence[Operation]:
    """What was done by hand."""
    return session.scalars(select(Operation).order_by(Operation.at, Operation.id)).all()


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A timer that fired in an instance of the case."""

    element_id: str
    at: datetime


def timers_fired(session: Session, case: WholeCase) -> list[Fired]:
    """Timers of the diagrams on or beside the tasks of people; those of the watch over deadlines are the clocks'."""
    found = []
    for passage in case.passages:
        instance = case.instance(passage.instance_id)
        if passage.state != "completed" or instance is None or instance.definition_key == case_file.WATCH:
            continue
        element = definitions.diagram(session, instance.definition_id).elements.get(passage.element_id)
        if element is not None and element.event == "timer" and element.id.startswith("be_"):
            found.append(Fired(element_id=element.id, at=passage.ended_at))
    return found


def groups(session: Session) -> dict[str, frozenset[str]]:
    """The groups of every account."""
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(Membership)):
        found.setdefault(row.account_id, set()).add(row.group)
    return {account: frozenset(names) for account, names in found.items()}
