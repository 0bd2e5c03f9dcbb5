"""The tables of the engine. The words are those of the design: one word in table, module, URL, page and test."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import BigId, Table, new_id
from engine.dialects import only

NEVER = "'9999-12-31T00:00:00.000000Z'"  # where a list by time puts what has none
_DUE = text(f"coalesce(due_at, {NEVER})")  # as lists are sorted
_SLACK = text(f"(CASE WHEN paused THEN {NEVER} ELSE coalesce(due_at, {NEVER}) END)")
_KINDS = ("text", "number", "instant")  # of search attributes
_SEEN = ("assignee", "paused", "warn_at")  # what lists ask of a row: answered by the index


class Resource(Table):
    """A file as deployed, stored once per content."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Deployment(Table):
    """The act of making new versions live: who, when, why, and with which files."""

    __tablename__ = "deployment"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    resources: Mapped[list["DeploymentResource"]] = relationship(lazy="raise")


class DeploymentResource(Table):
    """One file of a deployment: its path and its content."""

    __tablename__ = "deployment_resource"
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("resource.sha256"))


class ProcessDefinition(Table):
    """One immutable version of one executable process.

    `specification` is what SpiffWorkflow executes (zstd JSON, see `bpmn/compiler.py`); `diagram` what people see.
    """

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_process_definition_live", "key", "live"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    name_zh: Mapped[str | None]
    digest: Mapped[str]
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    resource_name: Mapped[str]
    specification: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    starts: Mapped[list[Any]] = mapped_column(default=list)  # what starts it by itself: [{node, element_id, event, text}]
    live: Mapped[bool]


class ProcessInstance(Table):
    """One run of a definition. State, lock and revision live on the root row; a called process has a row of its own."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_definition", "definition_id", "state"),
        Index("ix_process_instance_key", "definition_key", "business_key"),
        Index("ix_process_instance_started", "started_at", "id"),
        Index("ix_process_instance_root", "root_id"),
        Index("ix_process_instance_parent", "parent_id"),
        Index("ix_process_instance_stalled", "stalled_at", "id", **only("stalled_at IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    root_id: Mapped[str]
    parent_id: Mapped[str | None]
    called_from: Mapped[str | None]  # the call activity of the parent
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"))
    definition_key: Mapped[str]
    business_key: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]  # running | suspended | completed | terminated | cancelled
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_element_id: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stalled_at: Mapped[datetime | None]  # running, but nothing is waited for since then; root rows only
    execution: Mapped[bytes | None] = mapped_column(deferred=True)  # the opaque state blob; root rows only


class ActivityInstance(Table):
    """One passage through a node of the diagram: the history. `flow_id` is the sequence flow it was reached by."""

    __tablename__ = "activity_instance"
    __table_args__ = (Index("ix_activity_instance_instance", "instance_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    instance_id: Mapped[str]
    root_id: Mapped[str]
    token_id: Mapped[str]
    element_id: Mapped[str]
    element_type: Mapped[str]
    state: Mapped[str]  # completed | cancelled | failed
    flow_id: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class UserTask(Table):
    """An activity that waits for a person."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_assignee", "assignee", "state", "due_at", "id"),
        Index("ix_user_task_root", "root_id", "element_id"),
        Index("ix_user_task_claim", "assignee", "claim_by", "id", **only("state = 'open'")),
        Index("ix_user_task_business_key", "business_key", "state"),
        Index("ix_user_task_by_due", _DUE, "id", *_SEEN, "audience", **only("state = 'open'")),
        Index("ix_user_task_by_slack", _SLACK, "id", "assignee", "audience", **only("state = 'open'")),
        Index("ix_user_task_audience", "audience", _DUE, "id", *_SEEN, **only("state = 'open'")),
        Index("ix_user_task_open_root", "root_id", "id", "assignee", "audience", **only("state = 'open'")),
        Index("ix_user_task_owner", "owner", "id", **only("owner IS NOT NULL")),
        Index("ix_user_task_follow_up", "follow_up_at", "id", **only("follow_up_at IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True)  # the token's id in the execution
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    root_id: Mapped[str]
    definition_id: Mapped[str]
    business_key: Mapped[str | None]
    element_id: Mapped[str]
    name: Mapped[str]
    name_zh: Mapped[str | None]
    form_key: Mapped[str | None]
    state: Mapped[str]  # open | completed | cancelled
    assignee: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    owner: Mapped[str | None]  # who gave it to the assignee for a piece of work, and gets it back (delegation.py)
    audience: Mapped[str] = mapped_column(default="")  # to whom it is offered, in one word (offers.py)
    follow_up_at: Mapped[datetime | None]  # when somebody wants to look at it again
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    claim_by: Mapped[datetime | None]  # when somebody should have claimed it; later it is stuck (claiming.py)
    paused: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    pending_job_id: Mapped[str | None]
    pending_by: Mapped[str | None]
    pending_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    item: Mapped[dict[str, Any] | None]  # multi-instance: {"index": 0, "value": ...}
    # Written by the mirror; a flush need not look at them.
    candidates: Mapped[list["UserTaskCandidate"]] = relationship(lazy="raise", viewonly=True, order_by="UserTaskCandidate.name")


# In words, not as a parameter: SQLite plans a statement anew, each time it is sent, when a parameter is compared with the column of
# a partial index, and does not use the index then.
TASK_IS_OPEN = UserTask.state == literal_column("'open'")


class UserTaskCandidate(Table):
    """Who may do a task (`group`, `user`), and who may not (`excluded`, with the code of the refusal)."""

    __tablename__ = "user_task_candidate"
    __table_args__ = (Index("ix_user_task_candidate_name", "name", "kind", "user_task_id"),)
    user_task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str | None]


class Job(Table):
    """Work for the engine with a due time. `due_at` is nominal (cycles do not drift), `run_at` the next try."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_run", "run_at", "id"),
        Index("ix_job_root", "root_id"),
        Index("ix_job_definition", "definition_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]  # timer | message | signal | start | service_task | effect | retry | continue
    state: Mapped[str]  # waiting | dispatched | running | failed (retries used up)
    root_id: Mapped[str | None]
    instance_id: Mapped[str | None]
    definition_id: Mapped[str | None]  # of a start: the version that is started
    token_id: Mapped[str | None]
    element_id: Mapped[str | None]
    topic: Mapped[str | None]
    key: Mapped[str]  # stable over retries: the other side can drop a repetition
    due_at: Mapped[datetime]
    run_at: Mapped[datetime]
    retries: Mapped[str] = mapped_column(default="")  # ISO durations before each retry, comma separated
    retries_left: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    locked_by: Mapped[str | None]
    lock_expires_at: Mapped[datetime | None]  # real time (clock.elapsed)
    revision: Mapped[int] = mapped_column(default=1)


class Incident(Table):
    """A job that used up its retries, or a fault that needs a person."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_state", "state", "opened_at", "id"), Index("ix_incident_root", "root_id"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[str | None] = mapped_column(index=True)
    root_id: Mapped[str | None]
    instance_id: Mapped[str | None]
    element_id: Mapped[str | None]
    code: Mapped[str]
    message: Mapped[str]
    line: Mapped[int | None]
    state: Mapped[str]  # open | resolved
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]


class MessageSubscription(Table):
    """Somebody in an instance waits for a message."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index("ix_message_subscription_name", "name", "correlation_key"), Index("ix_message_subscription_root", "root_id"))
    id: Mapped[str] = mapped_column(primary_key=True)
    root_id: Mapped[str]
    instance_id: Mapped[str]
    token_id: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    correlation_key: Mapped[str | None]
    created_at: Mapped[datetime]


class Message(Table):
    """A message as it came: stored first, delivered second; kept while nobody waits for it."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_waiting", "state", "name", "correlation_key"),)
    id: Mapped[str] = mapped_column(primary_key=True)  # given by the sender: a repetition is dropped
    name: Mapped[str]
    correlation_key: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str]  # waiting | delivered
    received_at: Mapped[datetime]
    sent_by: Mapped[str]
    delivered_at: Mapped[datetime | None]
    instance_id: Mapped[str | None]


class Operation(Table):
    """Who did what by hand, and why: the audit trail."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("ix_operation_at", "at", "id"),
        Index("ix_operation_root", "root_id"),
        Index("ix_operation_subject", "subject_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    kind: Mapped[str]  # deploy, start, claim, unclaim, assign, complete, retry, reschedule, cancel, refused, ...
    by: Mapped[str]
    subject_kind: Mapped[str]  # the table the subject is in
    subject_id: Mapped[str]
    root_id: Mapped[str | None]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SearchAttribute(Table):
    """A typed value of an instance that lists may filter and sort by; names are declared by the definition."""

    __tablename__ = "search_attribute"
    __table_args__ = (
        *(Index(f"ix_search_attribute_{kind}", "name", kind) for kind in _KINDS),
        *(Index(f"ix_search_attribute_by_{one}", "name", "ended", one, "instance_id", **only(f"{one} IS NOT NULL")) for one in _KINDS),
    )
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    number: Mapped[float | None]
    instant: Mapped[datetime | None]
    ended: Mapped[bool] = mapped_column(default=False)  # the instance has: lists of open tasks pass it by
