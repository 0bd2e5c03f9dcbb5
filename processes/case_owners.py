"""Whose case it is: chosen by rule, changed by people; open tasks follow the owner (processes.md 2.2a)."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from engine.extensions import SYSTEM
from processes import candidates, cases
from processes.tables.cases import Complaint

SENIOR = "cs_senior_group"
# The group of the routing table may be empty where nobody was put into it: then whoever has the role takes the case.
ROLES = {"cs_group": "case_owner", SENIOR: "case_owner_senior"}


def choose(session: Session, complaint: Complaint, *, but_not: Collection[str] = ()) -> str | None:
    """The owner by rule, from the group of DMN-06, else from those with the role."""
    group = complaint.case_owner_group or "cs_group"
    found = cases.choose_owner(session, complaint, group=group, but_not=but_not)
    return found or cases.choose_owner(session, complaint, group=ROLES.get(group, "case_owner"), but_not=but_not)


def assign(session: Session, complaint: Complaint) -> None:
    """Name the owner, unless somebody has it already or nobody can; then whoever accepts the case is its owner."""
    owner = complaint.case_owner or choose(session, complaint)
    if owner is not None:
        change(session, complaint, owner)


def change(session: Session, complaint: Complaint, owner: str, *, by: str = SYSTEM.id, reason: str | None = None) -> None:
    """Give the case to another owner, with the tasks of the case owner that are open."""
    before = complaint.case_owner
    cases.set_owner(session, complaint, owner, by=by, reason=reason)
    if before != owner:
        candidates.refresh(session, complaint, before=before)
