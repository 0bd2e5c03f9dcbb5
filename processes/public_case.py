"""A case as its complainant sees it: how far it is, what is promised, what was said, and what he or she can do now.

Never the inside: no names of departments, no notes of calls, no letters to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import Message, UserTask
from processes import (
    case_message_takers,
    case_messages,
    cases,
    contacts,
    customer_files,
    proposals,
    sla,
    sla_rows,
    sla_targets,
    sla_time,
    visits,
)
from processes.mediations import CONSENT
from processes.public_status import PROMISED
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment, Contact
from processes.tables.investigation import Proposal

TO_OTHERS = frozenset({"T-REG-REPLY"})  # letters of the case that are not for the complainant
PAYEE = "ut_collect_payee"
AT_ONCE = ("C-FIRST", "C-RESOLVE")  # what can be promised before the case is graded: a higher level is only faster

# what the complainant can do -> the message that does it
MESSAGES = {
    "information": "customer.info_provided",
    "decision": "customer.decision",
    "mediation": "customer.mediation_consent",
    "payee": "customer.payee_provided",
    "survey": "survey.submitted",
    "evidence": "evidence.added",
    "withdrawal": "customer.withdraw",
}


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A date the company gave: for what (`clock`), how long that is (`5wd`), whether it stands still or is missed."""

    clock: str
    due: datetime
    target: str
    paused: bool = False
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """A letter to the complainant, or something he or she sent here."""

    at: datetime
    mine: bool
    channel: str
    subject: str | None
    text: str
    files: Sequence[Attachment] = ()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The solution that is proposed."""

    text: str
    amount: Decimal
    answer_until: date | None


@dataclass(frozen=True, kw_only=True)
class PublicCase:
    """Everything the status page shows. `can`: what may be sent now, by the keys of MESSAGES."""

    complaint: Complaint
    promises: Sequence[Promise]
    said: Sequence[Said]
    offer: Offer | None
    can: frozenset[str]
    withdrawn: bool
    files: Sequence[Attachment] = ()  # those that came with the complaint itself


def view(session: Session, complaint: Complaint) -> PublicCase:
    """The case as it stands."""
    proposal = proposals.latest(session, complaint)
    files = customer_files.mine(session, complaint)
    return PublicCase(
        complaint=complaint,
        promises=promises(session, complaint),
        said=_said(session, complaint, files),
        files=[one for one in files if one.contact_id is None],
        offer=_offer(proposal),
        can=_can(session, complaint, proposal),
        withdrawn=complaint.procedure_ended_at is not None and complaint.status != cases.CLOSED,
    )


def promises(session: Session, complaint: Complaint) -> list[Promise]:
    """The dates that were given and are still to come or missed, the first one first."""
    running = [row for row in sla_rows.running(session, complaint) if row.clock in PROMISED]
    if not running and complaint.status == "NEW" and not sla.rows(session, complaint):
        return _promised_at_once(session, complaint)
    found = [
        Promise(
            clock=row.clock,
            due=row.due,
            target=row.target,
            paused=any(pause["to"] is None for pause in row.pauses),
            provisional=row.provisional,
        )
        for row in running
    ]
    return sorted(found, key=lambda one: one.due)


def _promised_at_once(session: Session, complaint: Complaint) -> list[Promise]:
    """The complaint came a moment ago and its deadlines are not written down yet; this is what they will be at the latest."""
    found = []
    for clock in AT_ONCE:
        rule = sla_targets.rule(session, clock, complaint.level)
        if rule is not None:
            due = sla_time.due(sla_rows.calendar(session), sla_time.read(rule.target), start=complaint.received_at)
            found.append(Promise(clock=clock, due=due, target=rule.target))
    return found


def _said(session: Session, complaint: Complaint, files: Sequence[Attachment]) -> list[Said]:
    me = case_messages.complainant(complaint).id
    shown = [one for one in contacts.of_case(session, complaint) if _for_complainant(one, me)]
    return [_as_said(one, [file for file in files if file.contact_id == one.id]) for one in shown]


def _as_said(one: Contact, files: Sequence[Attachment]) -> Said:
    return Said(at=one.at, mine=one.direction == "in", channel=one.channel, subject=one.subject, text=one.text, files=files)


def _for_complainant(contact: Contact, me: str) -> bool:
    if contact.direction == "in":
        return contact.by == me
    return contact.template is not None and contact.template not in TO_OTHERS


def _offer(proposal: Proposal | None) -> Offer | None:
    if proposal is None or proposal.communicated_at is None:
        return None
    return Offer(text=proposal.offer_text or "", amount=proposals.offered(proposal), answer_until=proposal.answer_until)


def _can(session: Session, complaint: Complaint, proposal: Proposal | None) -> frozenset[str]:
    """What the rules at message time would take; what was sent and is on its way is not asked for twice."""
    found = {"survey"} if _survey_due(session, complaint) else set()
    if complaint.status == cases.CLOSED or complaint.procedure_ended_at is not None:
        return frozenset(found)
    found.add("evidence")
    if not case_message_takers.payment_released(session, complaint):
        found.add("withdrawal")
    if complaint.status in case_message_takers.WAITS_FOR_INFORMATION:
        found.add("information")
    if complaint.status == case_message_takers.WAITS_FOR_DECISION and proposal is not None:
        found.add("decision")
    waiting, sent = _open_tasks(session, complaint), _on_their_way(session, complaint)
    found |= {name for name, element in (("mediation", CONSENT), ("payee", PAYEE)) if element in waiting}
    return frozenset(name for name in found if name == "evidence" or MESSAGES[name] not in sent)


def _survey_due(session: Session, complaint: Complaint) -> bool:
    visit = visits.latest(session, complaint)
    if visit is None:
        return False
    rating = visits.latest_satisfaction(session, complaint)
    return rating is None or rating.visit_id != visit.id


def _open_tasks(session: Session, complaint: Complaint) -> set[str]:
    mine = select(UserTask.element_id).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
    return set(session.scalars(mine))


def _on_their_way(session: Session, complaint: Complaint) -> set[str]:
    mine = select(Message.name).where(Message.correlation_key == complaint.reference, Message.state == "waiting")
    return set(session.scalars(mine))
