"""The engine and the reference side by side: the same happens to both, and after each step they must agree."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.bpmn import execution
from engine.bpmn.compiler import compile_files, load_specification
from engine.bpmn.execution import CalledRef, Context, Execution, Specification
from tests.conformance.blocks.drawing import drawn
from tests.conformance.blocks.game import Game
from tests.conformance.blocks.scopes import Wait
from tests.conformance.blocks.tree import Model

MOST_STEPS = 150


class Difference(AssertionError):
    """The engine does something else than the reference says."""


class Side:
    """The engine's run of a model; `saving` keeps and reads the state after every step."""

    def __init__(self, model: Model, known: Mapping[str, Specification], *, saving: bool) -> None:
        self._known = known
        self._context = Context(functions={}, resolve=self._resolve, specification=self._known.__getitem__)
        self._saving = saving
        self.execution: Execution = execution.start("p", model.start, self._context)
        self.passed: list[str] = []
        self.settle()

    def _resolve(self, reference: CalledRef) -> tuple[str, Specification]:
        return reference.key, self._known[reference.key]

    def settle(self) -> None:
        self.passed = [one.element_id for one in self.execution.passages() if one.state == "completed" and one.element_id[0].isupper()]
        if self._saving and self.execution.state == "running":
            self.execution = execution.load(self.execution.dump(), self._context)

    def waiting(self) -> list[tuple[str, Any]]:
        waits = self.execution.waits()
        found: list[tuple[str, Sequence[Any]]] = [("user", waits.user_tasks), ("service", waits.service_tasks)]
        found += [("timer", waits.timers), ("message", waits.messages), ("signal", waits.signals)]
        return [(kind, one) for kind, each in found for one in each]

    def happen(self, wait: Wait, values: dict[str, int]) -> None:
        if wait.kind == "signal":
            self.execution.receive_signal(wait.name or "")
        else:
            token = self._token(wait)
            match wait.kind:
                case "user":
                    self.execution.complete(token, {**values, **wait.gives})
                case "service":
                    self.execution.finish_service_task(token, values)
                case "timer":
                    self.execution.fire_timer(token)
                case _:
                    self.execution.receive_message(token, values)
        self.settle()

    def fail(self, wait: Wait, code: str) -> None:
        if not self.execution.throw_error(self._token(wait), code, "it went wrong"):
            raise Difference(f"nobody catches {code} of {wait.id}")
        self.settle()

    def _token(self, wait: Wait) -> str:
        tokens = [one.token_id for kind, one in self.waiting() if kind == wait.kind and one.element_id == wait.id]
        if len(tokens) > 1 and wait.seen:
            tokens = [one for one in tokens if wait.seen.items() <= self._data(one).items()]
        if not tokens:
            raise Difference(f"nothing waits at {wait.id} with {wait.seen}")
        return str(tokens[0])

    def _data(self, token_id: str) -> dict[str, Any]:
        """What a token sees; `Execution.data` tells it only of those that stand somewhere, not of those behind a gateway."""
        token = self.execution._workflow.find(token_id)
        return {} if token is None else token.data


def play(model: Model, moves: Sequence[int]) -> None:
    """Both runs of the engine, with and without keeping, beside the reference. Raises Difference."""
    processes = compile_files({"p.bpmn": drawn(model)}).processes
    known = {one.key: load_specification(one.specification) for one in processes}
    game, before = Game(model), 0
    sides = [Side(model, known, saving=False), Side(model, known, saving=True)]
    todo = iter(moves)
    for _ in range(MOST_STEPS):
        for side in sides:
            _compare(game, before, side)
        before = len(game.done)
        if game.over or not _move(game, sides, todo):
            break
    _compare_end(game, model, sides)


def _move(game: Game, sides: Sequence[Side], todo: Iterator[int]) -> bool:
    """One thing happens; when no more moves are given, only what leads to the end."""
    move = next(todo, None)
    waits = sorted((one for one in game.waits if move is not None or not one.beside), key=lambda one: (one.id, sorted(one.seen.items())))
    if not waits:
        return move is not None or bool(game.waits)
    wait = waits[(move or 0) % len(waits)]
    values = {wait.target: (move or 0) % 7} if wait.target is not None else {}
    codes = game.errors_caught_around(wait) if wait.kind == "service" and move is not None else []
    if codes and (move or 0) % 3 == 0:
        code = codes[(move or 0) % len(codes)] or "any"
        game.fail(wait, code)
        for side in sides:
            side.fail(wait, code)
        return True
    game.happen(wait, dict(values))
    for side in sides:
        side.happen(wait, values)
    return True


def _compare(game: Game, before: int, side: Side) -> None:
    new = game.done[before:]
    if Counter(id_ for id_, _ in new) != Counter(side.passed):
        raise Difference(f"passed {side.passed}, not {[id_ for id_, _ in new]}")
    if not _in_order(new, before, side.passed):
        raise Difference(f"passed {side.passed} in this order; {[(id_, sorted(past)) for id_, past in new]} from {before}")
    expected = Counter((one.kind, one.id) for one in game.waits)
    found = Counter((kind, one.element_id) for kind, one in side.waiting())
    if expected != found:
        raise Difference(f"waits for {sorted(found.elements())}, not {sorted(expected.elements())}")


def _in_order(new: list[tuple[str, frozenset[int]]], first: int, passed: Sequence[str]) -> bool:
    """Whether nothing comes before what must precede it, however those of one name are told apart."""
    failed: set[frozenset[int]] = set()

    def follow(taken: frozenset[int]) -> bool:
        if len(taken) == len(passed):
            return True
        if taken in failed:
            return False
        for index, (id_, past) in enumerate(new):
            ready = id_ == passed[len(taken)] and index not in taken and all(one < first or one - first in taken for one in past)
            if ready and follow(taken | {index}):
                return True
        failed.add(taken)
        return False

    return follow(frozenset())


def _compare_end(game: Game, model: Model, sides: Sequence[Side]) -> None:
    expected = "running" if not game.over else "terminated" if game.terminated else "completed"
    for side in sides:
        if side.execution.state != expected:
            raise Difference(f"is {side.execution.state}, not {expected}")
        variables = side.execution.variables()
        told = {name: game.root.data[name] for name in model.final}
        if game.over and {name: variables.get(name) for name in told} != told:
            raise Difference(f"ends with { {name: variables.get(name) for name in told} }, not {told}")
