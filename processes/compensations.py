"""Claims for compensation: ask for one, find them, see who said what.

`request` is the one way from a claim to an instance of compensation_approval.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, instances, paging
from engine.database import new_id
from engine.errors import ConflictOfInterest, Invalid, NotFound, Problem
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from processes import masks, money, remedies
from processes.tables.cases import Approval, Compensation, Complaint

PROCESS = "compensation_approval"
YEAR = timedelta(days=365)
APPROVED = frozenset({"approved", "partly_paid", "paid"})

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
_COMPENSATIONS = select(Compensation)


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
    compensation = open_claim(
        session,
        claim.complaint,
        remedy_case=remedy_case,
        requested_amount=claim.requested_amount,
        inputs=claim.inputs,
        requester=actor.id,
    )
    instance = instances.start(
        session,
        PROCESS,
        variables=variables(session, compensation),
        actor=actor,
        business_key=claim.complaint.reference,
        attributes=attributes(compensation),
    )
    compensation.instance_id = instance.id
    return compensation


def open_claim(
    session: Session,
    complaint: Complaint,
    *,
    remedy_case: str,
    requested_amount: Decimal,
    inputs: Mapping[str, Any],
    requester: str,
    proposal_id: str | None = None,
    supplement_of: str | None = None,
) -> Compensation:
    """Write a claim that a process is going to have approved; nothing is checked here. `requested_amount` is the total:
    a claim that is the `supplement_of` an earlier one replaces it."""
    compensation = Compensation(
        id=new_id(),
        complaint=complaint,
        requester=requester,
        remedy_case=remedy_case,
        inputs={name: inputs.get(name, 0) for name in (*remedies.AMOUNTS, *remedies.COUNTS)},
        requested_amount=money.rounded(requested_amount),
        state="draft",
        proposal_id=proposal_id,
        supplement_of=supplement_of,
        revisions=0,
        created_at=clock.now(),
    )
    session.add(compensation)
    session.flush()  # the first step asks who may do its tasks, and reads the claim for it
    return compensation


def _checked(session: Session, reference: str, remedy_case: str, amount: Any, inputs: Mapping[str, Any]) -> _Claim:
    problems: list[Problem] = []
    complaint = session.scalar(select(Complaint).where(Complaint.reference == reference))
    if complaint is None and not reference:
        message = "Give the number of the complaint, such as TS-20260914-00001."
        problems.append(Problem(code="REQUIRED", pointer="/complaint_reference", message=message))
    elif complaint is None:
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


def variables(session: Session, compensation: Compensation, *, legal_reviewed: bool = False) -> dict[str, Any]:
    """What compensation_approval is started or called with. `legal_reviewed`: legal has approved this very proposal."""
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
        "legal_reviewed": legal_reviewed,
        "revisions": 0,
        "votes": [],
    }


def attributes(compensation: Compensation) -> dict[str, Any]:
    """The search attributes of the instance, for lists of tasks and instances."""
    complaint = compensation.complaint
    return {"level": complaint.level, "requested_amount": compensation.requested_amount, "customer": masks.name(complaint.customer_name)}


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
    return page(session, _COMPENSATIONS, query, listing=LISTING)


def pages(session: Session, filter_: Mapping[str, Any]) -> Iterator[Sequence[Compensation]]:
    """All of them, newest first, for an export."""
    return paging.pages(session, lambda query: search(session, query), Query(filter=filter_))


def of_complaint(session: Session, complaint_id: str) -> Sequence[Compensation]:
    """Every claim of a case, oldest first: what finance compares for duplicates."""
    mine = select(Compensation).where(Compensation.complaint_id == complaint_id)
    return session.scalars(mine.order_by(Compensation.created_at, Compensation.id)).all()


def latest_approved(session: Session, complaint_id: str) -> Compensation | None:
    """The claim of a case that was approved last and still gives money: of a claim and its supplement the supplement."""
    approved = [one for one in of_complaint(session, complaint_id) if one.approved_amount and one.state in APPROVED]
    replaced = {one.supplement_of for one in approved}
    return next((one for one in reversed(approved) if one.id not in replaced), None)


def approvals_of(session: Session, compensation_id: str) -> Sequence[Approval]:
    """What was said about a claim, in order."""
    return session.scalars(select(Approval).where(Approval.compensation_id == compensation_id).order_by(Approval.at, Approval.id)).all()
