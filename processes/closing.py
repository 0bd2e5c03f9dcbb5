"""The end of a case: archive number, retention, what still runs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, decisions
from processes import case_numbers, cases, completeness, improvements, outcomes, sla, visits
from processes.sla_time import ZONE
from processes.tables.cases import Complaint

TABLE = "retention"
# Codes after which nobody visits the customer any more (processes.md P7).
NOT_VISITED = frozenset(
    {"CLOSED_WITHDRAWN", "CLOSED_MERGED", "CLOSED_INADMISSIBLE", "CLOSED_NO_REPLY_POSSIBLE", "CLOSED_REFERRED_EXTERNAL"}
)
NO_LESSONS = frozenset({"CLOSED_MERGED", "CLOSED_INADMISSIBLE", "CLOSED_INFO_NOT_PROVIDED"})


def retention_inputs(complaint: Complaint) -> dict[str, Any]:
    """What DMN-14 asks: is it the file of an authority or a court, was somebody hurt?"""
    legal_file = complaint.source_regulator or complaint.external_no is not None or complaint.in_legal_proceeding or complaint.legal_hold
    return {"level": complaint.level, "legal_file": legal_file, "injury": complaint.injury or complaint.safety == "actual"}


def archive(session: Session, complaint: Complaint, retention: Mapping[str, Any] | None = None) -> None:
    """Close the case for good; `retention` is what DMN-14 said, asked here when nobody did."""
    said = retention or decisions.evaluate(session, TABLE, retention_inputs(complaint)).result
    code = outcomes.close_code(session, complaint)
    sla.cancel_all(session, complaint)
    cases.close(session, complaint, code)
    completeness.note(session, complaint)
    closed_at = complaint.closed_at or clock.now()
    complaint.archived_at = clock.now()
    complaint.archive_no = complaint.archive_no or case_numbers.next_archive_number(session, closed_at)
    complaint.retention_years, complaint.retention_class = int(said["years"]), str(said["class_"])
    local = closed_at.astimezone(ZONE)
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    complaint.retention_until = local.replace(year=local.year + complaint.retention_years, day=day)
    if code in NOT_VISITED:
        visits.cancel_later(session, complaint)
    if complaint.capa_needed and code not in NO_LESSONS:
        improvements.request(session, complaint, source="case", title=complaint.capa_title)
