"""Blocks as BPMN."""

from dataclasses import dataclass, field

from tests.conformance.blocks.tree import Activity, Block, Catch, Choice, Fork, Handler, Model, Multi, Race, Repeat, Series, Throw, Trigger

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:redress="urn:redress:bpmn:1" id="definitions" targetNamespace="urn:test">'
)


def drawn(model: Model) -> bytes:
    """The file of a model."""
    drawing = _Drawing()
    scope = _Scope(drawing, "p")
    scope.fill(model.body, model.handlers)
    process = f'<bpmn:process id="p" isExecutable="true">{scope.text}</bpmn:process>'
    return "\n".join([_HEAD, *drawing.on_top.values(), *drawing.processes, process, "</bpmn:definitions>"]).encode()


@dataclass
class _Drawing:
    """What stands beside the process."""

    on_top: dict[str, str] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)

    def definition(self, trigger: Trigger) -> str:
        """The definition of an event, and what it refers to."""
        kind, name = trigger.kind, trigger.name
        if kind == "timer":
            return "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
        if kind == "cycle":
            return f"<bpmn:timerEventDefinition><bpmn:timeCycle>R{trigger.times}/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
        if name is None:
            return f"<bpmn:{kind}EventDefinition/>"
        code = f' {kind}Code="{name}"' if kind in ("error", "escalation") else ""
        self.on_top[f"{kind}_{name}"] = f'<bpmn:{kind} id="{kind}_{name}" name="{name}"{code}/>'
        return f'<bpmn:{kind}EventDefinition {kind}Ref="{kind}_{name}"/>'


class _Scope:
    """The content of a process or sub-process."""

    def __init__(self, drawing: _Drawing, id_: str) -> None:
        self.drawing, self.id = drawing, id_
        self.parts: list[str] = []
        self.ends = 0

    @property
    def text(self) -> str:
        return "\n".join(self.parts)

    def fill(self, body: Block, handlers: tuple[Handler, ...]) -> None:
        """From a start event to an end event, with the event sub-processes beside it."""
        self.parts.append(f'<bpmn:startEvent id="s_{self.id}"/>')
        self.end(self.block(body, f"s_{self.id}"))
        for handler in handlers:
            inside = _Scope(self.drawing, handler.id)
            interrupting = "" if handler.interrupting else ' isInterrupting="false"'
            definition = self.drawing.definition(handler.trigger)
            inside.parts.append(f'<bpmn:startEvent id="{handler.start}"{interrupting}>{definition}</bpmn:startEvent>')
            inside.end(inside.block(handler.body, handler.start))
            self.parts.append(f'<bpmn:subProcess id="{handler.id}" triggeredByEvent="true">{inside.text}</bpmn:subProcess>')

    def end(self, last: str | None) -> None:
        """An end event behind `last`."""
        if last is not None:
            self.ends += 1
            self.parts.append(f'<bpmn:endEvent id="e_{self.id}_{self.ends}"/>')
            self.flow(last, f"e_{self.id}_{self.ends}")

    def flow(self, source: str, target: str, condition: str | None = None, *, id_: str | None = None) -> None:
        text = "" if condition is None else f"<bpmn:conditionExpression>{condition.replace('<', '&lt;')}</bpmn:conditionExpression>"
        id_ = f' id="{id_}"' if id_ is not None else ""
        self.parts.append(f'<bpmn:sequenceFlow{id_} sourceRef="{source}" targetRef="{target}">{text}</bpmn:sequenceFlow>')

    def node(self, tag: str, id_: str, before: str | None, inside: str = "", more: str = "", condition: str | None = None) -> str:
        """A node, and the flow to it."""
        self.parts.append(f'<bpmn:{tag} id="{id_}"{more}>{inside}</bpmn:{tag}>')
        if before is not None:
            self.flow(before, id_, condition)
        return id_

    def block(self, block: Block, before: str) -> str | None:
        """A block behind the node `before`; the node that is last in it, None when nothing leaves it."""
        last: str | None = before
        match block:
            case Series(blocks=blocks):
                for one in blocks:
                    assert last is not None  # only the last block of a series may have no way out
                    last = self.block(one, last)
                return last
            case Activity():
                return self.activity(block, before)
            case Choice():
                return self.choice(block, before)
            case Fork():
                return self.fork(block, before)
            case Repeat():
                return self.repeat(block, before)
            case Catch():
                return self.node("intermediateCatchEvent", block.id, before, self.drawing.definition(block.trigger))
            case Race():
                return self.race(block, before)
            case Throw():
                return self.throw(block, before)

    def activity(self, one: Activity, before: str) -> str:
        inside = ("" if one.multi is None else _multi(one.multi)) + ("" if one.rounds is None else _rounds(one.rounds))
        more = ' scriptFormat="python"' if one.kind == "scriptTask" else ""
        more += ' redress:topic="anything"' if one.kind == "serviceTask" else ""
        if one.kind == "scriptTask":
            result = f"\n{one.multi.item}_r = {one.multi.item} + {one.multi.plus}" if one.multi is not None and one.multi.output else ""
            inside += f"<bpmn:script>{one.write.text if one.write else 'pass'}{result}</bpmn:script>"
        if one.body is not None:
            content = _Scope(self.drawing, f"c_{one.id}" if one.kind == "callActivity" else one.id)
            content.fill(one.body, one.handlers)
            if one.kind == "callActivity":
                self.drawing.processes.append(f'<bpmn:process id="c_{one.id}" isExecutable="true">{content.text}</bpmn:process>')
                more += f' calledElement="c_{one.id}"'
            else:
                inside += content.text
        last = self.node(one.kind, one.id, before, inside, more)
        if one.undo is not None:
            self.parts.append(
                f'<bpmn:boundaryEvent id="b_{one.id}" attachedToRef="{one.id}"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
            )
            self.parts.append(f'<bpmn:task id="{one.undo}" isForCompensation="true"/>')
            self.parts.append(
                f'<bpmn:association id="a_{one.id}" sourceRef="b_{one.id}" targetRef="{one.undo}" associationDirection="One"/>'
            )
        return self.boundaries(one, last)

    def boundaries(self, one: Activity, last: str) -> str:
        back = [last]
        for handler in one.boundaries:
            definition = self.drawing.definition(handler.trigger)
            more = f' attachedToRef="{one.id}"' + ("" if handler.interrupting else ' cancelActivity="false"')
            self.parts.append(f'<bpmn:boundaryEvent id="{handler.id}"{more}>{definition}</bpmn:boundaryEvent>')
            behind = self.block(handler.body, handler.id)
            if handler.interrupting and behind is not None:
                back.append(behind)
            else:
                self.end(behind)
        if len(back) == 1:
            return last
        self.parts.append(f'<bpmn:exclusiveGateway id="m_{one.id}"/>')
        for each in back:
            self.flow(each, f"m_{one.id}")
        return f"m_{one.id}"

    def choice(self, one: Choice, before: str) -> str | None:
        kind = "inclusiveGateway" if one.some else "exclusiveGateway"
        self.node(kind, f"x_{one.id}", before, more=f' default="d_{one.id}"')
        ways: list[str | None] = []
        for index, branch in enumerate(one.branches):
            first = self.parts.append  # a node of its own begins each branch, so that the flow to it can have a condition
            first(f'<bpmn:intermediateThrowEvent id="w_{one.id}_{index}"/>')
            if index < len(one.conditions):
                self.flow(f"x_{one.id}", f"w_{one.id}_{index}", one.conditions[index].text)
            else:
                self.flow(f"x_{one.id}", f"w_{one.id}_{index}", id_=f"d_{one.id}")
            ways.append(self.block(branch, f"w_{one.id}_{index}"))
        return self.meet(kind, f"y_{one.id}", ways)

    def meet(self, kind: str, id_: str, ways: list[str | None]) -> str | None:
        """A gateway where those meet that go on; one alone meets nobody."""
        arriving = [way for way in ways if way is not None]
        if len(arriving) < 2:
            return next(iter(arriving), None)
        self.parts.append(f'<bpmn:{kind} id="{id_}"/>')
        for way in arriving:
            self.flow(way, id_)
        return id_

    def fork(self, one: Fork, before: str) -> str | None:
        split = self.node("task" if one.plain else "parallelGateway", f"T{one.id}" if one.plain else f"x_{one.id}", before)
        ways = [self.block(branch, split) for branch in one.branches]
        if one.joins:
            return self.meet("parallelGateway", f"y_{one.id}", ways)
        for way in ways:
            self.end(way)
        return None

    def repeat(self, one: Repeat, before: str) -> str:
        self.node("scriptTask", f"R{one.id}", before, f"<bpmn:script>n_{one.id} = 0</bpmn:script>", ' scriptFormat="python"')
        self.node("exclusiveGateway", f"m_{one.id}", f"R{one.id}")
        last = self.block(one.body, f"m_{one.id}")
        self.node("scriptTask", f"N{one.id}", last, f"<bpmn:script>n_{one.id} = n_{one.id} + 1</bpmn:script>", ' scriptFormat="python"')
        self.node("exclusiveGateway", f"x_{one.id}", f"N{one.id}", more=f' default="d_{one.id}"')
        self.flow(f"x_{one.id}", f"m_{one.id}", f"n_{one.id} < {one.turns}")
        self.node("intermediateThrowEvent", f"o_{one.id}", None)
        self.flow(f"x_{one.id}", f"o_{one.id}", id_=f"d_{one.id}")
        return f"o_{one.id}"

    def race(self, one: Race, before: str) -> str | None:
        self.node("eventBasedGateway", f"x_{one.id}", before)
        ways = [self.block(branch, self.block(catch, f"x_{one.id}") or "") for catch, branch in zip(one.catches, one.branches, strict=True)]
        return self.meet("exclusiveGateway", f"y_{one.id}", ways)

    def throw(self, one: Throw, before: str) -> str | None:
        self.node("userTask", one.task, before)
        if one.kind == "terminate" or one.kind == "compensate":
            definition = f"<bpmn:{one.kind}EventDefinition/>"
        else:
            definition = self.drawing.definition(Trigger(kind=one.kind, name=one.name))
        self.node("endEvent" if one.ends else "intermediateThrowEvent", one.id, one.task, definition)
        return None if one.ends else one.id


def _multi(multi: Multi) -> str:
    output = f"<bpmn:loopDataOutputRef>{multi.output}</bpmn:loopDataOutputRef>" if multi.output else ""
    made = f'<bpmn:outputDataItem id="{multi.item}_o" name="{multi.item}_r"/>' if multi.output else ""
    over = f"<bpmn:loopDataInputRef>{multi.collection}</bpmn:loopDataInputRef>"
    item = f'<bpmn:inputDataItem id="{multi.item}_i" name="{multi.item}"/>'
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f'<{tag} isSequential="{"true" if multi.sequential else "false"}">{over}{output}{item}{made}</{tag}>'


def _rounds(rounds: int) -> str:
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="false" loopMaximum="{rounds}"><bpmn:loopCondition>True</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics>"
    )
