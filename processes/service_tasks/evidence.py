"""esp_new_evidence: something came in while the case is running (processes.md 2.5, listeners)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import evidence, notifications
from processes.service_tasks import given

WAITS = "WAITING_CUSTOMER_DECISION"
BY_TEAM_LEAD_FROM = 2


def handlers() -> Sequence[Handler]:
    """The topics of the listener."""
    return (
        Handler(topic="evidence.open", kind="record", record=open_evidence),
        Handler(topic="evidence.flag_rework", kind="record", record=flag_rework),
    )


def open_evidence(session: Session, task: ServiceTask) -> Values:
    """Who assesses it: the case owner, but a team lead from level 2 on and when the complaint was found unfounded."""
    complaint = given.complaint(session, task)
    by_team_lead = complaint.level >= BY_TEAM_LEAD_FROM or complaint.founded == "unfounded" or complaint.case_owner is None
    group = "team_lead" if by_team_lead else "case_owner"
    told = {"roles": ["team_lead"]} if by_team_lead else {"accounts": [complaint.case_owner]}
    notifications.notify(session, complaint, template="N-CASE", key=task.key, event="evidence", **told)
    return {
        "assessor_group": group,
        "complaint_id": complaint.id,
        "evidence_id": task.variables.get("evidence_id"),
        "level": complaint.level,
    }


def flag_rework(session: Session, task: ServiceTask) -> Values:
    """The case goes back to its investigation: at once when it waits for the customer, else at the next guard."""
    complaint = given.complaint(session, task)
    evidence.flag_rework(session, complaint)
    return {"evidence_pending": True, "waits_for_decision": complaint.status == WAITS}
