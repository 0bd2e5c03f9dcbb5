"""Cases that may be about the same: of the same person, about the same order or contract, or telling something similar."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.extensions import Actor
from processes import case_access, cases, similar_texts
from processes.tables.cases import Complaint, Customer

SHOWN = 5
LATELY = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Related:
    """A case, and what it shares: `customer`, `order_no`, `contract_no`, `text`."""

    complaint: Complaint
    shares: tuple[str, ...]

    @property
    def is_open_duplicate(self) -> bool:
        """Still open, of the same person about the same thing: what DMN-01 would merge."""
        same_matter = "order_no" in self.shares or "contract_no" in self.shares
        return self.complaint.status != cases.CLOSED and "customer" in self.shares and same_matter


def of_intake(
    session: Session,
    *,
    actor: Actor,
    reads_all: bool = False,
    phone: str = "",
    email: str = "",
    order_no: str = "",
    contract_no: str = "",
    content: str = "",
) -> Sequence[Related]:
    """What the fields of a registration that is being typed point at, newest first; then what tells something similar.

    Who registers complaints learns of every case of the customer that there is one. Cases that are only alike are those he or
    she may read: to find them is to know what stands in them.
    """
    number = re.sub(r"[\s-]", "", phone).removeprefix("+86")
    known = [Customer.phone == number] * bool(number) + [Customer.email == email.strip()] * bool(email.strip())
    people = list(session.scalars(select(Customer.id).where(or_(*known)))) if known else []
    found = _find(session, actor, people, order_no=order_no.strip(), contract_no=contract_no.strip())
    return _with_similar(found, similar_texts.find(session, content, actor=actor, reads_all=reads_all))


def of_case(session: Session, complaint: Complaint, *, actor: Actor, reads_all: bool = False) -> Sequence[Related]:
    """Other cases of the same person, or about the same order or contract, newest first; then those that tell something similar."""
    people = [] if complaint.anonymous else [complaint.customer_id]
    found = _find(session, actor, people, order_no=complaint.order_no or "", contract_no=complaint.contract_no or "", but=complaint)
    alike = similar_texts.find(session, complaint.content, actor=actor, reads_all=reads_all, but=complaint)
    return _with_similar(found, alike)


def lately_about(session: Session, product_code: str, *, but: Complaint | None = None) -> int:
    """How many complaints about this product came in during the last 30 days, those that were merged left out."""
    code = product_code.strip()
    if not code:
        return 0
    since = Complaint.received_at >= clock.now() - LATELY
    mine = select(func.count()).select_from(Complaint).where(Complaint.product_code == code, since, Complaint.merged_into.is_(None))
    return session.scalar(mine.where(Complaint.id != but.id) if but is not None else mine) or 0


def _with_similar(found: Sequence[Related], alike: Sequence[Complaint]) -> Sequence[Related]:
    similar = {one.id for one in alike}
    told = [replace(one, shares=(*one.shares, "text")) if one.complaint.id in similar else one for one in found]
    known = {one.complaint.id for one in found}
    return [*told, *(Related(complaint=one, shares=("text",)) for one in alike if one.id not in known)]


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
