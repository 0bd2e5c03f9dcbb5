"""Claims for compensation: ask for one, find them, see who said what.

`request` is the one way from a claim to an instance of compensation_approval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, instances
from engine.database import new_id
from engine.errors import ConflictOfInterest, Invalid, NotFound, Problem
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from processes import money, remedies
from processes.tables.cases import Approval, Compensation, Complaint

PROCESS = "compensation_approval"
YEAR = timedelta(days=365)

LISTING = Listing(
    fields={
        "state": Compensation.state,
        "band": Compensation.band,
        "remedy_case": Compensation.remedy_case,
        "requester": Compensation.requester,
        "complaint_id": Compensation.complaint_id,
        "instance_id": Compensation.instance_id,
        "created_at": Compensation.created_at,
        "decided_at": Compensation.decided_at,
    },
    sorts={"created_at": Compensation.created_at},
    id=Compensation.id,
    default_sort="-created_at",
    attributes_of=Compensation.instance_id,
)


@dataclass(frozen=True, kw_only=True)
class _Claim:
    complaint: Complaint
    requested_amount: Decimal
    inputs: Mapping[str, Any]


def request(
    session: Session,
    *,
    complaint_reference: str,
    remedy_case: str,
    requested_amount: Decimal | int | str,
    inputs: Mapping[str, Any],
    actor: Actor,
) -> Compensation:
    """Write the claim and start its approval. Amounts are CNY; `inputs` are the facts DMN-08 counts with, by name."""
    claim = _checked(session, complaint_reference, remedy_case, requested_amount, inputs)
    if actor.id in claim.complaint.excluded_users:
        raise ConflictOfInterest()
    compensation = Compensation(
        id=new_id(),
        complaint=claim.complaint,
        requester=actor.id,
        remedy_case=remedy_case,
        inputs=dict(claim.inputs),
        requested_amount=claim.requested_amount,
        state="draft",
        revisions=0,
        created_at=clock.now(),
    )
    session.add(compensation)
    session.flush()  # the first step asks who may do its tasks, and reads the claim for it
    instance = instances.start(
        session,
        PROCESS,
        variables=_variables(session, compensation),
        actor=actor,
        business_key=claim.complaint.reference,
        attributes=attributes(compensation),
    )
    compensation.instance_id = instance.id
    return compensation


def _checked(session: Session, reference: str, remedy_case: str, amount: Any, inputs: Mapping[str, Any]) -> _Claim:
    problems: list[Problem] = []
    complaint = session.scalar(select(Complaint).where(Complaint.reference == reference))
    if complaint is None:
        message = f"There is no complaint {reference}; its number looks like TS-20260914-00001."
        problems.append(Problem(code="UNKNOWN", pointer="/complaint_reference", message=message))
    if remedy_case in remedies.REMEDIES:
        clean, wrong = remedies.read_inputs(remedy_case, inputs)
        problems += wrong
    else:
        message = f"There is no remedy case '{remedy_case}'; known are {', '.join(remedies.REMEDIES)}."
        problems.append(Problem(code="UNKNOWN", pointer="/remedy_case", message=message))
    requested = money.read(amount, pointer="/requested_amount")
    if isinstance(requested, Problem):
        problems.append(requested)
    if problems or complaint is None or isinstance(requested, Problem):
        raise Invalid(problems=problems)
    return _Claim(complaint=complaint, requested_amount=requested, inputs=clean)


def _variables(session: Session, compensation: Compensation) -> dict[str, Any]:
    complaint = compensation.complaint
    return {
        "compensation_id": compensation.id,
        "complaint_id": complaint.id,
        "requester": compensation.requester,
        "level": complaint.level,
        "remedy_case": compensation.remedy_case,
        "requested_amount": compensation.requested_amount,
        **compensation.inputs,
        "goodwill_payments": goodwill_payments(session, complaint.customer_id, before=compensation.created_at),
        "conflict_unresolved": complaint.conflict_unresolved,
        "legal_reviewed": False,
        "revisions": 0,
    }


def attributes(compensation: Compensation) -> dict[str, Any]:
    """The search attributes of the instance, for lists of tasks and instances."""
    complaint = compensation.complaint
    return {"level": complaint.level, "requested_amount": compensation.requested_amount, "customer": complaint.customer_name}


def goodwill_payments(session: Session, customer_id: str, *, before: datetime) -> int:
    """How many goodwill claims of this customer were approved in the twelve months before (DMN-09a, script uplift)."""
    of_customer = select(func.count(Compensation.id)).join(Complaint, Complaint.id == Compensation.complaint_id)
    approved = of_customer.where(Complaint.customer_id == customer_id, Compensation.state == "approved")
    goodwill = approved.where(Compensation.remedy_case.in_(remedies.GOODWILL), Compensation.decided_at.between(before - YEAR, before))
    return session.scalar(goodwill) or 0


def get(session: Session, compensation_id: str) -> Compensation:
    """One claim, or NotFound."""
    found = session.get(Compensation, compensation_id)
    if found is None:
        raise NotFound(kind="compensation", id=compensation_id)
    return found


def search(session: Session, query: Query) -> Page[Compensation]:
    """Claims, newest first."""
    return page(session, select(Compensation), query, listing=LISTING)


def of_instance(session: Session, instance_id: str) -> Compensation | None:
    """The claim an instance of compensation_approval decides, if it is one."""
    return session.scalar(select(Compensation).where(Compensation.instance_id == instance_id))


def of_complaint(session: Session, complaint_id: str) -> Sequence[Compensation]:
    """Every claim of a case, oldest first: what finance compares for duplicates."""
    mine = select(Compensation).where(Compensation.complaint_id == complaint_id)
    return session.scalars(mine.order_by(Compensation.created_at, Compensation.id)).all()


def approvals_of(session: Session, compensation_id: str) -> Sequence[Approval]:
    """What was said about a claim, in order."""
    return session.scalars(select(Approval).where(Approval.compensation_id == compensation_id).order_by(Approval.at, Approval.id)).all()
