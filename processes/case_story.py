"""The story of a case: every record that says who did what when, as one list in order. Words are found by who shows it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.tables import Operation
from processes.case_file import CaseFile
from processes.tables.correspondence import Contact

# Events of which a record of its own tells more.
TOLD_ELSEWHERE = frozenset({"paid"})


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happened. `by`: an account id, `customer` or `system`; `note`: what was said, as it was said."""

    at: datetime
    kind: str
    by: str
    note: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def of(case: CaseFile, *, reveals: Iterable[Operation] = ()) -> Sequence[Moment]:
    """What happened, in order; what happened at the same instant in the order it is told here.

    `reveals`: who read the customer's data in full, for those who may know.
    """
    told = [*_events(case), *_decisions(case), *_tasks(case), *_contacts(case), *_solutions(case), *_money(case), *_mediation(case)]
    return sorted([*told, *_afterwards(case), *map(_revealed, reveals)], key=lambda one: one.at)


def _revealed(one: Operation) -> Moment:
    return Moment(at=one.at, kind="revealed", by=one.by, note=one.reason, details=one.details)


def _events(case: CaseFile) -> Iterator[Moment]:
    for one in case.events:
        if one.kind not in TOLD_ELSEWHERE:
            yield Moment(at=one.at, kind=one.kind, by=one.by, note=one.text, details=one.details)


def _decisions(case: CaseFile) -> Iterator[Moment]:
    for one in case.decisions:
        yield Moment(at=one.at, kind="decision", by="system", details={"decision": one.decision, "rows": one.rows})


def _tasks(case: CaseFile) -> Iterator[Moment]:
    for one in case.tasks:
        if one.state == "completed" and one.ended_at is not None:
            yield Moment(at=one.ended_at, kind="task_done", by=one.completed_by or "system", details={"task": one})


def _contacts(case: CaseFile) -> Iterator[Moment]:
    for one in case.contacts:
        note = None if one.template else one.text
        yield Moment(at=one.at, kind=_contact_kind(one), by=one.by, note=note, details={"contact": one, "channel": one.channel})
    for added in case.additions:
        yield Moment(at=added.at, kind="content_added", by=added.by, note=added.text)


def _contact_kind(one: Contact) -> str:
    if one.direction == "in":
        return "heard"
    return "letter" if one.template else "not_reached" if one.reached is False else "spoke"


def _solutions(case: CaseFile) -> Iterator[Moment]:
    for one in case.proposals:
        number = {"version": one.version, "amount": one.requested_amount}
        yield Moment(at=one.created_at, kind="proposed", by=one.created_by, note=one.rationale, details=number)
        if one.communicated_at is not None:
            yield Moment(at=one.communicated_at, kind="offered", by=one.created_by, note=one.offer_text, details=number)
        if one.decided_at is not None:
            yield Moment(at=one.decided_at, kind="answered", by="customer", details={**number, "decision": one.decision})


def _money(case: CaseFile) -> Iterator[Moment]:
    for claim in case.claims:
        yield Moment(at=claim.created_at, kind="claimed", by=claim.requester, details={"amount": claim.requested_amount})
    for vote in case.approvals:
        details = {"vote": vote.vote, "role": vote.role, "amount": vote.approved_amount}
        yield Moment(at=vote.at, kind="vote" if vote.role else "automatic_vote", by=vote.account, note=vote.reason, details=details)
    for payment in case.payments:
        about = {"amount": payment.amount, "attempt": payment.attempt}
        if payment.released_at is not None:
            yield Moment(at=payment.released_at, kind="payment_released", by=payment.released_by or "system", details=about)
        if payment.confirmed_at is not None:
            yield Moment(at=payment.confirmed_at, kind="paid", by="system", details=about)
        if payment.failed_at is not None:
            yield Moment(at=payment.failed_at, kind="payment_failed", by="system", note=payment.failure_code, details=about)


def _mediation(case: CaseFile) -> Iterator[Moment]:
    for one in case.mediations:
        yield Moment(at=one.offered_at or one.created_at, kind="mediation_offered", by=one.mediator or "system", note=one.provider)
        if one.consent_at is not None:
            yield Moment(at=one.consent_at, kind="mediation_agreed" if one.consent else "mediation_refused", by="customer")
        if one.ended_at is not None:
            yield Moment(at=one.ended_at, kind="mediation_ended", by=one.mediator or "system", details={"result": one.result})
    for session in case.sessions:
        if session.held_at is not None:
            about = {"number": session.no, "outcome": session.outcome}
            yield Moment(at=session.held_at, kind="mediation_session", by="system", note=session.common_ground, details=about)


def _afterwards(case: CaseFile) -> Iterator[Moment]:
    for one in case.attempts:
        yield Moment(at=one.at, kind="visited" if one.reached else "visit_failed", by=one.by, note=one.summary, details={"number": one.no})
    for rating in case.ratings:
        about = {"process": rating.process_score, "result": rating.result_score}
        yield Moment(at=rating.at, kind="rated", by="customer", details=about)
