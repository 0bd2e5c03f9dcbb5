"""The mirror: after every step the rows equal what the execution waits for.

Pages and API read rows, never the execution. The rows of a root instance are compared by token: what is new is
inserted, what is gone is closed (tasks) or deleted (jobs, subscriptions).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, bindparam, delete, literal, select, true, union_all, update
from sqlalchemy.orm import Session

from engine import claiming, clock, definitions, job_rows, messages
from engine.bpmn.diagram import Element
from engine.bpmn.execution import Called, Execution, MessageWait, ServiceTaskWait, SignalWait, TimerWait, UserTaskWait, Waits
from engine.database import connection_of, insert_rows, new_id, update_row
from engine.errors import ExecutionFailed
from engine.extensions import Candidates, of
from engine.signal_tables import SignalSubscription
from engine.tables import TASK_IS_OPEN, Job, MessageSubscription, ProcessDefinition, ProcessInstance, UserTask, UserTaskCandidate

DEFAULT_PRIORITY = 50
DIGITS = 9  # of a priority
LONGEST_NAME = 255  # of a person or group, in characters
MOST_NAMES = 200  # to which one task is offered


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
    existing = {} if fresh else _existing(session, root.id, waits.about)
    work = _Mirror(session=session, root=root, execution=execution, existing=existing, definition_of={None: root.definition_id})
    _mirror_called(work, waits.called)
    wanted = _wanted(waits)
    _open_user_tasks(work, [wait for wait in waits.user_tasks if ("user_task", wait.token_id) not in existing])
    _add_jobs(work, waits)
    _subscribe(work, [wait for wait in waits.messages if ("message", wait.token_id) not in existing])
    _listen(work, [wait for wait in waits.signals if ("signal", wait.token_id) not in existing])
    _remove(work, existing.keys() - wanted)
    dead_end = not wanted and waits.about is None and root.state == "running"  # such as two branches that never meet
    if dead_end != (root.stalled_at is not None):
        update_row(session, root, stalled_at=work.now if dead_end else None)


def _rows(*about: ColumnElement[bool]) -> CompoundSelect[str, str | None, str]:
    """The rows of a root as kind, token and state; `about`: of which tokens, for tasks, jobs, messages and signals."""
    task, job, message, signal = about or (true(),) * 4
    root: BindParameter[str] = bindparam("root")
    return union_all(
        select(literal("user_task"), UserTask.id, UserTask.state).where(UserTask.root_id == root, TASK_IS_OPEN, task),
        select(Job.kind, Job.token_id, Job.state).where(Job.root_id == root, Job.kind.in_(job_rows.OF_TOKENS), job),
        select(literal("message"), MessageSubscription.token_id, literal("")).where(MessageSubscription.root_id == root, message),
        select(literal("signal"), SignalSubscription.token_id, literal("")).where(SignalSubscription.root_id == root, signal),
    )


_TOKENS = (UserTask.id, Job.token_id, MessageSubscription.token_id, SignalSubscription.token_id)
_EXISTING = _rows()
_EXISTING_ABOUT = _rows(*(column.in_(bindparam("about", expanding=True)) for column in _TOKENS))


def _existing(session: Session, root_id: str, about: frozenset[str] | None) -> dict[tuple[str, str], str]:
    """The rows there are, as kind and token, with their state; of ten thousand that sleep nobody asks."""
    session.flush()  # the statement below does not go through the ORM
    statement, given = (_EXISTING, {}) if about is None else (_EXISTING_ABOUT, {"about": sorted(about)})
    found = connection_of(session).execute(statement, {"root": root_id, **given})
    return {(kind, token or ""): state for kind, token, state in found}


def _wanted(waits: Waits) -> set[tuple[str, str]]:
    return (
        {("user_task", wait.token_id) for wait in waits.user_tasks}
        | {("timer", wait.token_id) for wait in waits.timers}
        | {("service_task", wait.token_id) for wait in waits.service_tasks}
        | {("message", wait.token_id) for wait in waits.messages}
        | {("signal", wait.token_id) for wait in waits.signals}
        | {("continue", rest.token_id) for rest in waits.rest}
    )


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
        task = UserTask(**row)
        candidates = of(work.session).candidates(work.session, task, _declared(work, wait, element))
        row |= _given_to(work, task) | _deadline(work, task)
        row["claim_by"] = claiming.claim_by(work.session, opened_at=work.now, due_at=row["due_at"])
        insert_rows(work.session, UserTask, [row])
        insert_rows(work.session, UserTaskCandidate, candidate_rows(wait.token_id, candidates))


def _user_task(work: _Mirror, wait: UserTaskWait, element: Element) -> dict[str, Any]:
    assignee = _text(work, wait, element.assignee, "assignee")
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
        "priority": int(_text(work, wait, element.priority, "priority") or DEFAULT_PRIORITY),
        "created_at": work.now,
        "due_at": _due(work, wait, element),
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
    """What the product says about the due date instead of the diagram."""
    deadline = of(work.session).deadline(work.session, task)
    return {} if deadline is None else {"due_at": deadline.due_at, "warn_at": deadline.warn_at, "paused": deadline.paused}


def _declared(work: _Mirror, wait: UserTaskWait, element: Element) -> Candidates:
    by_lane = (element.lane,) if element.lane and not element.candidate_users else ()
    groups, users = _names(work, wait, element.candidate_groups or by_lane), _names(work, wait, element.candidate_users)
    return Candidates(groups=groups, users=users)


def _names(work: _Mirror, wait: UserTaskWait, declared: Iterable[str]) -> list[str]:
    found: list[str] = []
    for one in declared:
        value = _evaluated(work, wait, one) if one.startswith("=") else one
        found.extend(str(name) for name in (value if isinstance(value, list | tuple) else [value]))
    if len(found) > MOST_NAMES or any(len(one) > LONGEST_NAME for one in found):
        reason = f"the task is offered to more than {MOST_NAMES} groups or people, or to one of more than {LONGEST_NAME} characters"
        raise ExecutionFailed(element=wait.element_id, reason=reason)
    return list(dict.fromkeys(found))


def _text(work: _Mirror, wait: UserTaskWait, declared: str | None, what: str) -> str | None:
    if not declared:
        return None
    value = _evaluated(work, wait, declared) if declared.startswith("=") else declared
    if what == "priority" and not (str(value).isdecimal() and len(str(value)) <= DIGITS):
        reason = f"the priority '{_said(value)}' is not a whole number of at most {DIGITS} digits"
        raise ExecutionFailed(element=wait.element_id, reason=reason)
    if len(str(value)) > LONGEST_NAME:
        raise ExecutionFailed(element=wait.element_id, reason=f"the {what} has more than {LONGEST_NAME} characters")
    return None if value is None else str(value)


def _evaluated(work: _Mirror, wait: UserTaskWait, declared: str) -> Any:
    return work.execution.evaluate(wait.token_id, declared.removeprefix("="))


def _due(work: _Mirror, wait: UserTaskWait, element: Element) -> datetime | None:
    if not element.due_date:
        return None
    value = work.execution.evaluate(wait.token_id, element.due_date.removeprefix("="))
    if value is None:
        return None
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if instant.tzinfo is None:
            raise ExecutionFailed(element=wait.element_id, reason=f"the due date '{_said(value)}' has no time zone")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ExecutionFailed(element=wait.element_id, reason=f"the due date '{_said(value)}' is not an ISO 8601 instant") from error


def _said(value: Any) -> str:
    return str(value)[:LONGEST_NAME]


def candidate_rows(task_id: str, candidates: Candidates) -> list[dict[str, Any]]:
    """Who may do a task, as rows."""
    named = [
        *(("group", name, None) for name in dict.fromkeys(candidates.groups)),
        *(("user", name, None) for name in dict.fromkeys(candidates.users)),
        *(("excluded", name, code) for name, code in candidates.excluded.items()),
    ]
    return [{"user_task_id": task_id, "kind": kind, "name": name, "code": code} for kind, name, code in named]


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
        rows = [
            {
                "id": new_id(),
                "root_id": work.root.id,
                "instance_id": wait.scope_id or work.root.id,
                "token_id": wait.token_id,
                "element_id": wait.element_id,
                "name": wait.name,
                "correlation_key": wait.correlation_key or work.root.business_key,
                "created_at": work.now,
            }
            for wait in waits
        ]
        insert_rows(work.session, MessageSubscription, rows)
        messages.deliver_buffered(work.session, work.root, rows)


def _listen(work: _Mirror, waits: list[SignalWait]) -> None:
    if waits:
        rows = [
            {
                "id": new_id(),
                "root_id": work.root.id,
                "instance_id": wait.scope_id or work.root.id,
                "token_id": wait.token_id,
                "element_id": wait.element_id,
                "name": wait.name,
                "inside": wait.inside,
                "created_at": work.now,
            }
            for wait in waits
        ]
        insert_rows(work.session, SignalSubscription, rows)


def _remove(work: _Mirror, gone: set[tuple[str, str]]) -> None:
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
