"""What was passed: one `Passage` for each time a token left a drawn element, written when it happens; what was decided.

Old task data is no history (Spiff keeps rewriting it), so every change of state is looked at as it comes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.util.task import TaskState

from engine import clock
from engine.bpmn.decisions import Outcome
from engine.bpmn.token import Token

_ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A token was at an element: since when, until when, how it left, by which sequence flow it had come.

    `flow_id` is None at start and boundary events. `scope_id` is the token of the call activity it happened in, None in
    the root process, `process_key` names the process it happened in. A join has one passage for each token that arrived.
    """

    token_id: str
    scope_id: str | None
    element_id: str
    element_type: str
    state: str
    flow_id: str | None
    process_key: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A business rule task has asked its decision; `token_id`, `scope_id` and `element_id` as in a passage."""

    token_id: str
    scope_id: str | None
    element_id: str
    at: datetime
    outcome: Outcome


class History:
    """The passages and decisions since they were last taken."""

    def __init__(self) -> None:
        self._passages: list[Passage] = []
        self._decided: list[Decided] = []

    def take(self) -> tuple[Passage, ...]:
        """Hand them over and begin anew."""
        taken, self._passages = tuple(self._passages), []
        return taken

    def take_decided(self) -> tuple[Decided, ...]:
        """Hand the decisions over and begin anew."""
        taken, self._decided = tuple(self._decided), []
        return taken

    def decided(self, token: Token, outcome: Outcome) -> None:
        """A decision was asked at a token."""
        self._decided.append(
            Decided(token_id=token.key, scope_id=scope_of(token), element_id=token.task_spec.bpmn_id, at=clock.now(), outcome=outcome)
        )

    def changed(self, token: Token) -> None:
        """A token has another state: note when it became active, write the passage when it is over."""
        if token.state & _ACTIVE:
            if token.began is None:
                token.began = clock.now()
        elif token.state & TaskState.FINISHED_MASK and token.began is not None and _is_passage(token):
            self._add(token, _outcome(token), token.began)

    def fired(self, token: Token) -> None:
        """A boundary event fired and goes on waiting (a cycle timer, a message that may come again)."""
        if not token.task_spec.helper:
            self._add(token, "completed", clock.now())

    def _add(self, token: Token, state: str, began: datetime) -> None:
        now = clock.now()
        element = token.task_spec.bpmn_id
        self._passages.append(
            Passage(
                token_id=token.key,
                scope_id=scope_of(token),
                element_id=element,
                element_type=token.workflow.definition.specification.elements.get(element, "task"),
                state=state,
                flow_id=_flow_to(token),
                process_key=token.workflow.definition.specification.key,
                # Waiting to be interrupted is no passage: a boundary event is passed when it fires.
                started_at=now if isinstance(token.task_spec, BoundaryEvent) else began,
                ended_at=now,
            )
        )


def scope_of(token: Token) -> str | None:
    """The token of the call activity this one is inside of; None in the root process. Embedded sub-processes do not count."""
    workflow: Any = token.workflow
    while workflow.parent_task_id is not None:
        if isinstance(workflow.parent_token.task_spec, CallActivity):
            return str(workflow.parent_token.key)
        workflow = workflow.parent_token.workflow
    return None


def _is_passage(token: Token) -> bool:
    spec = token.task_spec
    if spec.bpmn_id is None or spec.helper or token.state == TaskState.ERROR:
        return False
    if isinstance(spec, BoundaryEvent):
        return bool(token.state == TaskState.COMPLETED and not token.internal_data.get("used_up"))
    return not isinstance(spec, LoopTask)  # its instances are the passages


def _outcome(token: Token) -> str:
    if token.state == TaskState.COMPLETED or token.joined:
        return "completed"
    return "failed" if token.failed else "cancelled"


def _flow_to(token: Token) -> str | None:
    """The sequence flow this token came by: between its element and the nearest drawn one before it."""
    element = token.task_spec.bpmn_id
    before = token.parent
    if before is not None and isinstance(before.task_spec, LoopTask) and before.task_spec.bpmn_id == element:
        before = before.parent
    while before is not None and (before.task_spec.bpmn_id is None or before.task_spec.helper):
        before = before.parent
    if before is None:
        return None
    flow: str | None = token.workflow.definition.specification.flows.get((before.task_spec.bpmn_id, element))
    return flow
