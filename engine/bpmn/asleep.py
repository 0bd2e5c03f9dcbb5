"""Instances of a multi-instance activity that only wait, kept as bytes until somebody asks for one of them.

Of ten thousand user tasks one is completed at a time: the others need not be made and written down again. They sleep in
buckets by their ids. Whoever asks a `SleepyTable` for a token by its id gets it, and whoever goes through all of them gets all;
`present` are those that are awake.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import ParallelMultiInstanceTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.spec_tasks import ServiceTask
from engine.bpmn.token import Token, TokenTable

MANY = 100  # waiting instances that are worth it
_A_BUCKET = 32

Awaken = Callable[[Sequence[bytes]], None]


class Asleep:
    """The buckets of one workflow. A bucket that was opened is empty here: its tokens are awake."""

    def __init__(self, buckets: list[bytes], awaken: Awaken) -> None:
        self.buckets = buckets
        self._awaken = awaken

    def number(self, id_: UUID) -> int:
        """The bucket of an id."""
        return id_.int % len(self.buckets)

    def open(self, *numbers: int) -> bool:
        """Wake some buckets, all of their tokens in the order in which they fell asleep. False when nothing slept there."""
        contents = [self.buckets[number] for number in numbers if self.buckets[number]]
        for number in numbers:
            self.buckets[number] = b""
        if contents:
            self._awaken(contents)
        return bool(contents)

    def open_all(self) -> None:
        """Wake everybody."""
        self.open(*range(len(self.buckets)))

    @property
    def is_empty(self) -> bool:
        """Whether all are awake."""
        return not any(self.buckets)


def buckets_for(count: int) -> int:
    """How many buckets so many tokens sleep in."""
    return max(1, count // _A_BUCKET)


def can_sleep(token: Token) -> bool:
    """Whether this is an instance that waits for a person or a handler, with nothing inside and nothing attached."""
    if token.state == TaskState.READY:
        waits = token.task_spec.manual
    else:
        waits = token.state == TaskState.STARTED and isinstance(token.task_spec, ServiceTask)
    if not waits or token._children or token.parent is None:
        return False
    loop = token.parent
    return isinstance(loop.task_spec, ParallelMultiInstanceTask) and loop.state == TaskState.STARTED


class SleepyTable(TokenTable):
    """The tokens of a workflow some of which may be asleep."""

    asleep: Asleep

    def present(self) -> Iterable[Token]:
        """Those that are awake."""
        return super().values()

    def wake(self) -> None:
        """Make all of them."""
        self.asleep.open_all()

    def __missing__(self, key: UUID) -> Token:
        if self.asleep.open(self.asleep.number(key)):
            return self[key]
        raise KeyError(key)

    def get(self, key: UUID | None, default: Any = None) -> Any:
        """As a dict's."""
        try:
            return default if key is None else self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, UUID) and self.asleep.open(self.asleep.number(key)) and key in self)

    def values(self) -> Any:
        """All: they wake."""
        self.wake()
        return super().values()

    def items(self) -> Any:
        """All: they wake."""
        self.wake()
        return super().items()

    def __iter__(self) -> Iterator[UUID]:
        self.wake()
        return super().__iter__()
