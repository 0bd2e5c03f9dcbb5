"""The file of a case: what people and decision tables have done with it, read at once for whoever shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from engine.gathered import Gathered
from engine.tables import ProcessDefinition, ProcessInstance, UserTask
from processes.tables.cases import Approval, CaseEvent, Compensation, Complaint, ContentAddition
from processes.tables.correspondence import Contact, DecisionRecord
from processes.tables.investigation import Proposal, ResponsibilityShare
from processes.tables.mediation import Mediation, MediationSession
from processes.tables.payments import Payment
from processes.tables.supervision import Escalation, ImprovementAction, SlaClock
from processes.tables.visits import ReturnVisit, Satisfaction, VisitAttempt

MAIN = "complaint_handling"
WATCH = "sla_watch"

_CASE = bindparam("case", type_=String())
_INSTANCES = (
    select(ProcessInstance, ProcessDefinition)
    .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    .where(ProcessInstance.business_key == bindparam("reference"))
    .order_by(ProcessInstance.id)
)
_TASKS = (
    select(UserTask)
    .where(UserTask.root_id.in_(bindparam("roots", expanding=True)))
    .order_by(UserTask.created_at, UserTask.id)
    .options(joinedload(UserTask.candidates))
)


def _of(table: Any) -> Select[str]:
    """The ids of what a case has of a table, for what belongs to that."""
    return select(table.id).where(table.complaint_id == _CASE)


_MINE: Sequence[Any] = (
    *(ContentAddition, SlaClock, Escalation, ResponsibilityShare, Proposal, Compensation, Payment, Mediation, ReturnVisit),
    *(Satisfaction, ImprovementAction),
)
# What grows with the case stands in narrow rows, apart from the many tables it has few rows in.
_MANY = Gathered({table: table.complaint_id == _CASE for table in (Contact, DecisionRecord, CaseEvent)})
_FEW = Gathered(
    {
        **{table: table.complaint_id == _CASE for table in _MINE},
        Approval: Approval.compensation_id.in_(_of(Compensation)),
        MediationSession: MediationSession.mediation_id.in_(_of(Mediation)),
        VisitAttempt: VisitAttempt.visit_id.in_(_of(ReturnVisit)),
    },
    lazyload(Compensation.complaint),
)


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """One case with its records, each list in the order things happened."""

    complaint: Complaint
    instances: Sequence[ProcessInstance]
    definitions: Mapping[str, ProcessDefinition]  # those of the instances, by id
    tasks: Sequence[UserTask]
    contacts: Sequence[Contact]
    additions: Sequence[ContentAddition]
    clocks: Sequence[SlaClock]
    escalations: Sequence[Escalation]
    decisions: Sequence[DecisionRecord]
    events: Sequence[CaseEvent]
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
    """The file of one case: four statements."""
    processes = session.execute(_INSTANCES, {"reference": complaint.reference}).all()
    roots = {instance.root_id for instance, _ in processes}
    few, many = _FEW.read(session, case=complaint.id), _MANY.read(session, case=complaint.id)
    return CaseFile(
        complaint=complaint,
        instances=[instance for instance, _ in processes],
        definitions={one.id: one for _, one in processes},
        tasks=session.scalars(_TASKS, {"roots": list(roots)}).unique().all(),
        contacts=many.of(Contact),
        additions=few.of(ContentAddition),
        clocks=few.of(SlaClock),
        escalations=few.of(Escalation),
        decisions=many.of(DecisionRecord),
        events=sorted(many.of(CaseEvent), key=lambda one: (one.at, one.id)),
        shares=few.of(ResponsibilityShare),
        proposals=sorted(few.of(Proposal), key=lambda one: one.version),
        claims=few.of(Compensation),
        approvals=few.of(Approval),
        payments=few.of(Payment),
        mediations=few.of(Mediation),
        sessions=few.of(MediationSession),
        visits=few.of(ReturnVisit),
        attempts=few.of(VisitAttempt),
        ratings=few.of(Satisfaction),
        improvements=few.of(ImprovementAction),
    )
