"""Cases that may be about the same: of the same person, or about the same order or contract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.extensions import Actor
from processes import case_access, cases
from processes.tables.cases import Complaint, Customer

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Related:
    """A case, and what it shares: `customer`, `order_no`, `contract_no`."""

    complaint: Complaint
    shares: tuple[str, ...]

    @property
    def is_open_duplicate(self) -> bool:
        """Still open, of the same person about the same thing: what DMN-01 would merge."""
        same_matter = "order_no" in self.shares or "contract_no" in self.shares
        return self.complaint.status != cases.CLOSED and "customer" in self.shares and same_matter


def of_intake(
    session: Session, *, actor: Actor, phone: str = "", email: str = "", order_no: str = "", contract_no: str = ""
) -> Sequence[Related]:
    """What the fields of a registration that is being typed point at, newest first."""
    number = re.sub(r"[\s-]", "", phone).removeprefix("+86")
    known = [Customer.phone == number] * bool(number) + [Customer.email == email.strip()] * bool(email.strip())
    people = list(session.scalars(select(Customer.id).where(or_(*known)))) if known else []
    return _find(session, actor, people, order_no=order_no.strip(), contract_no=contract_no.strip())


def of_case(session: Session, complaint: Complaint, *, actor: Actor) -> Sequence[Related]:
    """Other cases of the same person, or about the same order or contract, newest first."""
    people = [] if complaint.anonymous else [complaint.customer_id]
    return _find(session, actor, people, order_no=complaint.order_no or "", contract_no=complaint.contract_no or "", but=complaint)


def _find(
    session: Session, actor: Actor, people: Sequence[str], *, order_no: str, contract_no: str, but: Complaint | None = None
) -> Sequence[Related]:
    same: list[ColumnElement[bool]] = [and_(Complaint.customer_id.in_(people), Complaint.anonymous.is_(False))] * bool(people)
    same += [Complaint.order_no == order_no] * bool(order_no) + [Complaint.contract_no == contract_no] * bool(contract_no)
    if not same:
        return ()
    statement = select(Complaint).where(or_(*same), *case_access.visible(actor, reads_all=True))
    if but is not None:
        statement = statement.where(Complaint.id != but.id)
    found = session.scalars(statement.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(SHOWN))
    return [Related(complaint=one, shares=_shares(one, people, order_no, contract_no)) for one in found]


def _shares(one: Complaint, people: Sequence[str], order_no: str, contract_no: str) -> tuple[str, ...]:
    checks = {
        "customer": one.customer_id in people,
        "order_no": bool(order_no) and one.order_no == order_no,
        "contract_no": bool(contract_no) and one.contract_no == contract_no,
    }
    return tuple(name for name, shared in checks.items() if shared)
