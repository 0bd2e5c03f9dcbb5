"""The parts of a process that can end as a whole, and who waits in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Past = frozenset[int]
Then = Callable[[Past], None]
Values = dict[str, int | list[int]]
NONE: Past = frozenset()


@dataclass(eq=False, kw_only=True)
class Wait:
    """Somebody waits: `kind` is user, service, message, signal or timer; `seen` the items of the instances it is in."""

    kind: str
    id: str
    name: str | None = None
    seen: Values = field(default_factory=dict)
    target: str | None = None
    gives: dict[str, int] = field(default_factory=dict)
    beside: bool = False
    happens: Callable[[dict[str, int]], None]


@dataclass(eq=False, kw_only=True)
class Scope:
    """A part of the process that can end as a whole. `open`: how many ways go on in it."""

    parent: "Scope | None"
    data: Values
    then: Then
    items: Values = field(default_factory=dict)
    alive: bool = True
    open: int = 1
    turn: int = 0  # counts how often all that went on in it was ended
    past: Past = NONE
    waits: list[Wait] = field(default_factory=list)
    inner: list["Scope"] = field(default_factory=list)
    catchers: list[tuple[str, str | None, Callable[[Past], None]]] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    def under(self, then: Then, *, own: bool = False) -> "Scope":
        """A scope inside, with data of its own or the same."""
        made = Scope(parent=self, data=dict(self.data) if own else self.data, then=then, items=dict(self.items))
        self.inner.append(made)
        return made

    def leave(self, past: Past) -> None:
        """A way has come to its end; the last one ends the scope."""
        self.past |= past
        self.open -= 1
        if self.open == 0 and self.alive:
            self.cancel()
            self.then(self.past)

    def cancel(self) -> None:
        """Nothing in it goes on."""
        self.alive = False
        self.empty()

    def empty(self) -> None:
        """End what goes on in it, and what it waits for."""
        self.turn += 1
        self.waits.clear()
        self.catchers.clear()
        for one in self.inner:
            one.cancel()
        self.inner.clear()

    def inwards(self) -> Iterator["Scope"]:
        """It and what is inside."""
        yield self
        for one in self.inner:
            yield from one.inwards()

    def outwards(self) -> Iterator["Scope"]:
        """It and what it is in."""
        around: Scope | None = self
        while around is not None:
            yield around
            around = around.parent

    def catcher(self, kind: str, code: str | None) -> Then | None:
        """The nearest that catches it: by its code before one for everything."""
        wanted = ((scope, name) for scope in self.outwards() for name in (code, None))
        found = (run for scope, name in wanted for of_kind, caught, run in scope.catchers if of_kind == kind and caught == name)
        return next(found, None)
