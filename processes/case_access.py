"""Who sees a case, and how much of it: the same rule for one case and for a list of them.

Whom a case concerns never sees it. Its owner and who registered it do; everybody else needs to be one who reads all cases
(`reads_all`: a matter of roles, decided outside).
"""

from sqlalchemy import ColumnElement, String, cast, or_

from engine.extensions import Actor
from processes.tables.cases import Complaint

TALKS_TO_CUSTOMERS = frozenset({"intake_agent", "duty", "team_lead"})


def concerns(actor: Actor, complaint: Complaint) -> bool:
    """Is the case about this person, or about somebody he or she manages?"""
    return actor.id in complaint.excluded_users


def holds(actor: Actor, complaint: Complaint) -> bool:
    """Does he or she own the case, or did he or she register it?"""
    return actor.id in (complaint.case_owner, complaint.registered_by)


def works_on(actor: Actor, complaint: Complaint) -> bool:
    """Owner, intake and duty talk to the customer; everybody else reads masked data."""
    return holds(actor, complaint) or bool(actor.groups & TALKS_TO_CUSTOMERS)


def visible(actor: Actor, *, reads_all: bool) -> list[ColumnElement[bool]]:
    """The same for a list: conditions on `complaint` that leave the cases this person sees."""
    # The list is kept as JSON text; the quotation marks make it this account and no other that ends or begins like it.
    found = [~cast(Complaint.excluded_users, String).contains(f'"{actor.id}"', autoescape=True)]
    if not reads_all:
        found.append(or_(Complaint.case_owner == actor.id, Complaint.registered_by == actor.id))
    return found
