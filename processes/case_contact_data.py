"""How to reach a customer: in full for who talks to him or her, masked for everybody else, until somebody says why."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import operations
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from engine.tables import Operation
from processes import case_access, cases, masks
from processes.tables.cases import Complaint

REVEAL = "reveal"  # kind of the operation
LONGEST_REASON = 500
FIELDS = tuple(masks.MASKS)


# Why somebody who does not handle a case may need its customer's data; "other" is said in words.
PURPOSES = ("customer_asked", "call_back", "check_identity", "pay", "supervise", "authority", "other")


@dataclass(frozen=True, kw_only=True)
class ContactData:
    """Name and ways to reach a customer; `masked`: some of it is hidden; `revealed`: the fields that were asked for and are not."""

    values: Mapping[str, str | None]
    masked: bool
    revealed: frozenset[str] = frozenset()


def shown(session: Session, complaint: Complaint, *, actor: Actor) -> ContactData:
    """As this person may read it without asking."""
    plain = _plain(session, complaint)
    if case_access.works_on(actor, complaint):
        return ContactData(values=plain, masked=False)
    return ContactData(values={field: mask(plain[field]) for field, mask in masks.MASKS.items()}, masked=True)


def reveal(
    session: Session,
    complaint: Complaint,
    *,
    actor: Actor,
    reason: str = "",
    purpose: str = "other",
    fields: Collection[str] = FIELDS,
) -> ContactData:
    """These fields in full, and written down with purpose and reason in the audit trail; the others stay as they are read anyway.

    Raises Invalid for a purpose that is none, for "other" without a reason, and for fields that are none or empty.
    """
    said = why(reason) if purpose == "other" or len(reason) > LONGEST_REASON else reason.strip()
    wanted = [name for name in FIELDS if name in fields]
    if purpose not in PURPOSES:
        raise Invalid(problems=[Problem(code="INVALID", pointer="/purpose", message="Choose one of the purposes in the list.")])
    if not wanted or len(wanted) != len(set(fields)):
        message = f"Name what you need: one or more of {', '.join(FIELDS)}."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/parts", message=message)])
    about = {"fields": wanted, "purpose": purpose}
    operations.record(session, REVEAL, actor=actor, subject=complaint, root_id=complaint.instance_id, reason=said or None, **about)
    values, plain = shown(session, complaint, actor=actor).values, _plain(session, complaint)
    hidden = not case_access.works_on(actor, complaint) and len(wanted) < len(FIELDS)
    return ContactData(values={**values, **{name: plain[name] for name in wanted}}, masked=hidden, revealed=frozenset(wanted))


def why(reason: str) -> str:
    """The reason as it is kept; Invalid when there is none."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        message = "Say in a sentence why you need the customer's data: the reason is kept in the audit trail."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/reason", message=message)])
    return said


def reveals(session: Session, complaint: Complaint) -> Sequence[Operation]:
    """Who read the data in full, oldest first."""
    mine = select(Operation).where(Operation.subject_id == complaint.id, Operation.kind == REVEAL)
    return session.scalars(mine.order_by(Operation.at, Operation.id)).all()


def customer_name(complaint: Complaint, *, actor: Actor) -> str:
    """The name for a list."""
    plain = complaint.customer_name
    return plain if case_access.works_on(actor, complaint) else masks.name(plain) or ""


def in_text(session: Session, complaint: Complaint, *, contact: ContactData | None = None) -> Callable[[str], str]:
    """What was written to and by the customer as those read it who see his or her data masked: masked in it as well.

    `contact` is what this reader sees: where nothing is masked a text stays as it is, and what was revealed is read in texts too.
    """
    if contact is not None and not contact.masked:
        return str
    customer, open_ = cases.customer_of(session, complaint), contact.revealed if contact is not None else frozenset()
    known = [*((field, getattr(customer, field, None)) for field in FIELDS), ("name", complaint.customer_name)]
    part = masks.parting(*((field, value) for field, value in known if field not in open_))
    return lambda text: part(text).text


def _plain(session: Session, complaint: Complaint) -> dict[str, str | None]:
    customer = cases.customer_of(session, complaint)
    found = {field: getattr(customer, field, None) for field in FIELDS}
    return found | {"name": complaint.customer_name}
