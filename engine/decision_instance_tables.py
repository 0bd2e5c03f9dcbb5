"""What decisions said inside of instances, and why. The other tables of the engine are in `tables.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import BigId, Table


class DecisionInstance(Table):
    """One evaluation of a decision by a business rule task: part of the history.

    `explanation`: {rows, outputs, inputs: [{text, value}], missed: [{row, input}], shortened, required: [the same of each
    decision that was asked first, with its id]}; its size is bounded (`decision_instances.explained`).
    """

    __tablename__ = "decision_instance"
    __table_args__ = (Index("ix_decision_instance_instance", "instance_id", "id"), Index("ix_decision_instance_root", "root_id"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    instance_id: Mapped[str]
    root_id: Mapped[str]
    token_id: Mapped[str]
    element_id: Mapped[str]
    decision_id: Mapped[str]
    evaluated_at: Mapped[datetime]
    explanation: Mapped[dict[str, Any]]
