"""What a complainant is told about his case: the stage, never the inside."""

from typing import Any

from processes.letters.words import STAGES
from processes.tables.cases import Complaint

PROMISED = ("C-FIRST", "C-PRELIM", "C-RESOLVE", "C-FEEDBACK")  # the deadlines the customer was told about
WAITING = ("NEED_INFO", "WAITING_CUSTOMER_INFO", "WAITING_CUSTOMER_DECISION")


def of(complaint: Complaint) -> dict[str, Any]:
    """Stage, and whether it is the complainant's turn."""
    en, zh = STAGES.get(complaint.status, (complaint.status.lower(), complaint.status))
    return {
        "reference": complaint.reference,
        "received_at": complaint.received_at,
        "stage": en,
        "stage_zh": zh,
        "waits_for_you": complaint.status in WAITING,
        "close_code": complaint.close_code,
    }
