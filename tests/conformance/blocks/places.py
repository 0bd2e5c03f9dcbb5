"""Where a block can stand, and what may be read and written there."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.conformance.blocks.tree import Condition, Write

CONSTANTS = ("k1", "k2")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a block stands. `told`: whether what is written here has one value at the end.

    `cut_short`: whether what is around may end before its time. `codes`: (kind, code) of what somebody around it catches.
    `beside`: in what does not interrupt, which may run twice at once.
    """

    readable: tuple[str, ...] = CONSTANTS
    writable: tuple[str, ...] = ()
    told: bool = True
    depth: int = 0
    codes: tuple[tuple[str, str], ...] = ()
    beside: bool = False
    handler: bool = False
    nested: bool = False
    cut_short: bool = False


class Names:
    """Random ids, variables, and what is done with them."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.number = 0
        self.start: dict[str, Any] = {name: self.pick(range(7)) for name in CONSTANTS}
        self.final: set[str] = set()

    def pick(self, among: Any) -> Any:
        return self.draw(st.sampled_from(list(among)))

    def often(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) >= 100 - percent)

    def id(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    def fresh(self, place: Place, count: int = 1) -> tuple[str, ...]:
        """New variables, which nothing else writes."""
        names = tuple(self.id("v") for _ in range(count))
        self.start |= dict.fromkeys(names, 0)
        if place.told:
            self.final.update(names)
        return names

    def write(self, place: Place) -> Write:
        return Write(target=self.pick(place.writable), source=self.pick(place.readable), plus=self.pick(range(7)))

    def condition(self, place: Place) -> Condition:
        return Condition(name=self.pick(place.readable), below=self.pick(range(1, 7)))

    def parted(self, place: Place, count: int) -> list[Place]:
        """Places side by side: each name is written in one of them and read there only."""
        shares: list[list[str]] = [[] for _ in range(count)]
        for name in place.writable:
            self.pick(shares).append(name)
        rest = tuple(name for name in place.readable if name not in place.writable)
        made = []
        for share in shares:
            names = (*share, *self.fresh(place)) if place.told else tuple(share)
            made.append(replace(place, readable=(*rest, *names), writable=names))
        return made
