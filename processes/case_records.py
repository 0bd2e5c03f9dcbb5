"""What is written down about a case, page by page: its timeline, what was said to and by the customer, what tables said."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.paging import Listing, Page, Query, page
from processes.tables.cases import CaseEvent, Complaint
from processes.tables.correspondence import Contact, DecisionRecord


def _listing(table: Any, *fields: str) -> Listing:
    compared: Mapping[str, Any] = {name: getattr(table, name) for name in fields}
    return Listing(fields=compared, sorts={"at": table.at}, id=table.id, default_sort="at")


_EVENTS = _listing(CaseEvent, "kind", "by")
_CONTACTS = _listing(Contact, "direction", "channel", "template")
_DECISIONS = _listing(DecisionRecord, "decision")


def events(session: Session, complaint: Complaint, query: Query) -> Page[CaseEvent]:
    """What happened, in order."""
    return page(session, select(CaseEvent).where(CaseEvent.complaint_id == complaint.id), query, listing=_EVENTS)


def contacts(session: Session, complaint: Complaint, query: Query) -> Page[Contact]:
    """Letters, calls and what came in, in order."""
    return page(session, select(Contact).where(Contact.complaint_id == complaint.id), query, listing=_CONTACTS)


def decisions(session: Session, complaint: Complaint, query: Query) -> Page[DecisionRecord]:
    """What decision tables said, in order."""
    return page(session, select(DecisionRecord).where(DecisionRecord.complaint_id == complaint.id), query, listing=_DECISIONS)
