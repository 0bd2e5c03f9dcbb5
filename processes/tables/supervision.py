"""Deadlines, who was called when they were missed, and what is improved after it (data_and_kpis.md 4.10, 4.11)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id
from processes.tables.counting import only

_AFTERWARDS = ("held", "charged_to", "improvement_id")


class SlaClock(Table):
    """One deadline of a case (processes.md 2.8), `key` telling apart several of one kind (`C-APPROVE/team_lead`).

    `pauses` are `{"from", "to"}` (to: None while it lasts), `fired` are `{"percent", "at", "retroactive", "level",
    "effect", "notify", "tier", "supervisor"}`, both in order. `next_at` is the instant of the next threshold, None when
    paused, stopped or exhausted. `warn_at` is when lists call it at risk; `held`: a pause lasts that began before it was
    due, so that `due` says nothing. A clock of an improvement that began after the case is not the case's: `complaint_id`
    names the case either way, `improvement_id` the improvement.
    """

    __tablename__ = "sla_clock"
    __table_args__ = (
        Index("ix_sla_clock_complaint", "complaint_id", "id"),
        Index("ix_sla_clock_next", "next_at"),
        Index("ix_sla_clock_result", "result", "due"),
        Index("ix_sla_clock_due", "clock", "due", "complaint_id", "result", "held", "improvement_id"),
        Index("ix_sla_clock_late", "complaint_id", "clock", "result", "due", "stop", *_AFTERWARDS, **only("result <> 'met'")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    improvement_id: Mapped[str | None]
    clock: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    level: Mapped[int]
    target: Mapped[str]  # 12ch, 4wh, 5wd, 15cd
    thresholds: Mapped[list[Any]] = mapped_column(default=list)
    pausable: Mapped[bool] = mapped_column(default=False)
    start: Mapped[datetime]
    due: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(default=False)  # the due date lies in a year without an official calendar
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    stop: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(default="running")  # running | met | breached | cancelled
    fired: Mapped[list[Any]] = mapped_column(default=list)
    done: Mapped[list[Any]] = mapped_column(default=list)  # percents that will not fire any more: fired, or passed by a re-grade
    retroactive: Mapped[int | None]  # the percent a re-grade left to fire at once, and when that was
    regraded_at: Mapped[datetime | None]
    extended: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    held: Mapped[bool] = mapped_column(default=False)
    charged_to: Mapped[str | None]  # the case owner when it was breached


class Escalation(Table):
    """Somebody higher was asked to look (P2). `triggers` are all that led to it: `{"trigger", "clock", "percent", "at"}`."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_complaint", "complaint_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"))
    instance_id: Mapped[str | None]
    trigger: Mapped[str]
    clock: Mapped[str | None]  # with its key: C-APPROVE/dept_manager
    percent: Mapped[int | None]
    tier: Mapped[int]
    supervisor: Mapped[str]
    supervise_within: Mapped[str | None]
    triggers: Mapped[list[Any]] = mapped_column(default=list)
    user_task_id: Mapped[str | None]  # the task of the case it is about, where there is one
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")  # open | ended
    decision: Mapped[str | None]
    instruction: Mapped[str | None]
    reason: Mapped[str | None]
    new_owner: Mapped[str | None]
    new_assignee: Mapped[str | None]
    new_level: Mapped[int | None]
    minutes: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    end_element_id: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ImprovementAction(Table):
    """An improvement (P8) and whether it worked."""

    __tablename__ = "improvement_action"
    __table_args__ = (Index("ix_improvement_action_complaint", "complaint_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[str | None] = mapped_column(ForeignKey("complaint.id"))
    complaints: Mapped[list[Any]] = mapped_column(default=list)
    instance_id: Mapped[str | None]
    source: Mapped[str]  # case | warning | audit | arbitration | report
    title: Mapped[str | None]
    level: Mapped[int]
    root_cause: Mapped[str | None]
    method: Mapped[str | None]
    text: Mapped[str | None]
    goal_metric: Mapped[str | None]
    target: Mapped[str | None]
    measured: Mapped[str | None]
    effective: Mapped[bool | None]
    loops: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
