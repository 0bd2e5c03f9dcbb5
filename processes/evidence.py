"""Evidence of a case: which types DMN-07 asks for, what is there, what was waived, what is new and not assessed yet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, decisions
from engine.errors import Invalid, Problem, Refused
from engine.extensions import Actor
from processes import cases
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

TABLE = "evidence_checklist"
WAIVERS = frozenset({"team_lead"})
REWORK = "rework"
DOCUMENT = "document"  # the type of a file that is evidence of nothing
CUSTOMERS = "customer_evidence"  # the type of what the customer hands in


def mandatory(session: Session, complaint: Complaint) -> list[str]:
    """The types that have to be there, or be waived, before an investigation can be completed."""
    return [type_ for type_, needed in _wanted(session, complaint) if needed]


def types(session: Session, complaint: Complaint) -> list[str]:
    """Every type the category knows, those that have to be there first; none before triage has found a category."""
    if complaint.category is None:
        return []
    return [type_ for type_, _ in sorted(_wanted(session, complaint), key=lambda one: not one[1])]


def demand_type(session: Session, complaint: Complaint, type_: str | None) -> None:
    """Invalid for a type that neither the category knows nor means no evidence."""
    if type_ is None or type_ in (DOCUMENT, CUSTOMERS):
        return
    known = types(session, complaint)
    if type_ not in known:
        message = f"Choose one of {', '.join([DOCUMENT, *known])}."
        raise Invalid(problems=[Problem(code="INVALID", pointer="/type", message=message)])


def _wanted(session: Session, complaint: Complaint) -> list[tuple[str, bool]]:
    found = decisions.evaluate(session, TABLE, {"category": complaint.category}).result
    return list(zip(found["evidence_type"], found["mandatory"], strict=True))


def of_case(session: Session, complaint: Complaint) -> Sequence[Attachment]:
    """Every piece, oldest first; not what was deleted, nor files that are evidence of nothing."""
    mine = select(Attachment).where(Attachment.complaint_id == complaint.id, Attachment.deleted_at.is_(None), Attachment.type != DOCUMENT)
    return session.scalars(mine.order_by(Attachment.at, Attachment.id)).all()


def problems(session: Session, complaint: Complaint, named: Iterable[str], *, pointer: str = "/evidence") -> list[Problem]:
    """EVIDENCE_MISSING for every mandatory type that is neither named now nor attached nor waived."""
    there = {*named, *(one.type for one in of_case(session, complaint))}
    missing = [type_ for type_ in mandatory(session, complaint) if type_ not in there]
    if not missing:
        return []
    message = f"Attach {', '.join(missing)}, or have a team lead waive it with a reason; the category asks for it."
    return [Problem(code="EVIDENCE_MISSING", pointer=pointer, message=message)]


def note(session: Session, complaint: Complaint, named: Iterable[str], *, by: str) -> None:
    """Types an investigator names are there from now on; what is attached already is not written twice."""
    there = {one.type for one in of_case(session, complaint) if not one.waived}
    new = [type_ for type_ in dict.fromkeys(named) if type_ not in there]
    session.add_all(
        Attachment(complaint_id=complaint.id, type=type_, uploaded_by=by, at=clock.now(), source="department", assessed="file")
        for type_ in new
    )


def waive(session: Session, complaint: Complaint, type_: str, *, reason: str, actor: Actor) -> Attachment:
    """A team lead does without a type, and says why."""
    if not WAIVERS & actor.groups:
        raise Refused(reason="evidence is waived by a team lead")
    row = Attachment(
        complaint_id=complaint.id,
        type=type_,
        uploaded_by=actor.id,
        at=clock.now(),
        source="system",
        waived=True,
        waived_by=actor.id,
        waive_reason=reason,
        assessed="file",
    )
    session.add(row)
    cases.log(session, complaint, "evidence_waived", by=actor.id, text=reason, evidence_type=type_)
    return row


def flag_rework(session: Session, complaint: Complaint) -> None:
    """What came in changes the outcome: the case has to be investigated again before it goes on."""
    complaint.evidence_pending = True
    complaint.rework_count += 1
