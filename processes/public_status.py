"""What a complainant is told about his case: the stage, never the inside."""

from typing import Any

from sqlalchemy.orm import Session

from processes import sla
from processes.letters.words import STAGES
from processes.tables.cases import Complaint

PROMISED = ("C-FIRST", "C-PRELIM", "C-RESOLVE", "C-FEEDBACK")  # the deadlines the customer was told about
WAITING = ("NEED_INFO", "WAITING_CUSTOMER_INFO", "WAITING_CUSTOMER_DECISION")


def of(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Stage, next promised date, and whether it is the complainant's turn."""
    en, zh = STAGES.get(complaint.status, (complaint.status.lower(), complaint.status))
    due = [row.due for row in sla.running(session, complaint) if row.clock in PROMISED]
    return {
        "reference": complaint.reference,
        "received_at": complaint.received_at,
        "stage": en,
        "stage_zh": zh,
        "next_promised_at": min(due, default=None),
        "waits_for_you": complaint.status in WAITING,
        "close_code": complaint.close_code,
    }
