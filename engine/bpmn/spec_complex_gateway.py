"""The complex gateway (BPMN 2.0, 13.4.5).

It waits for its start: when its activation condition holds, one token is taken from every flow that has one, and it leaves by
the flows whose conditions hold. Then it waits for its reset: for a token by each other flow by which one can still come.
These are taken too, and leave only by flows whose conditions ask for it (`waitingForStart`). Then it begins anew.

The token that started a round remembers in `internal_data["awaits"]` by which nodes tokens are still to come.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import expressions
from engine.bpmn.joins import InclusiveGateway, runs_beside
from engine.bpmn.meeting import merged
from engine.bpmn.spec_gateways import NO_WAY_OUT, follow
from engine.bpmn.token import Token, Values, is_active
from engine.errors import ExecutionFailed

ACTIVATION_COUNT, WAITING_FOR_START = "activationCount", "waitingForStart"


class DrawnComplexGateway(StockInclusiveGateway):  # type: ignore[misc]  # Spiff is untyped
    """For the library an inclusive gateway; as parsed."""


class ComplexGateway(InclusiveGateway):
    """As executed."""

    redress: Values

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        waiting = self._waiting(my_task)
        started = self._started(my_task)
        if started is not None:
            awaited = [token for name, token in _by_flow(waiting).items() if name in started.internal_data["awaits"]]
            if self._may_still_come(my_task, started, awaited):
                my_task._set_state(TaskState.WAITING)
                return False
            started.internal_data["awaits"] = []
            if my_task in awaited:
                return self._go(my_task, awaited, waiting, reset=True)
            waiting = _consume(awaited, waiting)
        return self._start(my_task, waiting)

    def _waiting(self, my_task: Token) -> list[Token]:
        """What has arrived and was not used yet, in order of arrival; `my_task`, the last one, stands for all."""
        others = [one for one in my_task.workflow.tasks.values() if one.task_spec is self and one is not my_task and not one.consumed]
        for other in others:
            if other.state == TaskState.WAITING:
                other.joined = True
                other.cancel()
        return [*sorted((one for one in others if one.joined), key=lambda one: one.last_state_change), my_task]

    def _started(self, my_task: Token) -> Token | None:
        """The token of a round that was started and not reset."""
        rounds = (one for one in my_task.workflow.tasks.values() if one.task_spec is self and one.internal_data.get("awaits"))
        return next(rounds, None)

    def _may_still_come(self, my_task: Token, started: Token, awaited: Sequence[Token]) -> bool:
        here = {token.parent.task_spec.name for token in awaited}
        missing = [spec for spec in self.inputs if spec.name in started.internal_data["awaits"] and spec.name not in here]
        upstream = self._upstream(missing)
        return any(
            is_active(token) and token.task_spec is not self and token.task_spec.name in upstream
            for token in my_task.workflow.tasks.values()
        )

    def _start(self, my_task: Token, waiting: Sequence[Token]) -> bool:
        by_flow = _by_flow(waiting)
        names = {ACTIVATION_COUNT: len(by_flow), WAITING_FOR_START: True, **self._flows(my_task, by_flow)}
        condition = self.redress.get("activation") or "True"
        if not my_task.workflow.top_workflow.engine.evaluate(my_task, condition, names):
            my_task._set_state(TaskState.WAITING)
            return False
        my_task.internal_data["awaits"] = [name for name in self._inputs if name not in by_flow]
        return self._go(my_task, list(by_flow.values()), waiting, reset=False)

    def _flows(self, my_task: Token, by_flow: Iterable[str]) -> Values:
        """1 or 0 under the id of each incoming flow: whether a token has come by it."""
        flows = my_task.workflow.definition.specification.flows
        ids = {spec.name: flows.get((spec.bpmn_id, self.bpmn_id)) for spec in self.inputs}
        return {id_: int(name in by_flow) for name, id_ in ids.items() if id_ is not None}

    def _go(self, my_task: Token, used: list[Token], waiting: Sequence[Token], *, reset: bool) -> bool:
        branches = [token.parent for token in used if not runs_beside(token)]
        if len(branches) > 1:
            my_task.data = merged(branches)
        left = _consume(used, waiting)
        if left:  # a later token by the same flow: it stands for the next round
            left[-1].joined = False
            left[-1]._set_state(TaskState.WAITING)
        my_task.internal_data["chosen"] = self._chosen(my_task, reset=reset)
        return True

    def _chosen(self, my_task: Token, *, reset: bool) -> list[str]:
        evaluate = my_task.workflow.top_workflow.engine.evaluate
        texts = [(None if condition is None else condition.args[0], name) for condition, name in self.cond_task_specs]
        asked = [(text, name) for text, name in texts if text is not None and (not reset or _asks_for_reset(text))]
        holding = [name for text, name in asked if evaluate(my_task, text, {WAITING_FOR_START: not reset})]
        otherwise = [name for text, name in texts if text is None]
        if reset:
            return holding
        if not holding and not otherwise:
            raise ExecutionFailed(element=self.bpmn_id, reason=NO_WAY_OUT, line=None)
        return holding or otherwise

    def _run_hook(self, my_task: Token) -> bool:
        specs: dict[str, Any] = my_task.workflow.spec.task_specs
        follow(my_task, [specs[name] for name in my_task.internal_data["chosen"]])
        return True


def _asks_for_reset(condition: str) -> bool:
    return WAITING_FOR_START in expressions.names(condition).variables


def _by_flow(waiting: Sequence[Token]) -> dict[str, Token]:
    """The first that came by each flow; of its own flow the last one, which is the one that goes on."""
    found: dict[str, Token] = {}
    for token in waiting:
        found.setdefault(token.parent.task_spec.name, token)
    found[waiting[-1].parent.task_spec.name] = waiting[-1]
    return found


def _consume(used: Iterable[Token], waiting: Sequence[Token]) -> list[Token]:
    """Use tokens up; the rest."""
    for token in used:
        token.consumed = True
    return [token for token in waiting if not token.consumed]
