"""Evidence of a case: which types DMN-07 asks for, what is there, what was waived, what is new and not assessed yet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, decisions
from engine.errors import Conflict, Invalid, Problem, RedressError, Refused
from engine.extensions import Actor
from processes import cases
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

TABLE = "evidence_checklist"
WAIVERS = frozenset({"team_lead"})
REWORK = "rework"
DOCUMENT = "document"  # the type of a file that is evidence of nothing
CUSTOMERS = "customer_evidence"  # the type of what the customer hands in
LONGEST_REASON = 500
Checklist = list[tuple[str, bool]]  # types of evidence, and whether each has to be there


class MayNotWaive(Refused):
    """A team lead decides that a case goes on without a piece of evidence."""

    code = "MAY_NOT_WAIVE"


def mandatory(session: Session, complaint: Complaint) -> list[str]:
    """The types that have to be there, or be waived, before an investigation can be completed."""
    return [type_ for type_, needed in _wanted(session, complaint) if needed]


def checklist(session: Session, complaint: Complaint) -> Checklist:
    """Every type the category knows, those that have to be there first; none before triage has found a category."""
    if complaint.category is None:
        return []
    return sorted(_wanted(session, complaint), key=lambda one: not one[1])


def types(session: Session, complaint: Complaint) -> list[str]:
    """The types of the checklist."""
    return [type_ for type_, _ in checklist(session, complaint)]


def demand_type(session: Session, complaint: Complaint, type_: str | None) -> None:
    """Invalid for a type that neither the category knows nor means no evidence."""
    if type_ is None or type_ in (DOCUMENT, CUSTOMERS):
        return
    known = types(session, complaint)
    if type_ not in known:
        message = f"Choose one of {', '.join([DOCUMENT, *known])}."
        raise Invalid(problems=[Problem(code="INVALID", pointer="/type", message=message)])


def _wanted(session: Session, complaint: Complaint) -> Checklist:
    found = decisions.evaluate(session, TABLE, {"category": complaint.category}).result
    return list(zip(found["evidence_type"], found["mandatory"], strict=True))


def of_case(session: Session, complaint: Complaint) -> Sequence[Attachment]:
    """Every piece, oldest first; not what was deleted, nor files that are evidence of nothing."""
    mine = select(Attachment).where(Attachment.complaint_id == complaint.id, Attachment.deleted_at.is_(None), Attachment.type != DOCUMENT)
    return session.scalars(mine.order_by(Attachment.at, Attachment.id)).all()


def missing(wanted: Checklist, there: Iterable[str]) -> list[str]:
    """The mandatory types of a checklist that are not among `there`."""
    known = frozenset(there)
    return [type_ for type_, needed in wanted if needed and type_ not in known]


def problems(session: Session, complaint: Complaint, named: Iterable[str], *, pointer: str = "/evidence") -> list[Problem]:
    """EVIDENCE_MISSING for every mandatory type that is neither named now nor attached nor waived."""
    lacking = missing(_wanted(session, complaint), [*named, *(one.type for one in of_case(session, complaint))])
    if not lacking:
        return []
    message = (
        f"Attach {', '.join(lacking)}; the category asks for it. "
        "Where it cannot be had, a team lead can do without it on the page of the case, under Evidence, and say why."
    )
    return [Problem(code="EVIDENCE_MISSING", pointer=pointer, message=message)]


def note(session: Session, complaint: Complaint, named: Iterable[str], *, by: str) -> None:
    """Types an investigator names are there from now on; what is attached already is not written twice."""
    there = {one.type for one in of_case(session, complaint) if not one.waived}
    new = [type_ for type_ in dict.fromkeys(named) if type_ not in there]
    session.add_all(
        Attachment(complaint_id=complaint.id, type=type_, uploaded_by=by, at=clock.now(), source="department", assessed="file")
        for type_ in new
    )


def waiver_refusal(complaint: Complaint, *, actor: Actor) -> RedressError | None:
    """Why this person cannot do without evidence in this case, whichever type it is."""
    if not WAIVERS & actor.groups:
        return MayNotWaive(who_can=sorted(WAIVERS))
    return Conflict(reason="the case is closed") if complaint.status == cases.CLOSED else None


def waive(session: Session, complaint: Complaint, type_: str, *, reason: str, actor: Actor) -> Attachment:
    """A team lead does without a type, and says why. Raises Invalid without a reason, and for a type that is not missing."""
    cases.lock(session, complaint)  # of two who waive the same type at once the second one is told that it is done
    refused = waiver_refusal(complaint, actor=actor)
    if refused is not None:
        raise refused
    said = reason.strip()
    found = [*_not_missing(session, complaint, type_), *_not_a_reason(said)]
    if found:
        raise Invalid(problems=found)
    row = Attachment(
        complaint_id=complaint.id,
        type=type_,
        uploaded_by=actor.id,
        at=clock.now(),
        source="system",
        waived=True,
        waived_by=actor.id,
        waive_reason=said,
        assessed="file",
    )
    session.add(row)
    cases.log(session, complaint, "evidence_waived", by=actor.id, text=said, evidence_type=type_)
    return row


def _not_missing(session: Session, complaint: Complaint, type_: str) -> list[Problem]:
    there = {one.type: one.waived for one in of_case(session, complaint)}
    lacking = missing(checklist(session, complaint), there)
    if type_ in lacking:
        return []
    if type_ in there:
        message = "It was decided already to do without this." if there[type_] else "This is there already; nobody has to do without it."
        return [Problem(code="NOT_MISSING", pointer="/type", message=message)]
    message = f"Only mandatory evidence can be done without; missing in this case: {', '.join(lacking) or '–'}."
    return [Problem(code="INVALID", pointer="/type", message=message)]


def _not_a_reason(said: str) -> list[Problem]:
    if said and len(said) <= LONGEST_REASON:
        return []
    message = f"Say in 1 to {LONGEST_REASON} characters why the case goes on without it."
    return [Problem(code="REQUIRED", pointer="/reason", message=message)]


def flag_rework(session: Session, complaint: Complaint) -> None:
    """What came in changes the outcome: the case has to be investigated again before it goes on."""
    complaint.evidence_pending = True
    complaint.rework_count += 1
