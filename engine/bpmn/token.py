"""A token: SpiffWorkflow's task with our ways of changing state and of handing data on.

Spiff creates its tasks itself and knows no factory; it does put every new one into the workflow's table first. There it
becomes a `Token` (`TokenTable`), whose state changes tell the workflow what is ready, what waits and what is over.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import mappings

Values = dict[str, Any]
_NOTHING: Values = {}


class Token(Task):  # type: ignore[misc]  # Spiff is untyped
    """One passage, past, present or predicted, through one node.

    `began`: when it became active. `joined`: it arrived at a join and waits there in the shape of a later arrival;
    `consumed`: that join went on since. `failed`: left by an error.
    """

    _state: int
    data: Values
    began: datetime | None = None
    joined: bool = False
    consumed: bool = False
    failed: bool = False
    leaving: bool = False  # it is completing: what follows may not know its data yet

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self._state = value
            self.workflow.changed(self)

    def _inherit_data(self) -> None:
        # Nested values may be shared: nothing changes them in place (scripts work on copies, see `expressions`).
        own = self.internal_data.get("own", _NOTHING)  # what an instance of a multi-instance activity has for itself
        self.data = {**self.data, **self.parent.data, **own}
        mappings.enter(self)

    def complete(self) -> None:
        """It is over, and goes on to what follows."""
        self.leaving = True
        mappings.leave(self)
        super().complete()
        self.leaving = False

    def cancel(self) -> None:
        """End it and what runs below it in its own right: the instances of a multi-instance activity."""
        if self.state & TaskState.FINISHED_MASK:
            return
        if isinstance(self.task_spec, LoopTask):
            self.workflow.tasks.wake()
        for child in self.children:
            if is_active(child):
                child.cancel()
        self._set_state(TaskState.CANCELLED)
        self._drop_children()
        self.task_spec._on_cancel(self)

    def is_descendant_of(self, task: Task) -> bool:
        """Whether `task` is an ancestor; a loop, because a year of daily retries is deeper than Python's stack."""
        current = self.parent
        while current is not None and current is not task:
            current = current.parent
        return current is not None

    def find_ancestor(self, spec_name: str) -> "Token | None":
        """The nearest ancestor at the node of this name."""
        current: Token | None = self.parent
        while current is not None and current.task_spec.name != spec_name:
            current = current.parent
        return current

    def collect_log_extras(self, dct: Values | None = None) -> Values:
        """Nothing: Spiff would put the case data into its log records."""
        return {}

    @property
    def key(self) -> str:
        """The id the outside knows this token by."""
        return str(self.id.hex)


class TokenTable(dict[UUID, Token]):
    """The tokens of one workflow by id, in order of creation."""

    def __setitem__(self, key: UUID, task: Task) -> None:
        task.__class__ = Token
        super().__setitem__(key, task)

    def present(self) -> Iterable[Token]:
        """Those that are at hand: all, unless some are asleep (`asleep.SleepyTable`)."""
        return self.values()

    def wake(self) -> None:
        """Have all of them at hand."""


def is_open(token: Token) -> bool:
    """Not over: predicted ones too."""
    return bool(token.state & TaskState.NOT_FINISHED_MASK)


def is_active(token: Token) -> bool:
    """Something stands here: ready, waiting or started."""
    return bool(token.state & (TaskState.READY | TaskState.WAITING | TaskState.STARTED))
