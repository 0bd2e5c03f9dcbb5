"""The data of branches that meet.

Stock Spiff lets the data of the last branch win, even for what that branch never touched. Here the changes of every
branch, compared with the data at the split, are put together.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from engine.bpmn.scripting import changes
from engine.bpmn.token import Token, Values


def merged(branches: Sequence[Token]) -> Values:
    """The data of several branches: what each changed since it parted from the others, in the order given.

    Branches that parted last meet first, each compared with what was known where they parted: what one of them changed
    back is changed for those too that parted before. Two branches that change one name: the later wins, except that lists
    that both only appended to get both additions.
    """
    top = _parting(branches)
    levels: dict[int, list[_Way]] = {}  # by the distance from `top`
    for order, branch in enumerate(branches):
        levels.setdefault(_distance(branch, top), []).append(_Way(branch, branch.data, order))
    for level in range(max(levels), 0, -1):
        for way in _met(levels.pop(level, [])):
            way.climb()
            levels.setdefault(level - 1, []).append(way)
    return dict(_met(levels[0])[0].data)


class _Way:
    """What is known on the way from a branch up to where it parted from others.

    `since`: what goes on beside an activity is compared with what was known when it began, wherever the others come from.
    """

    def __init__(self, at: Token, data: Values, order: int, since: Values | None = None) -> None:
        self.at, self.data, self.order, self.since = at, data, order, since

    def climb(self) -> None:
        """To the token before."""
        if _is_beside(self.at):
            self.since = self.at.parent.data
        self.at = self.at.parent


def _is_beside(token: Token) -> bool:
    """Whether it is a boundary event that does not interrupt."""
    return isinstance(token.task_spec, BoundaryEvent) and not token.task_spec.cancel_activity


def _met(ways: list[_Way]) -> list[_Way]:
    """Those that have come to the same token, as one."""
    by_token: dict[int, list[_Way]] = {}
    for way in sorted(ways, key=lambda one: one.order):
        by_token.setdefault(id(way.at), []).append(way)
    return [met[0] if len(met) == 1 else _Way(met[0].at, _put_together(met), met[-1].order) for met in by_token.values()]


def _put_together(ways: list[_Way]) -> Values:
    parted = ways[0].at
    base = parted.parent.data if _is_beside(parted) else parted.data  # such an event knows what its last message brought
    result = dict(base)
    touched: set[str] = set()
    for way in ways:
        since = base if way.since is None else way.since
        updates, gone = changes(since, way.data)
        for name, value in updates.items():
            result[name] = _appended(since.get(name), result[name], value) if name in touched and name in result else value
        for name in gone:
            result.pop(name, None)
        touched.update(updates, gone)
    return result


def _distance(branch: Token, top: Token) -> int:
    """How many tokens `branch` is below `top`."""
    found, token = 0, branch
    while token is not top:
        found, token = found + 1, token.parent
    return found


def _parting(branches: Sequence[Token]) -> Token:
    """The nearest token all branches come from, found by going up from all of them at once."""
    met: dict[int, int] = {}
    going: list[Token] = list(branches)
    while True:
        for token in going:
            met[id(token)] = met.get(id(token), 0) + 1
            if met[id(token)] == len(branches):
                return token
        going = [token.parent for token in going if token.parent is not None]


def _appended(base: Any, earlier: Any, later: Any) -> Any:
    start = base if isinstance(base, list) else []
    if isinstance(earlier, list) and isinstance(later, list) and earlier[: len(start)] == start == later[: len(start)]:
        return earlier + later[len(start) :]
    return later
