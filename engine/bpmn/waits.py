"""What an execution waits for, as plain values: the engine makes its rows equal to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.asleep import SleepyTable
from engine.bpmn.history import scope_of
from engine.bpmn.joins import StandsBy
from engine.bpmn.signal_names import drawn, is_inside
from engine.bpmn.spec_events import EventGateway, SignalDefinition, definitions_at
from engine.bpmn.spec_tasks import ServiceTask
from engine.bpmn.token import Token, Values, is_active
from engine.bpmn.variables import variables_of
from engine.bpmn.workflow import FlatSubWorkflow, FlatWorkflow, asks_condition

_MANY = 2_000  # tokens: about so many the rows can be asked for one by one, about more for all


@dataclass(frozen=True, kw_only=True)
class UserTaskWait:
    """A person is waited for. `item` is {"index", "value"} in a multi-instance activity."""

    token_id: str
    scope_id: str | None
    element_id: str
    item: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class ServiceTaskWait:
    """A handler is waited for."""

    token_id: str
    scope_id: str | None
    element_id: str


@dataclass(frozen=True, kw_only=True)
class TimerWait:
    """An instant (aware UTC) is waited for; of a cycle, the next one."""

    token_id: str
    scope_id: str | None
    element_id: str
    due: datetime


@dataclass(frozen=True, kw_only=True)
class MessageWait:
    """A message is waited for."""

    token_id: str
    scope_id: str | None
    element_id: str
    name: str
    correlation_key: str | None


@dataclass(frozen=True, kw_only=True)
class SignalWait:
    """A signal is waited for; with `inside` it can only come from the instance itself."""

    token_id: str
    scope_id: str | None
    element_id: str
    name: str
    inside: bool


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Nothing is waited for here: what is left of a long way goes on in a step of its own (`Execution.go_on`)."""

    token_id: str
    scope_id: str | None
    element_id: str | None


@dataclass(frozen=True, kw_only=True)
class Called:
    """A called process: running, or ended since the execution was loaded. `token_id` is that of the call activity."""

    token_id: str
    scope_id: str | None
    element_id: str
    definition_id: str
    state: str
    variables: Values
    end_element_id: str | None


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Everything; with `about`, everything about these tokens: others sleep, and wait for what they waited for."""

    user_tasks: tuple[UserTaskWait, ...]
    service_tasks: tuple[ServiceTaskWait, ...]
    timers: tuple[TimerWait, ...]
    messages: tuple[MessageWait, ...]
    signals: tuple[SignalWait, ...]
    called: tuple[Called, ...]
    rest: tuple[Rest, ...]  # at most one
    about: frozenset[str] | None
    stands_still: bool
    """Nothing in the flow waits for anything: only events beside it are armed, if any."""


def waits_of(top: FlatWorkflow, *, wake: bool = True) -> Waits:
    """What the workflow waits for, in the order the tokens were created."""
    if wake or len(top.known) > _MANY:
        for workflow in top.workflows():
            workflow.tasks.wake()
    active = [token for workflow in top.workflows() if not workflow.completed for token in workflow.tasks.present() if is_active(token)]
    timers, messages = _events(active)
    return Waits(
        user_tasks=tuple(
            UserTaskWait(**_place(token), item=_item(token))
            for token in active
            if token.state == TaskState.READY and token.task_spec.manual
        ),
        service_tasks=tuple(ServiceTaskWait(**_place(token)) for token in active if _is_at_work(token)),
        timers=tuple(timers),
        messages=tuple(messages),
        signals=tuple(SignalWait(**_place(event), name=drawn(name), inside=is_inside(name)) for event, name in _listening(active)),
        called=tuple(_called(top)),
        rest=tuple(Rest(**{**_place(token), "element_id": _drawn(token)}) for token in islice(top.left, 1)),
        about=_about(top),
        stands_still=not top.left and not any(_goes_on(token) for token in active),
    )


def _goes_on(token: Token) -> bool:
    """Whether something can happen to a token of the flow: what only stands by it does not end what it stands by."""
    if isinstance(token.task_spec, StandsBy):
        return False
    if token.state != TaskState.WAITING:
        return bool(token.task_spec.manual) or _is_at_work(token)
    return asks_condition(token) or any(True for _ in _waiting(token)) or any(True for _ in _listening([token]))


def _about(top: FlatWorkflow) -> frozenset[str] | None:
    """The others have not moved: whatever has was known before, or is new."""
    tables = [one.tasks for one in top.workflows()]
    some_sleep = any(isinstance(table, SleepyTable) and not table.asleep.is_empty for table in tables)
    return frozenset(top.known) if some_sleep else None


def _is_at_work(token: Token) -> bool:
    return isinstance(token.task_spec, ServiceTask) and token.state == TaskState.STARTED


def _drawn(token: Token) -> str | None:
    """The drawn element a token is at, or came from."""
    at: Token | None = token
    while at is not None and (at.task_spec.bpmn_id is None or at.task_spec.helper):
        at = at.parent
    return None if at is None else str(at.task_spec.bpmn_id)


def _place(token: Token) -> dict[str, Any]:
    return {"token_id": token.key, "scope_id": scope_of(token), "element_id": token.task_spec.bpmn_id}


def _item(token: Token) -> dict[str, Any] | None:
    """Of the token itself or of the innermost multi-instance sub-process around it, within the same process."""
    inside: Token | None = token
    while inside is not None:
        if "item" in inside.internal_data:
            return {"index": inside.internal_data["index"], "value": inside.internal_data["item"]}
        around: Token | None = getattr(inside.workflow, "parent_token", None)
        inside = None if around is None or isinstance(around.task_spec, CallActivity) else around
    return None


def _events(active: list[Token]) -> tuple[list[TimerWait], list[MessageWait]]:
    timers: list[TimerWait] = []
    messages: list[MessageWait] = []
    for token in active:
        if token.state != TaskState.WAITING:
            continue
        for event in _waiting(token):
            waiting_for = event.internal_data["waits"]
            if "due" in waiting_for:
                timers.append(TimerWait(**_place(event), due=waiting_for["due"]))
            else:
                name, key = waiting_for["message"], waiting_for["correlation_key"]
                messages.append(MessageWait(**_place(event), name=name, correlation_key=key))
    return timers, messages


def _listening(active: list[Token]) -> Iterator[tuple[Token, str]]:
    for token in active:
        if token.state == TaskState.WAITING:
            for event, definition in definitions_at(token):
                if isinstance(definition, SignalDefinition):
                    yield event, definition.name


def _waiting(token: Token) -> Iterator[Token]:
    """The token itself, or the events behind a gateway."""
    candidates = [event for event, _ in token.task_spec.events(token)] if isinstance(token.task_spec, EventGateway) else [token]
    return (event for event in candidates if "waits" in event.internal_data)


def _called(top: FlatWorkflow) -> Iterator[Called]:
    for workflow in (*top.ended_calls, *top.subprocesses.values()):
        token = workflow.parent_token
        if isinstance(token.task_spec, CallActivity):
            yield Called(
                **_place(token),
                definition_id=workflow.definition.id,
                state=state_of(workflow),
                variables=variables_of(workflow),
                end_element_id=end_of(workflow),
            )


def state_of(workflow: FlatWorkflow | FlatSubWorkflow) -> str:
    """running, completed, terminated (by a terminate or error end event) or cancelled."""
    if not workflow.completed:
        return "running"
    if not workflow.success:
        return "cancelled"
    return "terminated" if workflow.terminated else "completed"


def end_of(workflow: FlatWorkflow | FlatSubWorkflow) -> str | None:
    """The end event that was reached last, once it has ended."""
    if not workflow.completed or workflow.ended_by is None:
        return None
    return str(workflow.ended_by.task_spec.bpmn_id)
