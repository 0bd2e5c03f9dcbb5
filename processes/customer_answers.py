"""What the gap between customer and company is: the inputs of DMN-13, and of the form that records an answer."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from processes import proposals
from processes.tables.cases import Complaint

PRIVACY = "PI"


def dispute(session: Session, complaint: Complaint, willing: bool) -> dict[str, Any]:
    """The inputs of DMN-13: is the customer willing, and how far apart are the two."""
    proposal = proposals.latest(session, complaint)
    asked = proposal.counter_amount if proposal is not None else None
    if asked is None:
        asked = complaint.claim_amount or Decimal(0)
    return {
        "customer_willing": willing,
        "in_legal_proceeding": complaint.in_legal_proceeding,
        "disputed_amount": max(Decimal(0), asked - proposals.offered(proposal)),
        "injury_or_privacy": complaint.injury or complaint.category == PRIVACY,
    }
