"""A running process: start it, tell it what happened, ask what it waits for, keep it.

Every touch either succeeds completely or raises ExecutionFailed (element, reason, line) or BudgetExceeded; the object is
then to be thrown away, and the last kept state stands. An object belongs to one thread; specifications are shared.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import clock
from engine.bpmn import state
from engine.bpmn.decisions import Outcome
from engine.bpmn.failures import failures
from engine.bpmn.history import Decided, Passage
from engine.bpmn.scripting import copied
from engine.bpmn.spec_codes import catch_error, catcher
from engine.bpmn.spec_events import EventGateway, happened, tell
from engine.bpmn.spec_starts import BEGIN_AT, start_named
from engine.bpmn.spec_tasks import ServiceTask
from engine.bpmn.specification import CalledRef, Context, Definition, Specification
from engine.bpmn.timers import Timer
from engine.bpmn.token import Token, Values, is_active
from engine.bpmn.variables import correct, variables_of
from engine.bpmn.waits import (
    Called,
    MessageWait,
    Rest,
    ServiceTaskWait,
    SignalWait,
    TimerWait,
    UserTaskWait,
    Waits,
    end_of,
    state_of,
    waits_of,
)
from engine.bpmn.workflow import FlatWorkflow
from engine.errors import ExecutionFailed

__all__ = [
    "Called",
    "CalledRef",
    "Context",
    "Decided",
    "Execution",
    "MessageWait",
    "Outcome",
    "Passage",
    "Rest",
    "Sent",
    "ServiceTaskWait",
    "SignalWait",
    "Specification",
    "TimerWait",
    "UserTaskWait",
    "Waits",
    "load",
    "start",
]

_OVER = "Nothing waits here any more; it was finished or cancelled."


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message thrown to the outside."""

    name: str
    correlation_key: str | None
    payload: Values


def start(definition_id: str, variables: Mapping[str, Any], context: Context, *, at: str | None = None) -> "Execution":
    """Start a process with these variables and run it until it waits or ends, or a slice of it (`Execution.go_on`).

    `at`: the start event that has happened (`spec_starts.Start.node`, or its drawn id); by default the plain one, else the first.
    """
    definition = Definition(id=definition_id, specification=context.specification(definition_id))
    workflow = FlatWorkflow(definition, context)
    with failures(workflow):
        data = copied(dict(variables))
        if at is not None and (node := start_named(workflow.spec, at)) is not None:
            workflow.task_tree.internal_data[BEGIN_AT] = node
            result = workflow.spec.task_specs[node].redress.get("result_variable")
            data = {result: data} if result else data
        workflow.task_tree.data = data
        workflow.run()
    return Execution(workflow)


def load(blob: bytes, context: Context) -> "Execution":
    """Bring back what `Execution.dump` gave. Raises ExecutionFailed when another version of the program wrote it."""
    try:
        return Execution(state.load(blob, context))
    except ValueError as error:
        raise ExecutionFailed(element="state", reason=f"The kept state cannot be read: {error}.", line=None) from error


class Execution:
    """One root instance with everything inside it, called processes too."""

    def __init__(self, workflow: FlatWorkflow) -> None:
        self._workflow = workflow

    def complete(self, token_id: str, values: Mapping[str, Any]) -> None:
        """A person has done a user task; `values` become variables."""
        token = self._active(token_id)
        if not token.task_spec.manual or token.state != TaskState.READY:
            raise _not_waiting(token, "no person")
        with self._step(token):
            token.data = {**token.data, **copied(dict(values))}
            token.run()

    def finish_service_task(self, token_id: str, result: Mapping[str, Any]) -> None:
        """A handler is done; its result becomes variables, or one variable where the diagram names it (`resultVariable`)."""
        token = self._service_task(token_id)
        with self._step(token):
            variable = token.task_spec.redress.get("result_variable")
            values = copied(dict(result))
            token.data = {**token.data, variable: values} if variable else {**token.data, **values}
            token.complete()

    def throw_error(self, token_id: str, code: str, message: str) -> bool:
        """A task ends with a BPMN error. False, and nothing has changed, when no boundary event catches it."""
        token = self._active(token_id)
        caught = catcher(token, code)
        if caught is None:
            return False
        with self._step(token):
            token.failed = True
            catch_error(*caught, thrower=token, code=code, message=message)
        return True

    def fire_timer(self, token_id: str) -> None:
        """A timer is due: whoever calls has decided so. One firing of a cycle; the next due time is in `waits()`.

        Firings of a cycle that were missed are made up for by this one, or each by one of its own (`redress:missed`, once or all).
        """
        token = self._event(token_id, "due", "no timer")
        with self._step(token):
            waits = token.internal_data["waits"]
            fired = Timer(due=waits["due"], left=waits["left"], period=waits["period"])
            following = fired.next() if token.task_spec.redress.get("missed") == "all" else fired.next_after(clock.now())
            if following is not None:
                token.internal_data["waits"] = {"due": following.due, "left": following.left, "period": following.period}
            else:
                del token.internal_data["waits"]
            happened(token, {})

    def receive_message(self, token_id: str, payload: Mapping[str, Any]) -> None:
        """A message has come; its payload becomes variables, or one variable where the diagram names it (`resultVariable`)."""
        token = self._event(token_id, "message", "no message")
        with self._step(token):
            variable = token.task_spec.redress.get("result_variable")
            values = copied(dict(payload))
            happened(token, {variable: values} if variable else values)

    def receive_signal(self, name: str) -> None:
        """Another instance, or somebody outside, has thrown a signal: everything that waits for it hears it."""
        with failures(self._workflow):
            tell(self._workflow, name)
            self._workflow.run()

    def go_on(self) -> None:
        """Run a slice of what an earlier step has left of a long way: `waits().rest` says that there is something."""
        with failures(self._workflow):
            self._workflow.go_on()

    def set_variables(self, changes: Mapping[str, Any]) -> None:
        """Correct the data in all branches, called processes included; None removes a name."""
        with failures(self._workflow):
            correct(self._workflow, copied(dict(changes)))
            self._workflow.run()

    def cancel(self) -> None:
        """End everything that is open."""
        with failures(self._workflow):
            self._workflow.cancel()

    def waits(self, *, moved: bool = False) -> Waits:
        """What it waits for now, and the called processes that ended since it was started or loaded.

        `moved`: of what may have moved since; the others of very many that wait for persons or handlers are left asleep.
        """
        return waits_of(self._workflow, wake=not moved)

    def passages(self) -> tuple[Passage, ...]:
        """What was passed since it was started or loaded, or since the last call."""
        return self._workflow.history.take()

    def decided(self) -> tuple[Decided, ...]:
        """The decisions business rule tasks asked since it was started or loaded, or since the last call."""
        return self._workflow.history.take_decided()

    def sent(self) -> tuple[Sent, ...]:
        """The messages thrown since it was started or loaded, or since the last call."""
        sent, self._workflow.outbox = self._workflow.outbox, []
        return tuple(Sent(name=name, correlation_key=key, payload=payload) for name, key, payload in sent)

    def signals(self) -> tuple[str, ...]:
        """The signals thrown since it was started or loaded, or since the last call; inside they have been heard."""
        thrown, self._workflow.signals = self._workflow.signals, []
        return tuple(thrown)

    def evaluate(self, token_id: str, text: str) -> Any:
        """The value of an expression (assignee, due date) over the data of a token."""
        token = self._active(token_id)
        with failures(self._workflow, token):
            return self._workflow.engine.evaluate(token, text)

    def data(self, token_id: str) -> Values:
        """The variables a token sees."""
        found: Values = copied(self._active(token_id).data)
        return found

    def variables(self) -> Values:
        """The variables of the root process, final or so far."""
        found: Values = copied(variables_of(self._workflow))
        return found

    @property
    def state(self) -> str:
        """running, completed, terminated (a terminate or error end event was reached) or cancelled."""
        return state_of(self._workflow)

    @property
    def end_element_id(self) -> str | None:
        """The end event that was reached last, once the process has ended."""
        return end_of(self._workflow)

    def dump(self) -> bytes:
        """The state, to be kept. Raises ExecutionFailed when a variable cannot be."""
        try:
            return state.dump(self._workflow)
        except TypeError as error:  # orjson puts an error of its own around the one that names the type
            raise self._nowhere(f"The variables cannot be kept: {error.__cause__ or error}.") from error

    def _active(self, token_id: str) -> Token:
        token = self._workflow.find(token_id)
        if token is None or token.workflow.completed or not is_active(token):
            raise self._nowhere(_OVER)
        return token

    def _service_task(self, token_id: str) -> Token:
        token = self._active(token_id)
        if not isinstance(token.task_spec, ServiceTask):
            raise _not_waiting(token, "no handler")
        return token

    def _event(self, token_id: str, kind: str, otherwise: str) -> Token:
        token = self._workflow.find(token_id)
        if token is None or token.workflow.completed or kind not in token.internal_data.get("waits", ()):
            raise self._nowhere(_OVER)
        waiting = token.parent if _behind_gateway(token) else token
        if waiting.state != TaskState.WAITING:
            raise _not_waiting(token, otherwise)
        return token

    def _nowhere(self, reason: str) -> ExecutionFailed:
        """A failure at no element: it names the process."""
        return ExecutionFailed(element=self._workflow.definition.specification.key, reason=reason, line=None)

    @contextmanager
    def _step(self, token: Token) -> Iterator[None]:
        with failures(self._workflow, token):
            yield
            self._workflow.run()


def _behind_gateway(token: Token) -> bool:
    return token.parent is not None and isinstance(token.parent.task_spec, EventGateway)


def _not_waiting(token: Token, whom: str) -> ExecutionFailed:
    return ExecutionFailed(element=token.task_spec.bpmn_id, reason=f"This element waits for {whom}.", line=None)
