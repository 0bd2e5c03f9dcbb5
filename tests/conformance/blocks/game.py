"""What the standard says happens, played on the tree of blocks: no gateways, no joins, only scopes and what goes on in them.

It knows nothing of the engine. Everything that can move moves until only the outside is waited for; `waits` says for what.
`done` are the activities completed and the events that happened, each with those that had to come before it.
"""

from functools import partial

from tests.conformance.blocks.scopes import NONE, Past, Scope, Then, Wait
from tests.conformance.blocks.tree import Activity, Block, Catch, Choice, Condition, Fork, Handler, Model, Race, Repeat, Series, Throw


class Game:
    """One run of a model."""

    def __init__(self, model: Model) -> None:
        self.done: list[tuple[str, Past]] = []
        self.terminated = False
        self.root = Scope(parent=None, data=dict(model.start), then=lambda past: None)
        self._fill(model.body, model.handlers, self.root, NONE)

    @property
    def over(self) -> bool:
        return not self.root.alive

    @property
    def waits(self) -> list[Wait]:
        return [wait for scope in self.root.inwards() for wait in scope.waits]

    def happen(self, wait: Wait, values: dict[str, int]) -> None:
        """What somebody waits for happens; a signal is heard by all who wait for it."""
        if wait.kind != "signal":
            wait.happens(values)
        else:
            self._signal(wait.name)

    def fail(self, wait: Wait, code: str) -> None:
        """A service task ends with an error, which must be caught."""
        self._throw("error", code, self._scope_of(wait), NONE)

    def errors_caught_around(self, wait: Wait) -> list[str | None]:
        """The codes of errors that somebody around a service task catches; None for any."""
        return [name for scope in self._scope_of(wait).outwards() for kind, name, _ in scope.catchers if kind == "error"]

    def _scope_of(self, wait: Wait) -> Scope:
        return next(one for one in self.root.inwards() if wait in one.waits)

    def _signal(self, name: str | None) -> None:
        heard = [(scope, wait) for scope in self.root.inwards() for wait in scope.waits if wait.kind == "signal" and wait.name == name]
        for scope, wait in heard:
            if wait in scope.waits:
                wait.happens({})

    def _passed(self, id_: str, past: Past) -> Past:
        self.done.append((id_, past))
        return frozenset({len(self.done) - 1})

    def _fill(self, body: Block, handlers: tuple[Handler, ...], scope: Scope, past: Past) -> None:
        """Begin a process or sub-process."""
        for one in handlers:
            self._arm(one, scope, past, partial(self._run_event_sub_process, one, scope))
        self.play(body, scope, past, scope.leave)

    def _run_event_sub_process(self, handler: Handler, scope: Scope, past: Past) -> None:
        if handler.interrupting:
            scope.empty()
            scope.open = 0
        scope.open += 1
        inside = scope.under(lambda passed: scope.leave(self._passed(handler.id, passed)))
        self.play(handler.body, inside, past, inside.leave)

    def _arm(self, handler: Handler, scope: Scope, past: Past, run: Then) -> None:
        """Let `run` follow when what the handler waits for happens in the scope."""
        trigger = handler.trigger
        if trigger.kind in ("error", "escalation", "cancel"):
            scope.catchers.append((trigger.kind, trigger.name, lambda cause: run(self._passed(handler.start, past | cause))))
            return
        left = trigger.times

        def happens(values: dict[str, int]) -> None:
            nonlocal left
            left -= 1
            again = trigger.kind in ("message", "signal") or left > 0
            if handler.interrupting or not again:
                scope.waits.remove(wait)
            run(self._passed(handler.start, past))

        kind = "timer" if trigger.kind == "cycle" else trigger.kind
        wait = Wait(kind=kind, id=handler.start, name=trigger.name, seen=scope.items, beside=True, happens=happens)
        scope.waits.append(wait)

    def _throw(self, kind: str, code: str | None, scope: Scope, past: Past) -> None:
        caught = scope.catcher(kind, code)
        if caught is not None:
            caught(past)

    def play(self, block: Block, scope: Scope, past: Past, then: Then) -> None:
        """What a block does; `then` follows it."""
        match block:
            case Series(blocks=blocks):
                self._series(blocks, scope, past, then)
            case Activity():
                self._activity(block, scope, past, then)
            case Choice(some=False):
                self.play(block.branches[self._first(block, scope)], scope, past, then)
            case Choice():
                held = [index for index, one in enumerate(block.conditions) if _holds(one, scope)]
                self._all([block.branches[index] for index in held] or [block.branches[-1]], scope, past, then)
            case Fork():
                past = self._passed(f"T{block.id}", past) if block.plain else past
                if block.joins:
                    self._all(block.branches, scope, past, then)
                    return
                scope.open += len(block.branches) - 1
                for branch in block.branches:
                    self.play(branch, scope, past, scope.leave)
            case Repeat():
                self._repeat(block, 0, scope, self._passed(f"R{block.id}", past), then)
            case Catch():
                self._race((block,), (Series(blocks=()),), scope, past, then)
            case Race():
                self._race(block.catches, block.branches, scope, past, then)
            case Throw():
                self._thrower(block, scope, past, then)

    def _series(self, blocks: tuple[Block, ...], scope: Scope, past: Past, then: Then) -> None:
        if not blocks:
            then(past)
            return
        self.play(blocks[0], scope, past, lambda passed: self._series(blocks[1:], scope, passed, then))

    def _first(self, choice: Choice, scope: Scope) -> int:
        return next((index for index, one in enumerate(choice.conditions) if _holds(one, scope)), len(choice.branches) - 1)

    def _all(self, branches: tuple[Block, ...] | list[Block], scope: Scope, past: Past, then: Then) -> None:
        """All branches, and `then` when the last has come."""
        arrived: list[Past] = []

        def arrive(passed: Past) -> None:
            arrived.append(passed)
            if len(arrived) == len(branches):
                then(NONE.union(*arrived))

        for branch in branches:
            self.play(branch, scope, past, arrive)

    def _repeat(self, block: Repeat, turns: int, scope: Scope, past: Past, then: Then) -> None:
        def after(passed: Past) -> None:
            passed = self._passed(f"N{block.id}", passed)
            if turns + 1 < block.turns:
                self._repeat(block, turns + 1, scope, passed, then)
            else:
                then(passed)

        self.play(block.body, scope, past, after)

    def _race(self, catches: tuple[Catch, ...], branches: tuple[Block, ...], scope: Scope, past: Past, then: Then) -> None:
        waits: list[Wait] = []

        def chosen(index: int, values: dict[str, int]) -> None:
            for wait in waits:
                scope.waits.remove(wait)
            scope.data.update(values)
            self.play(branches[index], scope, self._passed(catches[index].id, past), then)

        for index, one in enumerate(catches):
            happens = partial(chosen, index)
            waits.append(
                Wait(kind=one.trigger.kind, id=one.id, name=one.trigger.name, seen=scope.items, target=one.target, happens=happens)
            )
        scope.waits.extend(waits)

    def _thrower(self, block: Throw, scope: Scope, past: Past, then: Then) -> None:
        def done(values: dict[str, int]) -> None:
            scope.waits.remove(wait)
            self._thrown(block, scope, self._passed(block.task, past), then)

        wait = Wait(kind="user", id=block.task, seen=scope.items, happens=done)
        scope.waits.append(wait)

    def _thrown(self, block: Throw, scope: Scope, past: Past, then: Then) -> None:
        match block.kind:
            case "terminate":
                self.terminated = self.terminated or scope.parent is None
                scope.past |= self._passed(block.id, past)
                scope.empty()
                scope.open = 1
                scope.leave(past)
                return
            case "compensate":
                past = self._undo(scope, past)
            case "cancel":
                self._throw("cancel", None, scope, self._undo(scope, past) | self._passed(block.id, past))
                return
        past, turn = self._passed(block.id, past), scope.turn
        if block.kind == "signal":
            self._signal(block.name)
        elif block.kind in ("error", "escalation"):
            self._throw(block.kind, block.name, scope, past)
        if scope.turn != turn:
            return  # what it has thrown has ended the scope it is in
        if not block.ends:
            then(past)
        elif block.kind != "error":
            scope.leave(past)

    def _undo(self, scope: Scope, past: Past) -> Past:
        """What was done last is undone first."""
        for undo in reversed(scope.undone):
            past = self._passed(undo, past)
        scope.undone.clear()
        return past

    def _activity(self, one: Activity, scope: Scope, past: Past, then: Then) -> None:
        def completed(passed: Past) -> None:
            if one.undo is not None:
                scope.undone.append(one.undo)
            then(passed)

        host = scope.under(completed)
        for handler in one.boundaries:
            self._arm(handler, host, past, partial(self._run_boundary, handler, host, scope, then))
        if one.multi is not None:
            self._instances(one, host, past)
        else:
            self._rounds(one, one.rounds or 1, host, past)

    def _run_boundary(self, handler: Handler, host: Scope, scope: Scope, then: Then, past: Past) -> None:
        if handler.interrupting:
            host.cancel()
            self.play(handler.body, scope, past, then)
        else:
            scope.open += 1
            self.play(handler.body, scope, past, scope.leave)

    def _rounds(self, one: Activity, left: int, host: Scope, past: Past) -> None:
        self._once(one, host, past, lambda passed: self._rounds(one, left - 1, host, passed) if left > 1 else host.leave(passed))

    def _instances(self, one: Activity, host: Scope, past: Past) -> None:
        multi = one.multi
        assert multi is not None
        ended: list[Past] = []

        def end(passed: Past) -> None:
            ended.append(passed)
            if len(ended) == len(multi.items):
                finish(NONE.union(*ended))
            elif multi.sequential:
                begin(len(ended), passed)

        def finish(passed: Past) -> None:
            if multi.output is not None:
                host.data[multi.output] = [item + multi.plus for item in multi.items]
            host.leave(passed)

        def begin(index: int, passed: Past) -> None:
            instance = host.under(end, own=True)
            instance.data[multi.item] = instance.items[multi.item] = multi.items[index]
            self._once(one, instance, passed, instance.leave)

        if not multi.items:
            finish(past)
        for index in range(len(multi.items[:1] if multi.sequential else multi.items)):
            begin(index, past)

    def _once(self, one: Activity, scope: Scope, past: Past, then: Then) -> None:
        if one.body is not None:
            inside = scope.under(lambda passed: then(self._passed(one.id, passed)))
            self._fill(one.body, one.handlers, inside, past)
        elif one.kind in ("userTask", "serviceTask"):
            self._ask(one, scope, past, then)
        else:
            if one.write is not None:
                source = scope.data[one.write.source]
                assert isinstance(source, int)
                scope.data[one.write.target] = (source + one.write.plus) % 7
            then(self._passed(one.id, past))

    def _ask(self, one: Activity, scope: Scope, past: Past, then: Then) -> None:
        def done(values: dict[str, int]) -> None:
            scope.waits.remove(wait)
            scope.data.update(values)
            then(self._passed(one.id, past))

        target = one.write.target if one.write is not None else None
        gives = {}
        if one.multi is not None and one.multi.output is not None:
            item = scope.items[one.multi.item]
            assert isinstance(item, int)
            gives = {f"{one.multi.item}_r": item + one.multi.plus}
        wait = Wait(kind=one.kind.removesuffix("Task"), id=one.id, seen=scope.items, target=target, gives=gives, happens=done)
        scope.waits.append(wait)


def _holds(condition: Condition, scope: Scope) -> bool:
    value = scope.data[condition.name]
    assert isinstance(value, int)
    return value < condition.below
