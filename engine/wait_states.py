"""The mirror: after every step the rows equal what the execution waits for.

Pages and API read rows, never the execution. The rows of a root instance are compared by token: what is new is
inserted, what is gone is closed (tasks) or deleted (jobs, subscriptions).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine import claiming, clock, definitions, job_rows, messages, offers, task_attributes, waiting_rows
from engine.bpmn.diagram import Element
from engine.bpmn.execution import Called, Execution, MessageWait, ServiceTaskWait, SignalWait, TimerWait, UserTaskWait, Waits
from engine.database import new_id
from engine.extensions import SYSTEM, of
from engine.rows import insert_rows, unstored, update_row
from engine.signal_tables import SignalSubscription
from engine.tables import TASK_IS_OPEN, MessageSubscription, ProcessDefinition, ProcessInstance, UserTask, UserTaskCandidate

DEFAULT_PRIORITY = 50
REMOVED_AT_ONCE = 10_000  # a statement takes some 32,000 values (sqlite.org/limits.html)


@dataclass(kw_only=True)
class _Mirror:
    session: Session
    root: ProcessInstance
    execution: Execution
    existing: dict[tuple[str, str], str]
    definition_of: dict[str | None, str]
    now: datetime = field(default_factory=clock.now)

    def element(self, wait: UserTaskWait | ServiceTaskWait | TimerWait | MessageWait) -> Element:
        """The drawn element a wait belongs to."""
        return definitions.diagram(self.session, self.definition_of[wait.scope_id]).elements[wait.element_id]


def mirror(session: Session, root: ProcessInstance, execution: Execution, *, fresh: bool = False) -> None:
    """Make the rows of `root` equal to what `execution` waits for. `fresh`: the instance was just started, it has no rows."""
    waits = execution.waits(moved=True)
    existing = {} if fresh else waiting_rows.existing(session, root.id, waits.about)
    work = _Mirror(session=session, root=root, execution=execution, existing=existing, definition_of={None: root.definition_id})
    _mirror_called(work, waits.called)
    wanted = waiting_rows.wanted(waits)
    _open_user_tasks(work, [wait for wait in waits.user_tasks if ("user_task", wait.token_id) not in existing])
    _add_jobs(work, waits)
    _subscribe(work, [wait for wait in waits.messages if ("message", wait.token_id) not in existing])
    _listen(work, [wait for wait in waits.signals if ("signal", wait.token_id) not in existing])
    gone = sorted(existing.keys() - wanted)
    for first in range(0, len(gone), REMOVED_AT_ONCE):
        _remove(work, gone[first : first + REMOVED_AT_ONCE])
    dead_end = waits.stands_still and waits.about is None and root.state == "running"  # such as two branches that never meet
    if dead_end != (root.stalled_at is not None):
        update_row(session, root, stalled_at=work.now if dead_end else None)


def _mirror_called(work: _Mirror, called: Iterable[Called]) -> None:
    """Rows of called processes (design 4a): the token of the call activity is the id of the called instance."""
    called = list(called)
    if not called:
        return
    work.definition_of.update({one.token_id: one.definition_id for one in called})
    statement = select(ProcessInstance).where(ProcessInstance.root_id == work.root.id, ProcessInstance.id != work.root.id)
    known = {row.id: row for row in work.session.scalars(statement)}
    for one in called:
        row = known.get(one.token_id)
        if row is None:
            row = _called_row(work, one)
            work.session.add(row)
        elif row.state in ("completed", "terminated", "cancelled"):
            continue
        row.variables = one.variables
        if one.state != "running":
            row.state, row.ended_at, row.end_element_id = one.state, work.now, one.end_element_id
    work.session.flush()  # tasks below point at these rows


def _called_row(work: _Mirror, called: Called) -> ProcessInstance:
    definition = work.session.get(ProcessDefinition, called.definition_id)
    assert definition is not None  # it was resolved by this very transaction or pinned by an earlier one
    return ProcessInstance(
        id=called.token_id,
        root_id=work.root.id,
        parent_id=called.scope_id or work.root.id,
        called_from=called.element_id,
        definition_id=definition.id,
        definition_key=definition.key,
        business_key=work.root.business_key,
        state="running",
        started_at=work.now,
        started_by=work.root.started_by,
        revision=1,
    )


def _open_user_tasks(work: _Mirror, waits: list[UserTaskWait]) -> None:
    for wait in waits:
        element = work.element(wait)
        row = _user_task(work, wait, element)
        task = unstored(UserTask, **row)
        candidates = of(work.session).candidates(work.session, task, task_attributes.candidates(work.execution, wait, element))
        row |= _given_to(work, task) | _deadline(work, task)
        row["claim_by"] = claiming.claim_by(work.session, opened_at=work.now, due_at=row["due_at"])
        offered = offers.candidate_rows(wait.token_id, candidates)
        row["audience"] = offers.keep(work.session, offered)
        insert_rows(work.session, UserTask, [row])
        insert_rows(work.session, UserTaskCandidate, offered)
        if row["assignee"] is not None:
            of(work.session).task_given(work.session, unstored(UserTask, **row), SYSTEM, "open", None)


def _user_task(work: _Mirror, wait: UserTaskWait, element: Element) -> dict[str, Any]:
    assignee = task_attributes.text(work.execution, wait, element.assignee, "assignee")
    return {
        "id": wait.token_id,
        "instance_id": wait.scope_id or work.root.id,
        "root_id": work.root.id,
        "definition_id": work.definition_of[wait.scope_id],
        "business_key": work.root.business_key,
        "element_id": element.id,
        "name": element.name or element.id,
        "name_zh": element.name_zh,
        "form_key": element.form_key,
        "state": "open",
        "assignee": assignee,
        "claimed_at": work.now if assignee else None,
        "priority": int(task_attributes.text(work.execution, wait, element.priority, "priority") or DEFAULT_PRIORITY),
        "created_at": work.now,
        "due_at": task_attributes.due(work.execution, wait, element),
        "warn_at": None,
        "paused": False,
        "item": wait.item,
        "revision": 1,
    }


def _given_to(work: _Mirror, task: UserTask) -> dict[str, Any]:
    """Nothing is assigned to somebody who is away or gone: the task waits for the others."""
    if task.assignee is None or of(work.session).active(work.session, [task.assignee]):
        return {}
    return {"assignee": None, "claimed_at": None}


def _deadline(work: _Mirror, task: UserTask) -> dict[str, Any]:
    """What the product says about the due date instead of the diagram; else from when on that of the diagram is at risk."""
    deadline = of(work.session).deadline(work.session, task)
    if deadline is None:
        return {"warn_at": claiming.warn_at(work.session, opened_at=work.now, due_at=task.due_at)}
    return {"due_at": deadline.due_at, "warn_at": deadline.warn_at, "paused": deadline.paused}


def _add_jobs(work: _Mirror, waits: Waits) -> None:
    for timer in waits.timers:
        if ("timer", timer.token_id) not in work.existing:
            job_rows.add_timer(work.session, work.root, timer)
    for service in waits.service_tasks:
        if ("service_task", service.token_id) not in work.existing:
            job_rows.add_service_task(work.session, work.root, service, work.element(service))
    for rest in waits.rest:
        if ("continue", rest.token_id) not in work.existing:
            job_rows.add_rest(work.session, work.root, rest)


def _subscribe(work: _Mirror, waits: list[MessageWait]) -> None:
    if waits:
        rows = [{**_subscription(work, wait), "correlation_key": wait.correlation_key or work.root.business_key} for wait in waits]
        insert_rows(work.session, MessageSubscription, rows)
        messages.deliver_buffered(work.session, work.root, rows)


def _listen(work: _Mirror, waits: list[SignalWait]) -> None:
    if waits:
        insert_rows(work.session, SignalSubscription, [{**_subscription(work, wait), "inside": wait.inside} for wait in waits])


def _subscription(work: _Mirror, wait: MessageWait | SignalWait) -> dict[str, Any]:
    return {
        "id": new_id(),
        "root_id": work.root.id,
        "instance_id": wait.scope_id or work.root.id,
        "token_id": wait.token_id,
        "element_id": wait.element_id,
        "name": wait.name,
        "created_at": work.now,
    }


def _remove(work: _Mirror, gone: Sequence[tuple[str, str]]) -> None:
    tasks = [token for kind, token in gone if kind == "user_task"]
    due = [token for kind, token in gone if kind in job_rows.OF_TOKENS]
    messages = [token for kind, token in gone if kind == "message"]
    signals = [token for kind, token in gone if kind == "signal"]
    if tasks:
        # The completed one was marked by user_tasks.complete before; what is still open was taken back by the process.
        closing = update(UserTask).where(UserTask.id.in_(tasks), TASK_IS_OPEN)
        work.session.execute(closing.values(state="cancelled", ended_at=work.now, revision=UserTask.revision + 1))
    if due:
        failed = [token for kind, token in gone if work.existing[kind, token] == "failed"]
        job_rows.remove(work.session, work.root.id, due, failed=failed)
    if messages:
        where = (MessageSubscription.root_id == work.root.id, MessageSubscription.token_id.in_(messages))
        work.session.execute(delete(MessageSubscription).where(*where))
    if signals:
        here = (SignalSubscription.root_id == work.root.id, SignalSubscription.token_id.in_(signals))
        work.session.execute(delete(SignalSubscription).where(*here))
