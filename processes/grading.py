"""Category, level, departments and priority of a case: the inputs of DMN-02, 03, 04 and 06, and what becomes of their results."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import decisions
from engine.extensions import SYSTEM
from processes import cases, complaints, keywords, sla
from processes.tables.cases import Complaint

GRADING_INPUTS = (
    *("claim_amount", "affected_customers", "safety", "time_critical", "repeat_count", "media", "source_regulator", "vulnerable"),
    *("legal_action", "severity_tier"),
)


def inputs(session: Session, complaint: Complaint) -> dict[str, Any]:
    """The facts the tables ask for, from the record of the case."""
    return {
        "hints": keywords.hints(complaint.content),
        "claim_amount": complaint.claim_amount or Decimal(0),
        "affected_customers": complaint.affected_customers,
        "safety": complaint.safety,
        "time_critical": complaint.time_critical,
        "repeat_count": complaint.repeat_count,
        "media": complaint.media,
        "source_regulator": complaint.source_regulator,
        "vulnerable": complaint.vulnerable,
        "legal_action": complaint.legal_action,
        "severity_tier": complaint.severity_tier or "",
        "sla_used": sla.used(session, complaint),
        "reopen_count": complaint.reopen_count,
        "profile": complaint.profile,
    }


def provisional(session: Session, complaint: Complaint) -> None:
    """A first grade before anybody looked, so that the deadlines run with the right targets from the start."""
    complaint.repeat_count = complaints.repeats(session, complaint)
    facts = inputs(session, complaint)
    found = decisions.evaluate(session, "classification", facts).result
    complaint.category, complaint.sub_category = strongest(found)
    complaint.classification_source = "rule"
    graded = decisions.evaluate(session, "grading", {**facts, "sub_category": complaint.sub_category}).result
    complaint.level = int(max(graded["level"]))
    route = decisions.evaluate(session, "routing", {"category": complaint.category, "level": complaint.level}).result
    take_route(session, complaint, route)


def strongest(found: Mapping[str, Sequence[Any]]) -> tuple[str, str]:
    """The category and sub-category with the highest weight, the first of equals."""
    at = list(found["weight"]).index(max(found["weight"]))
    return found["category"][at], found["sub_category"][at]


def reasons(graded: Mapping[str, Sequence[Any]], level: int) -> list[str]:
    """Why the case has this level: the reasons of the rows with it, in the order of the table; all of them for another level."""
    deciding = [reason for given, reason in zip(graded["level"], graded["reason"], strict=True) if int(given) == level]
    return deciding or list(graded["reason"])


def take_route(session: Session, complaint: Complaint, route: Mapping[str, Any], *, more: Sequence[str] = ()) -> None:
    """Departments and groups of the case: those of the table, and `more` that people added."""
    complaint.owner_department = route["owner_department"]
    complaint.handler_group = route["handler_group"]
    complaint.case_owner_group = route["case_owner_group"]
    complaint.supervisor_role = route["supervisor_role"]
    complaint.involved_departments = list(dict.fromkeys([route["owner_department"], *route["co_departments"], *more]))


def department_of(session: Session, category: str, level: int) -> str:
    """The department a category belongs to (DMN-06)."""
    return str(decisions.evaluate(session, "routing", {"category": category, "level": level}).result["owner_department"])


def involve(session: Session, complaint: Complaint, departments: Sequence[str]) -> list[str]:
    """More departments take part; gives those that are new."""
    new = [code for code in dict.fromkeys(departments) if code not in complaint.involved_departments]
    if new:
        complaint.involved_departments = [*complaint.involved_departments, *new]
    return new


def take_level(
    session: Session, complaint: Complaint, level: int, *, why: Sequence[str], by: str = SYSTEM.id, reason: str | None = None
) -> bool:
    """Grade the case and its clocks; says whether the level is another one."""
    changed = level != complaint.level
    cases.set_level(session, complaint, level, reasons=why, by=by, reason=reason)
    if changed:
        sla.regrade(session, complaint)
    return changed


def prioritise(session: Session, complaint: Complaint) -> None:
    """Score the priority again (DMN-04) after something it depends on has changed."""
    departments = {*complaint.involved_departments, complaint.owner_department} - {None}
    facts = {**inputs(session, complaint), "level": complaint.level, "involved_count": len(departments)}
    points = decisions.evaluate(session, "priority_score", facts).result["points"]
    complaint.priority_score = int(min(100, sum(points)))
    complaint.priority_band = band(complaint.priority_score)


def band(score: int) -> str:
    """PR1 (most urgent) to PR4."""
    return "PR1" if score >= 70 else "PR2" if score >= 50 else "PR3" if score >= 30 else "PR4"
