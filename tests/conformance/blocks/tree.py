"""Processes as trees of blocks: what can be drawn from them is well-formed, and each block has one meaning.

Ids of what is watched begin with a capital letter. Values are whole numbers.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, kw_only=True)
class Write:
    """`target` becomes `source` + `plus`, modulo 7."""

    target: str
    source: str
    plus: int

    @property
    def text(self) -> str:
        return f"{self.target} = ({self.source} + {self.plus}) % 7"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`name` is less than `below`."""

    name: str
    below: int

    @property
    def text(self) -> str:
        return f"{self.name} < {self.below}"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """An event; `times`: how often a cycle fires. A code of None catches everything."""

    kind: Literal["message", "signal", "timer", "cycle", "error", "escalation", "cancel"]
    name: str | None
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Handler:
    """What an event starts: behind a boundary event, or as an event sub-process (`id`) with its start event (`start`)."""

    id: str
    start: str
    trigger: Trigger
    interrupting: bool
    body: "Block"


@dataclass(frozen=True, kw_only=True)
class Multi:
    """An instance for each item of a list of constants; `output` collects `item` + `plus` in the order of the items."""

    sequential: bool
    items: tuple[int, ...]
    collection: str
    item: str
    output: str | None
    plus: int


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A task, or with `body` a sub-process or called process; `handlers` are the event sub-processes in it.

    `undo`: the task that compensates it. `rounds`: how often a standard loop repeats it.
    """

    id: str
    kind: Literal["task", "scriptTask", "userTask", "serviceTask", "subProcess", "transaction", "callActivity"]
    write: Write | None = None
    body: "Block | None" = None
    handlers: tuple[Handler, ...] = ()
    boundaries: tuple[Handler, ...] = ()
    multi: Multi | None = None
    rounds: int | None = None
    undo: str | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """One after the other."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An exclusive gateway, or with `some` an inclusive one; the last branch is the default."""

    id: str
    some: bool
    conditions: tuple[Condition, ...]
    branches: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class Fork:
    """All branches at once. Without `joins` each goes to an end event of its own; `plain`: without a gateway to split."""

    id: str
    joins: bool
    plain: bool
    branches: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """The body `turns` times, by a gateway that leads back."""

    id: str
    turns: int
    body: "Block"


@dataclass(frozen=True, kw_only=True)
class Catch:
    """An intermediate event that waits; what a message brings is written."""

    id: str
    trigger: Trigger
    target: str | None


@dataclass(frozen=True, kw_only=True)
class Race:
    """An event-based gateway."""

    id: str
    catches: tuple[Catch, ...]
    branches: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class Throw:
    """A user task and, behind it, an event: `ends` for an end event, after which nothing follows."""

    id: str
    task: str
    kind: Literal["signal", "escalation", "error", "terminate", "compensate", "cancel"]
    name: str | None
    ends: bool


Block: TypeAlias = Activity | Series | Choice | Fork | Repeat | Catch | Race | Throw


@dataclass(frozen=True, kw_only=True)
class Model:
    """A process; `start` are the variables it starts with, `final` those whose last value is told by the blocks."""

    body: Block
    handlers: tuple[Handler, ...]
    start: dict[str, int | list[int]]
    final: frozenset[str]
