"""Cases somebody put side by side: that two belong together, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.extensions import Actor
from processes import case_access, cases
from processes.tables.cases import Complaint
from processes.tables.search import CaseLink

LONGEST_REASON = 500


class SameCase(Conflict):
    """These are not two cases but one."""

    code = "SAME_CASE"


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The case on the other side, who said so, and why."""

    complaint: Complaint
    link: CaseLink


def of_case(session: Session, complaint: Complaint, *, actor: Actor) -> Sequence[Linked]:
    """The cases linked to this one, the newest link first; not those that concern the person who asks.

    Decided so: who reads this case learns of each its number, its status and why it was linked, even without the right to open
    it. Whoever linked the two says that one is not understood without the other, and an owner who is not told handles half
    of a matter. Opening it still asks for that right (`case_access.readable`); a conflict of interest hides it here, too.
    """
    either = or_(
        (CaseLink.complaint_id == complaint.id) & (CaseLink.other_id == Complaint.id),
        (CaseLink.other_id == complaint.id) & (CaseLink.complaint_id == Complaint.id),
    )
    mine = select(CaseLink, Complaint).join(Complaint, either).where(*case_access.visible(actor, reads_all=True))
    rows = session.execute(mine.order_by(CaseLink.at.desc(), CaseLink.id.desc())).all()
    return [Linked(complaint=other, link=link) for link, other in rows]


def link(session: Session, complaint: Complaint, other: Complaint, *, reason: str, actor: Actor) -> CaseLink:
    """Say that they belong together; both stories tell it. Said again it changes nothing. Raises Invalid without a reason."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        message = "Say in a sentence why the two belong together."
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/reason", message=message)])
    if complaint.id == other.id:
        raise SameCase()
    _lock(session, complaint, other)
    known = _between(session, complaint, other)
    if known is not None:
        return known
    first, second = sorted((complaint.id, other.id))
    row = CaseLink(id=new_id(), complaint_id=first, other_id=second, reason=said, by=actor.id, at=clock.now())
    session.add(row)
    _tell(session, "linked", complaint, other, by=actor.id, text=said)
    return row


def unlink(session: Session, complaint: Complaint, other: Complaint, *, actor: Actor) -> None:
    """Take it back. Raises NotFound when they are not linked."""
    _lock(session, complaint, other)
    known = _between(session, complaint, other)
    if known is None:
        raise NotFound(kind="link", id=other.reference)
    session.delete(known)
    _tell(session, "unlinked", complaint, other, by=actor.id, text=None)


def _lock(session: Session, one: Complaint, other: Complaint) -> None:
    """Who links or parts the same pair at once does so one after the other."""
    cases.lock(session, min(one, other, key=lambda case: case.id))


def _between(session: Session, one: Complaint, other: Complaint) -> CaseLink | None:
    first, second = sorted((one.id, other.id))
    return session.scalar(select(CaseLink).where(CaseLink.complaint_id == first, CaseLink.other_id == second))


def _tell(session: Session, kind: str, one: Complaint, other: Complaint, *, by: str, text: str | None) -> None:
    cases.log(session, one, kind, by=by, text=text, reference=other.reference)
    cases.log(session, other, kind, by=by, text=text, reference=one.reference)
