"""How to reach a customer: in full for who talks to him or her, masked for everybody else, until somebody says why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import operations
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from processes import case_access, cases, masks
from processes.tables.cases import Complaint

REVEAL = "reveal"  # kind of the operation
LONGEST_REASON = 500
FIELDS = tuple(masks.MASKS)


@dataclass(frozen=True, kw_only=True)
class ContactData:
    """Name and ways to reach a customer; `masked`: some of it is hidden."""

    values: Mapping[str, str | None]
    masked: bool


def shown(session: Session, complaint: Complaint, *, actor: Actor) -> ContactData:
    """As this person may read it without asking."""
    plain = _plain(session, complaint)
    if case_access.works_on(actor, complaint):
        return ContactData(values=plain, masked=False)
    return ContactData(values={field: mask(plain[field]) for field, mask in masks.MASKS.items()}, masked=True)


def reveal(session: Session, complaint: Complaint, *, actor: Actor, reason: str) -> ContactData:
    """In full, and written down with the reason in the audit trail. Raises Invalid without a reason."""
    said = why(reason)
    operations.record(session, REVEAL, actor=actor, subject=complaint, root_id=complaint.instance_id, reason=said, fields=list(FIELDS))
    return ContactData(values=_plain(session, complaint), masked=False)


def why(reason: str) -> str:
    """The reason as it is kept; Invalid when there is none."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        message = "Say in a sentence why you need the customer's data: the reason is kept in the audit trail."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/reason", message=message)])
    return said


def customer_name(complaint: Complaint, *, actor: Actor) -> str:
    """The name for a list."""
    plain = complaint.customer_name
    return plain if case_access.works_on(actor, complaint) else masks.name(plain) or ""


def in_text(session: Session, complaint: Complaint) -> Callable[[str], str]:
    """What was written to and by the customer as those read it who see his or her data masked: masked in it as well."""
    customer = cases.customer_of(session, complaint)
    part = masks.parting(*((field, getattr(customer, field, None)) for field in FIELDS), ("name", complaint.customer_name))
    return lambda text: part(text).text


def _plain(session: Session, complaint: Complaint) -> dict[str, str | None]:
    customer = cases.customer_of(session, complaint)
    found = {field: getattr(customer, field, None) for field in FIELDS}
    return found | {"name": complaint.customer_name}
