"""Escalations because of what happened, not because of a deadline: DMN-11 `escalation_tier_by_event`."""

from sqlalchemy.orm import Session

from engine import decisions
from processes import escalations
from processes.tables.cases import Complaint
from processes.tables.supervision import Escalation

TABLE = "escalation_tier_by_event"
PRIVACY_LEAK = "PI-LEAK"


def start(session: Session, complaint: Complaint, trigger: str, *, user_task_id: str | None = None, note: str | None = None) -> Escalation:
    """Escalate for this trigger, to the tier and supervisor the table names for it."""
    said = decisions.evaluate(session, TABLE, {"trigger": trigger, "level": complaint.level}).result
    return escalations.start(
        session,
        complaint,
        trigger=trigger,
        tier=int(said["tier"]),
        supervisor=said["supervisor"],
        within=said["supervise_within"],
        user_task_id=user_task_id,
        note=note,
    )


def start_once(session: Session, complaint: Complaint, trigger: str) -> None:
    """The same fact is escalated once in a case."""
    known = {one["trigger"] for row in escalations.all_of(session, complaint) for one in row.triggers}
    if trigger not in known:
        start(session, complaint, trigger)


def of_facts(complaint: Complaint) -> list[str]:
    """Facts that are escalated as soon as they are known."""
    facts = {
        "safety_injury": complaint.injury or complaint.safety == "actual",
        "media_published": complaint.media == "published",
        "privacy_leak": complaint.sub_category == PRIVACY_LEAK,
    }
    return [trigger for trigger, holds in facts.items() if holds]


def of_triage(complaint: Complaint) -> list[str]:
    """Facts that are escalated once triage has confirmed them."""
    facts = {
        "regulator": complaint.source_regulator,
        "media_threatened": complaint.media == "threatened",
        "conflict_of_interest": complaint.conflict_unresolved,
    }
    return [trigger for trigger, holds in facts.items() if holds]
