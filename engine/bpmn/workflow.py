"""SpiffWorkflow's workflow with a flat table of tokens and a queue of what is ready.

Stock Spiff walks the tree of all tasks after every step: quadratic, and blind below a depth of 1000. Here every change of
state reports to `changed`, so that a step costs what it does and not what happened before it.
"""

from collections import deque
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions import ConditionalEventDefinition, MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.budget import Budget
from engine.bpmn.history import History
from engine.bpmn.joins import EndJoin, InclusiveGateway, ThreeWayJoin
from engine.bpmn.pruning import prune
from engine.bpmn.scripting import Engine
from engine.bpmn.specification import Context, Definition
from engine.bpmn.token import Token, TokenTable, Values, is_open

_NO_LIMIT = 10**9
_FEW = 200  # tokens that are not worth pruning


class Flat:
    """What the root workflow and the workflows of sub-processes have in common."""

    definition: Definition
    top_workflow: Any
    polled: dict[UUID, Token]
    arrived: dict[str, dict[UUID, Token]]  # at each join, what it has not used yet
    prune_above: int = _FEW
    ended_by: Token | None = None
    terminated: bool = False
    completions: list[Values]  # what can be compensated, in order of completion (see `spec_compensation`)

    @property
    def tasks(self) -> TokenTable:
        """Every token of this workflow."""
        return self._tokens

    @tasks.setter
    def tasks(self, tasks: dict[UUID, Token]) -> None:
        self._tokens = tasks if isinstance(tasks, TokenTable) else TokenTable(tasks)

    def changed(self, token: Token) -> None:
        """A token of this workflow has another state."""
        top: FlatWorkflow = self.top_workflow
        state = token.state
        top.sequence += 1
        token.last_state_change = top.sequence
        if state == TaskState.READY:
            if isinstance(token.task_spec, BoundaryEvent):
                top.ready.appendleft(token)  # what interrupts comes before what would still run inside
            else:
                top.ready.append(token)
        if state == TaskState.WAITING:
            self.watch(token)
        else:
            self.forget(token)
            if token.joined:
                self.has_arrived(token)
        top.history.changed(token)

    def watch(self, token: Token) -> None:
        """Remember a waiting token if what it waits for can come true without anything arriving at it."""
        if asks_condition(token):
            self.top_workflow.conditions[token.id] = token
        elif isinstance(token.task_spec, ThreeWayJoin):
            self.has_arrived(token)
            if isinstance(token.task_spec, EndJoin | InclusiveGateway):
                self.polled[token.id] = token

    def has_arrived(self, token: Token) -> None:
        """Remember a token that came to a join."""
        self.arrived.setdefault(token.task_spec.name, {})[token.id] = token

    def forget(self, token: Token) -> None:
        """It waits no more."""
        self.polled.pop(token.id, None)
        self.top_workflow.conditions.pop(token.id, None)
        if isinstance(token.task_spec, ThreeWayJoin):
            self.arrived.get(token.task_spec.name, {}).pop(token.id, None)

    def prune_if_many(self) -> None:
        """Forget the past each time there is twice as much as was needed: what is searched stays small."""
        if len(self._tokens) > self.prune_above:
            prune(self)
            self.prune_above = 2 * len(self._tokens) + _FEW

    def get_tasks_iterator(self, first_task: Token | None = None, **criteria: Any) -> BpmnTaskIterator:
        """As Spiff's, without its depth limit of 1000."""
        criteria.setdefault("max_depth", _NO_LIMIT)
        return BpmnTaskIterator(first_task or self.task_tree, **criteria)  # type: ignore[attr-defined]  # set by Spiff's __init__

    def update_waiting_tasks(self) -> None:
        """Nothing: joins are told of arrivals, the others are polled when nothing else can move (`FlatWorkflow.run`)."""

    def cancel(self, success: bool = False) -> list[Token]:
        """End this workflow and everything open in it."""
        self.success, self.completed = success, True
        found = [token for token in self.tasks.values() if is_open(token)]
        for token in found:
            if token.id in self.tasks:  # an earlier one may have taken its predictions along
                token.cancel()
        return found

    def _task_completed_notify(self, task: Token) -> None:
        if self.completed and not self.success:
            return  # what the token has thrown when it completed has cancelled this workflow
        compensator = self.spec.compensating  # type: ignore[attr-defined]  # set by Spiff's __init__
        if compensator is not None:
            compensator.remember(task)
        super()._task_completed_notify(task)  # type: ignore[misc]

    def _task_removed_notify(self, task: Token) -> None:
        self.forget(task)

    def collect_log_extras(self, dct: Values | None = None) -> Values:
        """Nothing: Spiff would put the case data into its log records."""
        return {}


def asks_condition(token: Token) -> bool:
    """Whether a condition is among what this token waits for."""
    definition = getattr(token.task_spec, "event_definition", None)
    behind = definition.event_definitions if isinstance(definition, MultipleEventDefinition) else [definition]
    return any(isinstance(one, ConditionalEventDefinition) for one in behind)


def has_to_run(token: Token) -> bool:
    """Whether a token that was ready once still is, and waits for nobody."""
    return token.state == TaskState.READY and not token.task_spec.manual and token.workflow.tasks.get(token.id) is token


class FlatSubWorkflow(Flat, BpmnSubWorkflow):  # type: ignore[misc]  # Spiff is untyped
    """The workflow of an embedded sub-process, or of a called process (then with a definition of its own)."""

    def __init__(self, spec: BpmnProcessSpec, parent: Token, definition: Definition, *, deserializing: bool = False) -> None:
        self.definition = definition
        self.polled, self.arrived = {}, {}
        self.completions = []
        self.parent_token = parent
        super().__init__(spec, parent.id, parent.workflow.top_workflow, deserializing=deserializing)

    @property
    def parent_workflow(self) -> Any:
        """The workflow the sub-process stands in."""
        return self.parent_token.workflow


class FlatWorkflow(Flat, BpmnWorkflow):  # type: ignore[misc]  # Spiff is untyped
    """The root workflow: owns the queue of ready tokens, the history of this step and the messages sent."""

    def __init__(self, definition: Definition, context: Context, *, deserializing: bool = False) -> None:
        self.definition = definition
        self.context = context
        self.engine = Engine(context.functions)
        self.polled, self.arrived = {}, {}
        self.completions = []
        self.ready: deque[Token] = deque()
        self.left: deque[Token] = deque()  # would be ready, but for a slice of its own (`go_on`)
        self.known: set[str] = set()  # the tokens that came out of the kept state
        self.spent = 0  # nodes passed on the way to what is left
        self.conditions: dict[UUID, Token] = {}
        self.sequence = 0
        self.history = History()
        self.outbox: list[tuple[str, str | None, Values]] = []
        self.signals: list[str] = []
        self.ended_calls: list[FlatSubWorkflow] = []
        super().__init__(definition.specification.spec, script_engine=self.engine, deserializing=deserializing)

    def call(self, token: Token, spec: BpmnProcessSpec, definition: Definition) -> FlatSubWorkflow:
        """Create the workflow of a sub-process or called process at `token`."""
        child = FlatSubWorkflow(spec, token, definition)
        self.subprocesses[token.id] = child
        return child

    def find(self, token_id: str) -> Token | None:
        """The token of this id, wherever it is."""
        try:
            key = UUID(hex=token_id)
        except ValueError:
            return None
        return next((workflow.tasks[key] for workflow in self.workflows() if key in workflow.tasks), None)

    def workflows(self) -> list["FlatWorkflow | FlatSubWorkflow"]:
        """This one and those of the sub-processes and called processes in it, outer before inner."""
        return [self, *self.subprocesses.values()]

    def run(self) -> None:
        """Run until only people, services, timers and messages are waited for, or the slice is used up: the rest is `left`."""
        self._run(0)

    def go_on(self) -> None:
        """Run a slice of what was left."""
        self.ready, self.left = self.left, deque()
        self._run(self.spent)

    def _run(self, spent: int) -> None:
        budget = Budget(spent, tokens=sum(len(one.tasks) for one in self.workflows()))
        self._ask_conditions()
        while (self.ready or self._poll()) and not budget.is_used_up():
            if not self.ready:
                continue
            token = self.ready.popleft()
            if not has_to_run(token):
                continue  # waits for a person, or was cancelled while it was in the queue
            budget.take(token)
            token.run()
            token.workflow.prune_if_many()
            self._ask_conditions()
        self.left.extend(self.ready)
        self.ready.clear()
        self.left = deque(token for token in self.left if has_to_run(token))
        self.spent = max(self.spent, budget.spent) if self.left else 0

    def _ask_conditions(self) -> None:
        """A condition that comes true acts before what would still run: variables may change with every node."""
        if self.conditions:
            for token in list(self.conditions.values()):
                if token.id in self.conditions:
                    token.task_spec._update(token)

    def _poll(self) -> bool:
        """Ask the joins that may have come true meanwhile; the innermost first."""
        workflows = [sub for sub in self.subprocesses.values() if not sub.completed]
        for workflow in (*sorted(workflows, key=lambda sub: -sub.depth), self):
            for token in list(workflow.polled.values()):
                if token.id in workflow.polled:
                    token.task_spec._update(token)
            if self.ready:
                return True
        return False
