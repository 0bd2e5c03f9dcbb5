"""A complaint comes in: the one way from a complaint to an instance of complaint_handling (journey a of design.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, instances
from engine.database import new_id
from engine.errors import Invalid, Problem
from engine.extensions import SYSTEM, Actor
from processes import case_numbers, cases, intake_fields, masks, search
from processes.tables.cases import Complaint, Customer

PROCESS = "complaint_handling"
REPEATED_WITHIN = timedelta(days=90)  # DMN-03 `repeat_count`
NOT_COUNTED = ("CLOSED_MERGED", "CLOSED_INADMISSIBLE")
SAME_MATTER = ("order_no", "contract_no", "product_code")


@dataclass(frozen=True, kw_only=True)
class Registered:
    """The new case, and the code that opens it to the complainant: shown now and never again."""

    complaint: Complaint
    code: str


def register(session: Session, values: Mapping[str, Any], *, actor: Actor | None = None, code: str | None = None) -> Registered:
    """Write the complaint down and start its handling. `actor`: who registers it, None at the public door.

    `values` are fields of the registration form and the decision inputs of DMN-01 and DMN-03; what is missing there is
    asked for by the process. `code` opens the case to the complainant; without one it is drawn. Raises Invalid for what
    cannot be read.
    """
    clean = intake_fields.read(values)
    now = clock.now()
    received_at = clean.complaint.pop("received_at", None) or now
    if received_at > now:
        late = "A complaint cannot be received in the future; correct the time it was received."
        raise Invalid(problems=[Problem(code="RANGE", pointer="/received_at", message=late)])
    customer = _customer(session, clean) if actor is not None else _stranger(session, clean)
    code = code or case_numbers.new_code()
    complaint = Complaint(
        id=new_id(),
        reference=case_numbers.next_reference(session, received_at),
        secret_hash=case_numbers.hashed(code),
        customer_id=customer.id,
        customer_name=customer.name,
        locale=clean.customer.get("locale", customer.locale),
        received_at=received_at,
        registered_by=actor.id if actor is not None else None,
        first_inquiry_owner=actor.id if actor is not None else None,
        level=1,
        status="NEW",
        **{"content": "", "channel": "web", **clean.complaint},
    )
    session.add(complaint)
    session.flush()  # events and the first step point at it
    search.index_complaint(session, complaint)
    cases.exclude(session, complaint)
    cases.log(session, complaint, "registered", by=actor.id if actor is not None else "customer", channel=complaint.channel)
    _start(session, complaint, actor or SYSTEM)
    return Registered(complaint=complaint, code=code)


def _start(session: Session, complaint: Complaint, actor: Actor) -> None:
    instance = instances.start(
        session,
        PROCESS,
        variables={"complaint_id": complaint.id},
        actor=actor,
        business_key=complaint.reference,
        unique="ever",
        attributes=attributes(complaint),
    )
    complaint.instance_id, complaint.definition_id = instance.id, instance.definition_id


def attributes(complaint: Complaint) -> dict[str, Any]:
    """The search attributes of the instance, for lists of tasks and instances; those who read them see the customer masked."""
    return {"level": complaint.level, "customer": masks.name(complaint.customer_name), "status": complaint.status}


def update(session: Session, complaint: Complaint, values: Mapping[str, Any]) -> None:
    """What the registration form says about a case that is there already (ut_register)."""
    cases.lock(session, complaint)  # before the customer, as the job that takes both into the search
    clean = intake_fields.read(values)
    clean.complaint.pop("received_at", None)  # never changes
    for name, value in clean.complaint.items():
        setattr(complaint, name, value)
    customer = cases.customer_of(session, complaint)
    if customer is not None:
        for name, value in clean.customer.items():
            setattr(customer, name, value)
        complaint.customer_name, complaint.locale = customer.name, customer.locale
    if customer is not None and session.is_modified(customer):
        search.index_customer(session, customer)
    else:
        search.index_complaint(session, complaint)
    cases.exclude(session, complaint)


def _customer(session: Session, clean: intake_fields.Clean) -> Customer:
    """The same person has the same row: found again by name and phone or e-mail. What is new about him or her is added.

    A family shares a telephone, an office a mailbox: who has another name is another person.
    """
    given = clean.customer
    known = next((one for one in _reached_there(session, clean) if _same_name(one.name, given.get("name"))), None)
    if known is None:
        return _new_customer(session, given)
    for name, value in given.items():
        setattr(known, name, value)
    if session.is_modified(known):
        search.index_customer(session, known)
    return known


def _stranger(session: Session, clean: intake_fields.Clean) -> Customer:
    """Nobody has checked who came through the public door: what is known of a person is neither changed nor shown there.

    He or she is the one we know only if name and every way to reach him or her are the ones we know. Whoever acts for others
    has shown that to nobody yet.
    """
    if clean.complaint.get("agent_name") or clean.complaint.get("representatives"):
        clean.complaint["authorised"] = False
    given = clean.customer
    told = [name for name in ("name", "phone", "email") if name in given]
    known = (one for one in _reached_there(session, clean) if all(getattr(one, name) == given[name] for name in told))
    return next(known, None) or _new_customer(session, given)


def _new_customer(session: Session, given: Mapping[str, Any]) -> Customer:
    made = Customer(id=new_id(), created_at=clock.now(), **{"name": "", "locale": "zh", **given})
    session.add(made)
    session.flush()  # cases are found by it
    return made


def _reached_there(session: Session, clean: intake_fields.Clean) -> Sequence[Customer]:
    """Everybody we know under this phone number or e-mail address, the oldest first; nobody for who stays anonymous."""
    phone, email = clean.customer.get("phone"), clean.customer.get("email")
    same = [Customer.phone == phone] * bool(phone) + [Customer.email == email] * bool(email)
    if not same or clean.complaint.get("anonymous"):
        return ()
    return session.scalars(select(Customer).where(or_(*same)).order_by(Customer.created_at, Customer.id)).all()


def _same_name(one: str, other: str | None) -> bool:
    return bool(other) and "".join(one.split()).casefold() == "".join(str(other).split()).casefold()


def missing(session: Session, complaint: Complaint) -> list[str]:
    """Mandatory fields of the registration that are empty: what DMN-01 `complete` and the completeness of a case count."""
    return intake_fields.missing(complaint, cases.customer_of(session, complaint))


def open_duplicate(session: Session, complaint: Complaint) -> Complaint | None:
    """An open case of the same person about the same order, contract or product (DMN-01 `duplicate_open`)."""
    found = [one for one in _earlier(session, complaint) if one.status != cases.CLOSED and _same_matter(one, complaint)]
    return found[0] if found else None


def repeats(session: Session, complaint: Complaint) -> int:
    """Earlier complaints of the same person about the same matter in the 90 days before (DMN-03, KPI-10)."""
    since = complaint.received_at - REPEATED_WITHIN
    earlier = [one for one in _earlier(session, complaint) if one.received_at >= since and one.close_code not in NOT_COUNTED]
    return len([one for one in earlier if _same_matter(one, complaint)])


def _earlier(session: Session, complaint: Complaint) -> Sequence[Complaint]:
    if complaint.anonymous:
        return ()
    mine = select(Complaint).where(Complaint.customer_id == complaint.customer_id, Complaint.id != complaint.id)
    mine = mine.where(or_(Complaint.received_at < complaint.received_at, Complaint.reference < complaint.reference))
    return session.scalars(mine.order_by(Complaint.received_at, Complaint.id)).all()


def _same_matter(one: Complaint, other: Complaint) -> bool:
    return any(getattr(one, name) and getattr(one, name) == getattr(other, name) for name in SAME_MATTER)


def take_over(
    session: Session,
    *,
    customer_id: str,
    customer_name: str,
    level: int,
    channel: str,
    content: str,
    received_at: datetime,
    case_owner: str | None = None,
    owner_department: str | None = None,
    involved_departments: Sequence[str] = (),
    excluded_users: Sequence[str] = (),
    status: str = "PROPOSING",
) -> Complaint:
    """A case that is handled already, as another system or a demonstration hands it over: no process is started for it."""
    complaint = Complaint(
        id=new_id(),
        reference=case_numbers.next_reference(session, received_at),
        customer_id=customer_id,
        customer_name=customer_name,
        level=level,
        channel=channel,
        content=content,
        received_at=received_at,
        case_owner=case_owner,
        owner_department=owner_department,
        involved_departments=list(involved_departments),
        excluded_users=list(excluded_users),
        status=status,
    )
    session.add(complaint)
    search.index_complaint(session, complaint)
    return complaint
