"""The file of a case: everything the tables hold about it, as it is now. Read by journeys, reports and disclosures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine import definitions
from engine.database import Table
from engine.tables import ActivityInstance, Incident, Job, MessageSubscription, Operation, ProcessDefinition, ProcessInstance, UserTask
from processes.tables.cases import Approval, Compensation, Complaint, ContentAddition
from processes.tables.correspondence import Contact, DecisionRecord
from processes.tables.investigation import Proposal, ResponsibilityShare
from processes.tables.mediation import Mediation, MediationSession
from processes.tables.notifications import Notification
from processes.tables.payments import Payment
from processes.tables.people import Membership
from processes.tables.supervision import Escalation, ImprovementAction, SlaClock
from processes.tables.visits import ReturnVisit, Satisfaction, VisitAttempt

T = TypeVar("T", bound=Table)
MAIN = "complaint_handling"
WATCH = "sla_watch"


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """One case with its records, each list in the order things happened."""

    complaint: Complaint
    instances: Sequence[ProcessInstance]
    definitions: Mapping[str, ProcessDefinition]  # those of the instances, by id
    tasks: Sequence[UserTask]
    jobs: Sequence[Job]
    subscriptions: Sequence[MessageSubscription]
    passages: Sequence[ActivityInstance]
    contacts: Sequence[Contact]
    additions: Sequence[ContentAddition]
    notifications: Sequence[Notification]
    clocks: Sequence[SlaClock]
    escalations: Sequence[Escalation]
    decisions: Sequence[DecisionRecord]
    shares: Sequence[ResponsibilityShare]
    proposals: Sequence[Proposal]
    claims: Sequence[Compensation]
    approvals: Sequence[Approval]
    payments: Sequence[Payment]
    mediations: Sequence[Mediation]
    sessions: Sequence[MediationSession]
    visits: Sequence[ReturnVisit]
    attempts: Sequence[VisitAttempt]
    ratings: Sequence[Satisfaction]
    improvements: Sequence[ImprovementAction]

    @property
    def reference(self) -> str:
        """Its number."""
        return self.complaint.reference

    def instance(self, instance_id: str) -> ProcessInstance | None:
        """One of its instances."""
        return next((one for one in self.instances if one.id == instance_id), None)

    def process_of(self, task: UserTask) -> str:
        """The process a task belongs to."""
        found = self.instance(task.instance_id)
        return found.definition_key if found is not None else ""

    def main_root(self) -> str | None:
        """The instance of complaint_handling."""
        return next((one.id for one in self.instances if one.definition_key == MAIN), None)

    def decision(self, *tables: str) -> DecisionRecord | None:
        """What the last of these tables said."""
        return next((one for one in reversed(self.decisions) if one.decision in tables), None)

    @property
    def claim(self) -> Compensation | None:
        """The claim that was made last."""
        return self.claims[-1] if self.claims else None

    @property
    def current_shares(self) -> dict[str, int]:
        """The responsibility as it was decided last: percent by department."""
        return {one.department: one.share for one in self.shares if one.version == self.shares_version}

    @property
    def shares_version(self) -> int:
        """The number of the responsibility decided last, 0 without one."""
        return max((one.version for one in self.shares), default=0)

    @property
    def paid(self) -> Decimal:
        """The sum of what was paid and arrived."""
        return sum((one.amount for one in self.payments if one.state == "confirmed"), Decimal(0))

    @property
    def own_clocks(self) -> Sequence[SlaClock]:
        """Its deadlines, without those of an improvement it led to."""
        return [one for one in self.clocks if one.improvement_id is None]

    def rating(self) -> Satisfaction | None:
        """What the customer said last."""
        return self.ratings[-1] if self.ratings else None


def read(session: Session, complaint: Complaint) -> CaseFile:
    """The file of one case."""
    instances = session.scalars(
        select(ProcessInstance).where(ProcessInstance.business_key == complaint.reference).order_by(ProcessInstance.id)
    ).all()
    roots = {one.root_id for one in instances}
    claims = _of(session, Compensation, complaint)
    mediations, visits = _of(session, Mediation, complaint), _of(session, ReturnVisit, complaint)
    mine = Job.root_id.in_(roots) | ((Job.kind == "start") & Job.payload.is_not(None))
    return CaseFile(
        complaint=complaint,
        instances=instances,
        definitions=_definitions(session, instances),
        tasks=session.scalars(
            select(UserTask)
            .where(UserTask.root_id.in_(roots))
            .order_by(UserTask.created_at, UserTask.id)
            .options(selectinload(UserTask.candidates))
        ).all(),
        jobs=[one for one in session.scalars(select(Job).where(mine).order_by(Job.due_at, Job.id)) if _concerns(one, roots, complaint)],
        subscriptions=session.scalars(select(MessageSubscription).where(MessageSubscription.root_id.in_(roots))).all(),
        passages=session.scalars(select(ActivityInstance).where(ActivityInstance.root_id.in_(roots)).order_by(ActivityInstance.id)).all(),
        contacts=_of(session, Contact, complaint),
        additions=_of(session, ContentAddition, complaint),
        notifications=_of(session, Notification, complaint),
        clocks=_of(session, SlaClock, complaint),
        escalations=_of(session, Escalation, complaint),
        decisions=_of(session, DecisionRecord, complaint),
        shares=_of(session, ResponsibilityShare, complaint),
        proposals=sorted(_of(session, Proposal, complaint), key=lambda one: one.version),
        claims=claims,
        approvals=_in(session, Approval, "compensation_id", claims),
        payments=_of(session, Payment, complaint),
        mediations=mediations,
        sessions=_in(session, MediationSession, "mediation_id", mediations),
        visits=visits,
        attempts=_in(session, VisitAttempt, "visit_id", visits),
        ratings=_of(session, Satisfaction, complaint),
        improvements=_of(session, ImprovementAction, complaint),
    )


def _definitions(session: Session, instances: Sequence[ProcessInstance]) -> Mapping[str, ProcessDefinition]:
    wanted = {one.definition_id for one in instances}
    return {one.id: one for one in session.scalars(select(ProcessDefinition).where(ProcessDefinition.id.in_(wanted)))}


def _concerns(job: Job, roots: set[str], complaint: Complaint) -> bool:
    return job.root_id in roots or job.payload.get("business_key") == complaint.reference


def _of(session: Session, table: type[T], complaint: Complaint) -> Sequence[T]:
    rows = select(table).where(table.complaint_id == complaint.id)  # type: ignore[attr-defined]  # these tables have it
    return session.scalars(rows.order_by(table.id)).all()  # type: ignore[attr-defined]


def _in(
    session: Session, table: type[T], column: str, owners: Sequence[Compensation] | Sequence[Mediation] | Sequence[ReturnVisit]
) -> Sequence[T]:
    rows = select(table).where(getattr(table, column).in_([one.id for one in owners]))
    return session.scalars(rows.order_by(table.id)).all()  # type: ignore[attr-defined]


def read_all(session: Session) -> dict[str, CaseFile]:
    """The file of every case, by reference."""
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


def timers_fired(session: Session, case: CaseFile) -> list[Fired]:
    """Timers of the diagrams on or beside the tasks of people; those of the watch over deadlines are the clocks'."""
    found = []
    for passage in case.passages:
        instance = case.instance(passage.instance_id)
        if passage.state != "completed" or instance is None or instance.definition_key == WATCH:
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
