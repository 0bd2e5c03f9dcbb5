"""Where a block can stand, and what may be read and written there."""

from dataclasses import dataclass

CONSTANTS = ("k1", "k2")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a block stands. `told`: whether what is written here has one value at the end.

    `codes`: (kind, code) of what somebody around it catches. `beside`: in what does not interrupt, which may run twice at once.
    """

    readable: tuple[str, ...] = CONSTANTS
    writable: tuple[str, ...] = ()
    told: bool = True
    depth: int = 0
    codes: tuple[tuple[str, str], ...] = ()
    beside: bool = False
    handler: bool = False
    nested: bool = False
