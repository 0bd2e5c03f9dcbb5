"""Random processes. What runs side by side never writes what another reads, so that every order gives the same values."""

from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.conformance.blocks.places import CONSTANTS, Names, Place
from tests.conformance.blocks.tree import (
    Activity,
    Block,
    Catch,
    Choice,
    Fork,
    Handler,
    Model,
    Multi,
    Race,
    Repeat,
    Series,
    Throw,
    Trigger,
    Write,
)

T = TypeVar("T")
MOST_ACTIVITIES = 18


class _Maker(Names):
    """One model in the making."""

    def __init__(self, draw: DrawFn) -> None:
        super().__init__(draw)
        self.left = MOST_ACTIVITIES
        self.signals: list[str] = []

    def series(self, place: Place, *, most: int = 4, ends: bool = False) -> Series:
        """Some blocks; `ends`: the last one may lead to end events of its own."""
        blocks = [self.block(place) for _ in range(self.pick(range(1, most + 1)))]
        if ends and self.often(20) and self.left > 2:
            blocks.append(self.fork(place, joins=False))
        return Series(blocks=tuple(blocks))

    def block(self, place: Place) -> Block:
        """Any block that has a way out."""
        if self.left <= 0 or place.depth > 5:
            return self.step(place)
        deeper = replace(place, depth=place.depth + 1)
        if place.beside:
            return self.simple(deeper)
        kinds = ["step"] * 4 + ["choice", "some", "fork", "repeat", "scope", "scope", "multi", "catch", "race", "rounds", "undo"]
        if place.codes and not place.handler:
            kinds += ["throw"] * 3
        if place.nested and not place.handler:
            kinds.append("terminate")
        if self.signals:
            kinds.append("signal")
        match self.pick(kinds):
            case "choice":
                return self.choice(deeper, some=False)
            case "some":
                return self.choice(deeper, some=True)
            case "fork":
                return self.fork(deeper, joins=True)
            case "repeat":
                self.left -= 1
                return Repeat(id=self.id("L"), turns=self.pick((1, 2, 3)), body=self.series(deeper, most=2))
            case "scope":
                return self.scope(deeper)
            case "multi":
                return self.multi(deeper)
            case "rounds":
                return replace(self.step(place), rounds=self.pick((1, 2, 3)))
            case "catch":
                return self.catch(place)
            case "race":
                return self.race(deeper)
            case "undo":
                return self.undo(deeper)
            case "throw":
                return self.throw(place)
            case "terminate":
                return self.may_end(Throw(id=self.id("Z"), task=self.id("U"), kind="terminate", name=None, ends=True), place)
            case "signal":
                return Throw(id=self.id("Y"), task=self.id("U"), kind="signal", name=self.pick(self.signals), ends=False)
        return self.step(place)

    def simple(self, place: Place) -> Block:
        """What stands at one point at a time: when it runs twice at once, either of two that stand at the same point will do."""
        match self.pick(("step", "step", "choice", "catch", "race")):
            case "choice":
                return self.choice(place, some=False)
            case "catch":
                return self.catch(place)
            case "race":
                return self.race(place)
        return self.step(place)

    def race(self, place: Place) -> Race:
        catches = tuple(self.catch(place) for _ in range(self.pick((2, 3))))
        return Race(id=self.id("g"), catches=catches, branches=tuple(self.series(place, most=2) for _ in catches))

    def step(self, place: Place) -> Activity:
        """A task."""
        self.left -= 1
        kind = self.pick(("task", "scriptTask", "scriptTask", "userTask", "userTask", "serviceTask"))
        boundaries = self.boundaries(place) if kind in ("userTask", "serviceTask") and not place.beside and self.often(30) else ()
        write = self.write(place) if kind != "task" and place.writable else None
        return Activity(id=self.id("A"), kind=kind, write=write, boundaries=boundaries)

    def choice(self, place: Place, *, some: bool) -> Choice:
        conditions = tuple(self.condition(place) for _ in range(self.pick((1, 2))))
        count = len(conditions) + 1
        if some:  # an inclusive gateway does not wait for what can end on the way to it
            place = replace(place, nested=False, codes=tuple(one for one in place.codes if one[0] == "escalation"))
        places = self.parted(place, count) if some else [place] * count
        return Choice(id=self.id("x"), some=some, conditions=conditions, branches=tuple(self.series(one, most=2) for one in places))

    def fork(self, place: Place, *, joins: bool) -> Fork:
        places = self.parted(place, self.pick((2, 2, 3)))
        return Fork(id=self.id("f"), joins=joins, plain=self.often(30), branches=tuple(self.series(one, most=2) for one in places))

    def apart(self, place: Place) -> tuple[Place, tuple[Block, ...]]:
        """A place whose values nobody outside asks for, and what gives them their first values there."""
        names = self.fresh(replace(place, told=False), 2)
        first = [
            Activity(id=self.id("A"), kind="scriptTask", write=Write(target=name, source="k1", plus=self.pick(range(7)))) for name in names
        ]
        readable = (*place.readable, *names)
        return replace(place, readable=readable, writable=names, told=False), tuple(first)

    def aside(self, place: Place) -> Place:
        """A place in what does not interrupt: nothing is written, and only constants are read."""
        return replace(place, readable=CONSTANTS, writable=(), told=False, beside=True, handler=True, codes=(), nested=False)

    def scope(self, place: Place, multi: Multi | None = None) -> Activity:
        """A sub-process or called process, with what may happen to it."""
        self.left -= 1
        boundaries = self.boundaries(place, scope=True) if self.often(50) else ()
        if multi is not None:
            place = replace(place, readable=(*place.readable, multi.item))
        kind = self.pick(("subProcess", "subProcess", "callActivity"))
        first: tuple[Block, ...] = ()
        cut_short = place.cut_short or place.nested or any(one.interrupting for one in boundaries)
        if multi is not None or (kind == "callActivity" and cut_short):
            place, first = self.apart(place)  # what a called process knows is its own until it ends
        handlers = self.handlers(place) if self.often(40) else ()
        caught = tuple(
            (one.trigger.kind, one.trigger.name or self.id("any"))
            for one in (*handlers, *boundaries)
            if one.trigger.kind in ("error", "escalation")
        )
        inside = replace(
            place, codes=(*place.codes, *caught) if not place.handler else caught, nested=True, handler=place.handler and not caught
        )
        body = self.series(inside, most=3, ends=True)
        return Activity(
            id=self.id("S"), kind=kind, body=Series(blocks=(*first, *body.blocks)), handlers=handlers, boundaries=boundaries, multi=multi
        )

    def trigger(self, *, scope: bool, interrupting: bool) -> Trigger:
        kinds = ["message", "signal", "timer"] + ([] if interrupting else ["cycle"])
        if scope:
            kinds += ["escalation"] + (["error"] if interrupting else [])
        kind = self.pick(kinds)
        name = None if kind in ("timer", "cycle") or (kind in ("error", "escalation") and self.often(30)) else self.id(kind)
        if kind == "signal":
            self.signals.append(name or "")
        return Trigger(kind=kind, name=name, times=self.pick((2, 3)) if kind == "cycle" else 1)

    def boundaries(self, place: Place, *, scope: bool = False) -> tuple[Handler, ...]:
        made: list[Handler] = []
        for _ in range(self.pick((1, 1, 2))):
            interrupting = self.often(50)
            trigger = self.trigger(scope=scope, interrupting=interrupting)
            if any(
                one.trigger.kind == trigger.kind and None in (one.trigger.name, trigger.name)
                for one in made
                if trigger.kind in ("error", "escalation")
            ):
                continue  # one for everything, and one more: which is meant is not this game's to say
            body = self.series(place if interrupting else self.aside(place), most=2)
            made.append(Handler(id="", start=self.id("B"), trigger=trigger, interrupting=interrupting, body=body))
        return tuple(replace(one, id=one.start) for one in made)

    def handlers(self, place: Place) -> tuple[Handler, ...]:
        """Event sub-processes."""
        made: list[Handler] = []
        for _ in range(self.pick((1, 1, 2))):
            interrupting = self.often(50)
            trigger = self.trigger(scope=True, interrupting=interrupting)
            if any(one.trigger.kind == trigger.kind and trigger.kind in ("error", "escalation") for one in made):
                continue
            inside = replace(place, codes=(), handler=True, nested=False, cut_short=True) if interrupting else self.aside(place)
            body = self.series(inside, most=2)
            start = self.id("H")
            made.append(Handler(id=self.id("E"), start=start, trigger=trigger, interrupting=interrupting, body=body))
        return tuple(made)

    def multi(self, place: Place) -> Activity:
        items = tuple(self.draw(st.lists(st.integers(0, 9), max_size=3, unique=True)))
        collection, item = self.id("xs"), self.id("i")
        self.start[collection] = list(items)
        made = Multi(sequential=self.often(50), items=items, collection=collection, item=item, output=None, plus=self.pick(range(7)))
        if self.often(50) and self.left > 2:
            return self.scope(place, made)
        self.left -= 1
        kind = self.pick(("scriptTask", "userTask"))
        output = self.id("ys")
        if place.told:
            self.start[output] = []
            self.final.add(output)
        return Activity(id=self.id("A"), kind=kind, multi=replace(made, output=output))

    def catch(self, place: Place) -> Catch:
        self.left -= 1
        trigger = self.trigger(scope=False, interrupting=True)
        target = self.pick(place.writable) if trigger.kind == "message" and place.writable and self.often(50) else None
        return Catch(id=self.id("C"), trigger=trigger, target=target)

    def undo(self, place: Place) -> Activity:
        """A sub-process whose tasks are compensated at its end."""
        self.left -= 1
        blocks: list[Block] = []
        for _ in range(self.pick((1, 2, 3))):
            one = replace(self.step(place), boundaries=())
            if self.often(70):
                one = replace(one, undo=self.id("K"))
            blocks.append(one if self.often(80) else Repeat(id=self.id("L"), turns=2, body=Series(blocks=(one,))))
        if self.often(40):
            return self.transaction(blocks, place)
        ends = self.often(50)
        blocks.append(Throw(id=self.id("Z"), task=self.id("U"), kind="compensate", name=None, ends=ends))
        return Activity(id=self.id("S"), kind="subProcess", body=Series(blocks=tuple(blocks)))

    def transaction(self, blocks: list[Block], place: Place) -> Activity:
        """One that may be cancelled, with what follows then."""
        blocks.append(self.may_end(Throw(id=self.id("Z"), task=self.id("U"), kind="cancel", name=None, ends=True), place))
        body = self.series(place, most=2)
        start = self.id("B")
        cancelled = Handler(id=start, start=start, trigger=Trigger(kind="cancel", name=None), interrupting=True, body=body)
        return Activity(id=self.id("S"), kind="transaction", body=Series(blocks=tuple(blocks)), boundaries=(cancelled,))

    def throw(self, place: Place) -> Block:
        kind, code = self.pick(place.codes)
        if kind == "escalation":
            return Throw(id=self.id("Y"), task=self.id("U"), kind="escalation", name=code, ends=False)
        return self.may_end(Throw(id=self.id("Z"), task=self.id("U"), kind="error", name=code, ends=True), place)

    def may_end(self, throw: Throw, place: Place) -> Block:
        """One branch of a choice ends there, the other goes on."""
        self.left -= 1
        return Choice(id=self.id("x"), some=False, conditions=(self.condition(place),), branches=(throw, self.step(place)))


@st.composite
def models(draw: DrawFn) -> Model:
    """A random model."""
    maker = _Maker(draw)
    place = Place()
    names = maker.fresh(place, 3)
    place = replace(place, readable=(*CONSTANTS, *names), writable=names)
    handlers = maker.handlers(place) if maker.often(30) else ()
    place = replace(place, cut_short=any(one.interrupting for one in handlers))
    caught = tuple((one.trigger.kind, one.trigger.name or "any") for one in handlers if one.trigger.kind in ("error", "escalation"))
    body = maker.series(replace(place, codes=caught), most=4, ends=True)
    return Model(body=body, handlers=handlers, start=maker.start, final=frozenset(maker.final))
