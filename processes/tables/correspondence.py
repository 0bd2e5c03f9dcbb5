"""What was said to and by the customer, and what was handed in (data_and_kpis.md 4.3, 4.4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class Contact(Table):
    """Every message or call, in either direction, with its text as it was sent. `key` drops a repetition."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_complaint", "complaint_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    direction: Mapped[str]  # in | out
    channel: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]  # account id, "customer" or "system"
    template: Mapped[str | None]  # T-ACK, ...
    locale: Mapped[str | None]
    address: Mapped[str | None]
    subject: Mapped[str | None]
    text: Mapped[str]
    recording: Mapped[str | None]
    reached: Mapped[bool | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Attachment(Table):
    """A file of a case: a piece of evidence of a type of DMN-07 (or its waiver), or a `document`, which is evidence of nothing.

    Never overwritten: a better one is a new row. `sha256` finds the file in the store; without one it is named only. It
    came with a comment, with something the customer sent (`contact_id`), at a task, or by itself. `scan` is what the virus
    scanner said: clean, or not_scanned where there is none. A deleted one keeps its row: `deleted_at` is its trace.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_complaint", "complaint_id", "type", "id"), Index("ix_attachment_sha256", "sha256"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    type: Mapped[str]
    file_name: Mapped[str | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    mime: Mapped[str | None]
    reference: Mapped[str | None]  # where it lies when it is no file of ours: "call recording 118"
    uploaded_by: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(default="customer")  # customer | department | system | authority
    waived: Mapped[bool] = mapped_column(default=False)
    waived_by: Mapped[str | None]
    waive_reason: Mapped[str | None]
    assessed: Mapped[str | None]  # file | use in the running investigation | rework
    pd_class: Mapped[str] = mapped_column(default="none")  # none | PD | SPD
    scan: Mapped[str | None]  # clean | not_scanned
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("comment.id"))
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id"))
    user_task_id: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[str | None]
    delete_reason: Mapped[str | None]


class DecisionRecord(Table):
    """What a decision table said: with the inputs, the version of the table and the rows that held."""

    __tablename__ = "decision_record"
    __table_args__ = (Index("ix_decision_record_complaint", "complaint_id", "decision", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    decision: Mapped[str]  # the name of the table: grading, routing, ...
    definition_id: Mapped[str | None]  # the process definition the table was deployed with
    instance_id: Mapped[str | None]
    at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows: Mapped[list[Any]] = mapped_column(default=list)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    overruled: Mapped[dict[str, Any] | None]  # what a person decided instead, with "by" and "reason"
