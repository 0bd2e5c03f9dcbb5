"""Improvements (processes.md P8): what a case, a warning, an arbitration or an audit teaches is worked on by itself."""

from sqlalchemy.orm import Session

from engine import messages
from engine.database import new_id
from engine.extensions import SYSTEM, Actor
from engine.tables import Message
from processes.tables.cases import Complaint

REQUESTED = "capa.requested"


def request(session: Session, complaint: Complaint, *, source: str = "case", title: str | None = None, actor: Actor = SYSTEM) -> Message:
    """Ask for an improvement because of this case; every request starts one of its own."""
    payload = {"complaint_id": complaint.id, "source": source, "level": complaint.level, "title": title}
    return messages.receive(session, id=new_id(), name=REQUESTED, correlation_key=complaint.reference, payload=payload, actor=actor)
