"""Return visits and what customers said of us (data_and_kpis.md 4.9)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class ReturnVisit(Table):
    """One visit with up to three attempts. `no` counts the visits of the same type of a case."""

    __tablename__ = "return_visit"
    __table_args__ = (Index("ix_return_visit_complaint", "complaint_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    type: Mapped[str]  # complaint | settlement | compensation
    no: Mapped[int] = mapped_column(default=1)
    planned_from: Mapped[datetime | None]
    first_within: Mapped[str | None]
    methods: Mapped[list[Any]] = mapped_column(default=list)
    max_attempts: Mapped[int] = mapped_column(default=3)
    visitor_role: Mapped[str | None]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")  # open | visited | unreachable | cancelled
    solved: Mapped[bool | None]
    objection: Mapped[bool] = mapped_column(default=False)
    new_facts: Mapped[bool] = mapped_column(default=False)
    performed: Mapped[str | None]  # fully | partly | not
    needs: Mapped[str | None]
    suggestions: Mapped[str | None]
    summary: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class VisitAttempt(Table):
    """One call, message or survey link, whether somebody answered or not."""

    __tablename__ = "visit_attempt"
    __table_args__ = (UniqueConstraint("visit_id", "no"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("return_visit.id"))
    no: Mapped[int]
    method: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    reached: Mapped[bool]
    summary: Mapped[str | None]


class Satisfaction(Table):
    """A rating, 1 to 5. Satisfied means (process + result) / 2 >= 4."""

    __tablename__ = "satisfaction"
    __table_args__ = (Index("ix_satisfaction_complaint", "complaint_id", "at", "id", "satisfied", "process_score", "result_score"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("return_visit.id"))
    process_score: Mapped[int]
    result_score: Mapped[int]
    satisfied: Mapped[bool]
    source: Mapped[str]  # phone | survey | onsite
    at: Mapped[datetime]
