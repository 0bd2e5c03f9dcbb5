"""Diagrams of any size, made by a program: what a step costs must not depend on how much was done or waits beside it."""

from collections.abc import Iterable
from itertools import pairwise

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:redress="urn:redress:bpmn:1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:redress:size"'
    ' expressionLanguage="urn:redress:expression:1"><bpmn:process id="{key}" name="{key}" isExecutable="true">'
)
_TAIL = "</bpmn:process></bpmn:definitions>"
_SCRIPT = (
    '<bpmn:scriptTask id="{id}" name="{id}" scriptFormat="urn:redress:expression:1">{inside}'
    "<bpmn:script>{script}</bpmn:script></bpmn:scriptTask>"
)
_USER = '<bpmn:userTask id="{id}" name="{id}" redress:candidateGroups="team_lead">{inside}</bpmn:userTask>'
_CONDITION = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'


def _flow(source: str, target: str, condition: str = "") -> str:
    inside = _CONDITION.format(text=condition) if condition else ""
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def _script(id_: str, script: str, inside: str = "") -> str:
    return _SCRIPT.format(id=id_, script=script, inside=inside)


def _user(id_: str, inside: str = "") -> str:
    return _USER.format(id=id_, inside=inside)


def _process(key: str, parts: Iterable[str]) -> bytes:
    return (_HEAD.format(key=key) + '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>' + "".join(parts) + _TAIL).encode()


def chain(nodes: int) -> bytes:
    """So many script tasks one after the other; each counts `n`, which is 0 at the start."""
    ids = [f"node_{number}" for number in range(nodes)]
    way = ["begin", *ids, "done"]
    flows = (_flow(one, other) for one, other in pairwise(way))
    return _process("chain", (*(_script(id_, "n = n + 1") for id_ in ids), *flows))


def loop(*, people: bool = False) -> bytes:
    """Counts `n` up to `turns`; with `people`, a person does something in every turn."""
    way = ["begin", "count", *(["ask"] if people else []), "enough"]
    flows = [_flow(one, other) for one, other in pairwise(way)]
    gateway = '<bpmn:exclusiveGateway id="enough" default="enough_done"/>'
    turn = _flow("enough", "count", "n &lt; turns")
    return _process("loop", (_script("count", "n = n + 1"), _user("ask") if people else "", gateway, *flows, turn, _flow("enough", "done")))


def instances(*, people: bool = False, sequential: bool = False) -> bytes:
    """One instance for each of `items`, done by a script or by people; `doubled` collects what each gives."""
    inside = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>doubled</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="item" name="item"/><bpmn:outputDataItem id="double" name="double"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    each = _user("each", inside) if people else _script("each", "double = item * 2", inside)
    return _process("instances", (each, _flow("begin", "each"), _flow("each", "done")))


def branches(number: int) -> bytes:
    """So many branches side by side, each with a script."""
    ids = [f"branch_{one}" for one in range(number)]
    gateways = '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
    flows = (_flow("split", id_) + _flow(id_, "join") for id_ in ids)
    scripts = (_script(id_, f"v_{id_} = 1") for id_ in ids)
    return _process("branches", (gateways, _flow("begin", "split"), _flow("join", "done"), *scripts, *flows))


def reminders(*, noted: bool) -> bytes:
    """A task with a reminder every hour until it is done; `noted`: by a script in an event sub-process, counted in `n`."""
    timer = '<bpmn:timerEventDefinition id="hourly"><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>'
    if noted:
        inside = (
            f'<bpmn:startEvent id="hour" isInterrupting="false">{timer}</bpmn:startEvent>{_script("remind", "n = n + 1")}'
            f'<bpmn:endEvent id="reminded"/>{_flow("hour", "remind")}{_flow("remind", "reminded")}'
        )
        beside = f'<bpmn:subProcess id="reminding" triggeredByEvent="true">{inside}</bpmn:subProcess>'
    else:
        beside = (
            f'<bpmn:boundaryEvent id="hour" attachedToRef="ask" cancelActivity="false">{timer}</bpmn:boundaryEvent>'
            f'<bpmn:task id="remind"/><bpmn:endEvent id="reminded"/>{_flow("hour", "remind")}{_flow("remind", "reminded")}'
        )
    return _process("reminders", (_user("ask"), beside, _flow("begin", "ask"), _flow("ask", "done")))
