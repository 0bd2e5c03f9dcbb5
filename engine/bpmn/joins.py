"""Where branches meet: parallel and inclusive gateways, the end of a process, the end of an activity with boundary events.

What becomes of their data is said in `meeting`.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from uuid import UUID

from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as StockParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.meeting import merged
from engine.bpmn.spec_gateways import NO_WAY_OUT, follow
from engine.bpmn.token import Token, is_active, is_open
from engine.errors import ExecutionFailed


def arrivals(token: Token) -> list[Token]:
    """The other tokens that came to this join and were not yet used by it, in order of arrival."""
    here: dict[UUID, Token] = token.workflow.arrived.setdefault(token.task_spec.name, {})
    for used in [other for other in here.values() if other.consumed]:
        del here[used.id]
    return sorted((other for other in here.values() if other is not token), key=lambda other: other.last_state_change)


class StandsBy:
    """Part of a task specification: it waits beside the flow, carries no data of a branch, and keeps no scope from ending."""

    cancel_activity: bool


def runs_beside(token: Token) -> bool:
    """Whether a token belongs to an event sub-process that does not interrupt: its branch carries no data.

    Behind what started it come the event sub-process, its end, and the end of the scope.
    """
    before = token.parent
    for _ in range(3):
        if before is None or isinstance(before.task_spec, StandsBy):
            break
        before = before.parent
    return before is not None and isinstance(before.task_spec, StandsBy) and not before.task_spec.cancel_activity


class ThreeWayJoin(Join):  # type: ignore[misc]  # Spiff is untyped
    """A join that goes on in the token that arrived last, with the changes of all."""

    def usable(self, my_task: Token, others: list[Token]) -> list[Token]:
        """Those of the arrivals that are used up when this token goes on."""
        return others

    @abstractmethod
    def is_complete(self, my_task: Token, others: Sequence[Token]) -> bool:
        """Whether all that can arrive has arrived."""

    def _update_hook(self, my_task: Token) -> bool:
        found = arrivals(my_task)
        for other in found:
            if other.state == TaskState.WAITING:
                other.joined = True
                other.cancel()
        my_task._inherit_data()
        others = self.usable(my_task, found)
        if not self.is_complete(my_task, others):
            my_task._set_state(TaskState.WAITING)
            return False
        for other in others:
            other.consumed = True
        _stay([other for other in found if not other.consumed])
        branches = [arrived.parent for arrived in (*others, my_task) if not runs_beside(arrived)]
        if others and branches:
            my_task.data = merged(branches)
        return True


def _stay(left: Sequence[Token]) -> None:
    """What came by a flow twice is there for the next turn (BPMN 2.0, 13.4.1 and 13.4.3); the last stands for all."""
    if left:
        left[-1].joined = False
        left[-1]._set_state(TaskState.WAITING)


def first_by_each_other_flow(my_task: Token, others: Sequence[Token]) -> list[Token]:
    """What one turn of a gateway takes beside the token that goes on."""
    by_flow: dict[str, Token] = {}
    for other in others:
        by_flow.setdefault(other.parent.task_spec.name, other)
    by_flow.pop(my_task.parent.task_spec.name, None)
    return list(by_flow.values())


class ParallelGateway(ThreeWayJoin, StockParallelGateway):  # type: ignore[misc]
    """Goes on when a token has come by every incoming flow, and uses one of each; a second one waits for the next turn."""

    def usable(self, my_task: Token, others: list[Token]) -> list[Token]:
        """The first by each other flow."""
        if len(others) + 1 < len(self._inputs):
            return []  # whichever they came by, they are not enough: of a thousand branches, do not ask each time
        return first_by_each_other_flow(my_task, others)

    def is_complete(self, my_task: Token, others: Sequence[Token]) -> bool:
        """By the nodes the arrived tokens come from."""
        if len(others) + 1 < len(self._inputs):
            return False
        came_from = {arrived.parent.task_spec.name for arrived in (*others, my_task)}
        return all(name in came_from for name in self._inputs)

    def _run_hook(self, my_task: Token) -> bool:
        return True


class InclusiveGateway(ThreeWayJoin, StockInclusiveGateway):  # type: ignore[misc]
    """Goes on when no other token can still come by a flow nobody has come by; leaves by every flow whose condition holds.

    It uses one of each flow, as the parallel one does.
    """

    def usable(self, my_task: Token, others: list[Token]) -> list[Token]:
        """The first by each other flow."""
        return first_by_each_other_flow(my_task, others)

    def is_complete(self, my_task: Token, others: Sequence[Token]) -> bool:
        """BPMN 2.0, 13.4.3: a token that can reach an empty incoming flow, and none that is taken, is waited for."""
        taken = {arrived.parent.task_spec.name for arrived in (*others, my_task)}
        empty = [spec for spec in self.inputs if spec.name not in taken]
        if not empty:
            return True
        reaches_empty = self._upstream(empty)
        reaches_taken = self._upstream([spec for spec in self.inputs if spec.name in taken])
        here = {id(token) for token in (*others, my_task)}
        return not any(
            is_active(token) and id(token) not in here and token.task_spec.name in reaches_empty - reaches_taken
            for token in my_task.workflow.tasks.values()
        )

    def _upstream(self, ends: Iterable[TaskSpec]) -> set[str]:
        """The nodes from which one of `ends` can be reached without passing this gateway."""
        found: set[str] = set()
        to_visit = list(ends)
        while to_visit:
            spec = to_visit.pop()
            if spec.name not in found and spec is not self:
                found.add(spec.name)
                to_visit.extend(spec.inputs)
        return found

    def _run_hook(self, my_task: Token) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise ExecutionFailed(element=self.bpmn_id, reason=NO_WAY_OUT, line=None)
        follow(my_task, matches or defaults)
        return True


class EndJoin(ThreeWayJoin, control._EndJoin):  # type: ignore[misc]
    """The end of a process or sub-process: when nothing else in it can move any more."""

    def is_complete(self, my_task: Token, others: Sequence[Token]) -> bool:
        """Whether no other token is open; predictions behind this join do not count."""
        return not any(
            is_open(token) and token is not my_task and token.task_spec is not self and token.task_spec.name != "End"
            for token in my_task.workflow.tasks.present()  # of instances that sleep, the activity is there
            if not isinstance(token.task_spec, StandsBy)
        )

    def _run_hook(self, my_task: Token) -> bool:
        for token in list(my_task.workflow.tasks.values()):
            if isinstance(token.task_spec, StandsBy) and is_open(token):
                retire(token)
        my_task.workflow.data.update(my_task.data)
        return True


class BoundaryEventJoin(control.BoundaryEventJoin):  # type: ignore[misc]
    """Behind an activity and each of its boundary events: ends the others when the activity ends or is interrupted."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        branches = my_task.parent.parent.children  # of the split: the activity and its boundary events
        main = next(token for token in branches if not isinstance(token.task_spec, BoundaryEvent))
        events = [token for token in branches if isinstance(token.task_spec, BoundaryEvent)]
        interrupted = any(token.task_spec.cancel_activity and token.state == TaskState.COMPLETED for token in events)
        if not interrupted and is_open(main):
            my_task._set_state(TaskState.WAITING)
            return False
        for token in events:
            if token.state == TaskState.WAITING:
                retire(token)
        if is_open(main):
            main.cancel()
        for token in branches:
            _close_joins(token, my_task)
        return True


def retire(event: Token) -> None:
    """End a boundary event that still waits. What it started earlier goes on: cancelling would take that along."""
    if any(child.state > TaskState.FUTURE for child in event.children):
        event.internal_data["used_up"] = True
        event.workflow.top_workflow.event_manager.remove_task(event)
        event._set_state(TaskState.COMPLETED)
        for child in event.children:
            if child.state <= TaskState.FUTURE:
                event.workflow._remove_task(child.id)
    else:
        event.cancel()


def _close_joins(branch: Token, but: Token) -> None:
    for child in branch.children:
        if child.task_spec is but.task_spec and child is not but and is_open(child):
            child._set_state(TaskState.CANCELLED)
