"""Handling a case a second time: when, by whom, with which deadlines (processes.md 2.8.6)."""

from sqlalchemy.orm import Session

from engine import clock, decisions
from processes import case_owners, cases, grading, outcomes, sla, visits
from processes.tables.cases import Complaint
from processes.tables.visits import ReturnVisit

RAISED_BELOW = 3  # levels 1 and 2 go one up


def wanted(session: Session, complaint: Complaint, visit: ReturnVisit) -> bool:
    """Does an objection ask for a second handling: new facts, or what was promised was not done?

    After a final response without new facts it does not: the customer was told where else to turn.
    """
    if not visit.objection:
        return False
    not_performed = visit.performed == "not" or visit.solved is False
    return visit.new_facts or (not_performed and not outcomes.final_response_given(session, complaint))


def reopen(session: Session, complaint: Complaint) -> None:
    """Level, owner, counters and clocks of the second handling; what was found before stays in its versions."""
    now, former = clock.now(), complaint.case_owner
    complaint.reopened_at, complaint.reopen_count = now, complaint.reopen_count + 1
    complaint.close_code, complaint.evidence_pending, complaint.negotiation_round = None, False, 0
    visits.cancel_later(session, complaint)
    if complaint.level < RAISED_BELOW:
        _raise(session, complaint)
    owner = case_owners.choose(session, complaint, but_not=[former] if former else [])
    if owner is not None:
        case_owners.change(session, complaint, owner, reason="second handling")
    sla.reopen(session, complaint, at=now)
    grading.prioritise(session, complaint)
    cases.set_status(session, complaint, "REOPENED")


def _raise(session: Session, complaint: Complaint) -> None:
    added = list(complaint.involved_departments)
    grading.take_level(session, complaint, complaint.level + 1, why=["G20-REOPENED"], reason="second handling")
    facts = {"category": complaint.category, "level": complaint.level}
    grading.take_route(session, complaint, decisions.evaluate(session, "routing", facts).result, more=added)
