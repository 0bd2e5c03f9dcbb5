"""What a list of tasks is searched by beside the number of the case."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.extensions import Actor
from processes import case_list
from processes.tables.cases import Complaint

MOST = 500  # a name that more cases have says too little


def references(session: Session, text: str, *, actor: Actor) -> Sequence[str]:
    """The newest cases of customers whose names hold this text, where the person reads names in full."""
    if not text:
        return ()
    found = select(Complaint.reference).where(case_list.named(text, actor))
    return session.scalars(found.order_by(Complaint.received_at.desc(), Complaint.id).limit(MOST)).all()
