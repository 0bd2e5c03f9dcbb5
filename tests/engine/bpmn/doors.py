"""Every place of a diagram or table whose text is evaluated: a small process that comes by it, around a text."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from xml.sax.saxutils import escape

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_QUOTES = {'"': "&quot;", "\n": "&#10;"}
Files = Mapping[str, bytes]


def _process(*elements: str, also: str = "", root: str = "") -> Files:
    """The elements in a row, between a start and an end event; `x1`, `x2` are their ids."""
    drawn = [element.replace(" ", f' id="x{n}" ', 1) for n, element in enumerate(elements, 1)]
    ids = ["s", *(f"x{n}" for n in range(1, len(drawn) + 1)), "e"]
    flows = [f'<sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{other}"/>' for n, (one, other) in enumerate(pairwise(ids))]
    text = (
        f'<definitions xmlns="{BPMN}" xmlns:redress="urn:redress:bpmn:1" targetNamespace="t">{root}'
        f'<process id="p" isExecutable="true"><startEvent id="s"/>{"".join(drawn)}<endEvent id="e"/>'
        f"{''.join(flows)}{also}</process></definitions>"
    )
    return {"p.bpmn": text.encode()}


def _condition(text: str) -> Files:
    return _process(
        '<exclusiveGateway default="f1"/>',
        also=f'<sequenceFlow id="g" sourceRef="x1" targetRef="e"><conditionExpression>{escape(text)}</conditionExpression></sequenceFlow>',
    )


def _script(text: str) -> Files:
    return _process(f'<scriptTask scriptFormat="urn:redress:expression:1"><script>r = {escape(text)}</script></scriptTask>')


def _timer(kind: str) -> Callable[[str], Files]:
    def files(text: str) -> Files:
        event = f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"
        return _process(f"<intermediateCatchEvent >{event}</intermediateCatchEvent>")

    return files


def _timer_at_a_task(text: str) -> Files:
    cycle = f"<timerEventDefinition><timeCycle>{escape(text)}</timeCycle></timerEventDefinition>"
    event = f'<boundaryEvent id="b" attachedToRef="x1" cancelActivity="false">{cycle}</boundaryEvent>'
    also = f'{event}<task id="t"/><sequenceFlow id="g" sourceRef="b" targetRef="t"/>'
    return _process('<userTask redress:candidateGroups="a"/>', also=also)


def _loop(kind: str, *, before: str = "", after: str = "") -> Callable[[str], Files]:
    def files(text: str) -> Files:
        inside = f"{before}<{kind}>{escape(text)}</{kind}>{after}"
        return _process(f"<task ><multiInstanceLoopCharacteristics>{inside}</multiInstanceLoopCharacteristics></task>")

    return files


def _standard_loop(text: str) -> Files:
    return _process(
        f"<task ><standardLoopCharacteristics><loopCondition>{escape(text)}</loopCondition></standardLoopCharacteristics></task>"
    )


def _conditional_event(text: str) -> Files:
    event = f"<conditionalEventDefinition><condition>{escape(text)}</condition></conditionalEventDefinition>"
    return _process(f"<intermediateCatchEvent >{event}</intermediateCatchEvent>")


def _activation(text: str) -> Files:
    also = '<sequenceFlow id="g" sourceRef="x1" targetRef="x2"/>'
    return _process(
        "<parallelGateway />", f"<complexGateway ><activationCondition>{escape(text)}</activationCondition></complexGateway>", also=also
    )


def _ad_hoc(text: str) -> Files:
    return _process(f'<adHocSubProcess ><task id="t"/><completionCondition>{escape(text)}</completionCondition></adHocSubProcess>')


def _association(inside: str) -> Callable[[str], Files]:
    def files(text: str) -> Files:
        said = inside.format(escape(text))
        return _process(
            f"<task ><dataInputAssociation><sourceRef>o</sourceRef><targetRef>o</targetRef>{said}</dataInputAssociation></task>",
            also='<dataObject id="o" name="data"/>',
        )

    return files


def _message(attribute: str) -> Callable[[str], Files]:
    def files(text: str) -> Files:
        said = f'redress:{attribute}="{escape(text, _QUOTES)}"'
        root = '<message id="m" name="told"/>'
        return _process(f'<intermediateThrowEvent ><messageEventDefinition messageRef="m" {said}/></intermediateThrowEvent>', root=root)

    return files


def _mapping(side: str) -> Callable[[str], Files]:
    def files(text: str) -> Files:
        said = escape('{"q": ' + text + "}", _QUOTES)
        return _process(f'<task redress:{side}="{said}"/>')

    return files


def _behaviour(text: str) -> Files:
    event = '<event><signalEventDefinition signalRef="sg"/></event>'
    complex_ = f"<complexBehaviorDefinition><condition>{escape(text)}</condition>{event}</complexBehaviorDefinition>"
    loop = "multiInstanceLoopCharacteristics"
    inside = f'<{loop} behavior="Complex"><loopCardinality>2</loopCardinality>{complex_}</{loop}>'
    return _process(f"<task >{inside}</task>", root='<signal id="sg" name="heard"/>')


def task(attribute: str) -> Callable[[str], Files]:
    """An attribute of a user task; whoever mirrors the task evaluates it."""

    def files(text: str) -> Files:
        return _process(f'<userTask redress:{attribute}="={escape(text, _QUOTES)}"/>')

    return files


def _decided(body: str, language: str = "urn:redress:expression:1") -> Files:
    decision = f'<decision id="d" name="d">{body}</decision>'
    table = f'<definitions xmlns="{DMN}" id="d" name="d" namespace="t" expressionLanguage="{language}">{decision}</definitions>'
    return {**_process('<businessRuleTask redress:decisionRef="d"/>'), "d.dmn": table.encode()}


def _table(language: str, **parts: str) -> Files:
    said = {"input": "a", "cell": "-", "output": "1", "default": "", "values": ""} | {name: escape(text) for name, text in parts.items()}
    default = f"<defaultOutputEntry><text>{said['default']}</text></defaultOutputEntry>" if "default" in parts else ""
    values = f"<outputValues><text>{said['values']}</text></outputValues>" if "values" in parts else ""
    policy = "PRIORITY" if "values" in parts else "UNIQUE"
    cell = "0" if "default" in parts else said["cell"]
    return _decided(
        f'<decisionTable id="t" hitPolicy="{policy}">'
        f'<input id="i"><inputExpression id="ie"><text>{said["input"]}</text></inputExpression></input>'
        f'<output id="o" name="r">{values}{default}</output><rule id="r1"><inputEntry id="c"><text>{cell}</text></inputEntry>'
        f'<outputEntry id="v"><text>{said["output"]}</text></outputEntry></rule></decisionTable>',
        language,
    )


def _cells(part: str, language: str) -> Callable[[str], Files]:
    return lambda text: _table(language, **{part: text})


def _literal(language: str) -> Callable[[str], Files]:
    return lambda text: _decided(f'<variable name="r"/><literalExpression id="l"><text>{escape(text)}</text></literalExpression>', language)


OURS, FEEL = "urn:redress:expression:1", "https://www.omg.org/spec/DMN/20191111/FEEL/"
DOORS: Mapping[str, Callable[[str], Files]] = {
    "condition of a flow": _condition,
    "script": _script,
    "date of a timer": _timer("timeDate"),
    "duration of a timer": _timer("timeDuration"),
    "cycle of a timer": _timer_at_a_task,
    "number of instances": _loop("loopCardinality"),
    "list of instances": _loop("loopDataInputRef", after='<inputDataItem id="item" name="item"/>'),
    "completion condition": _loop("completionCondition", before="<loopCardinality>2</loopCardinality>"),
    "loop condition": _standard_loop,
    "conditional event": _conditional_event,
    "activation condition": _activation,
    "ad-hoc completion condition": _ad_hoc,
    "transformation": _association("<transformation>{}</transformation>"),
    "assignment": _association("<assignment><from>{}</from><to>r</to></assignment>"),
    "target of an assignment": _association("<assignment><from>1</from><to>r = {}; q</to></assignment>"),
    "correlation key": _message("correlationKey"),
    "payload": _message("payload"),
    "inputs": _mapping("inputs"),
    "outputs": _mapping("outputs"),
    "behaviour of instances": _behaviour,
    **{
        f"{part} of a table, {name}": _cells(part, language)
        for part in ("input", "cell", "output", "default", "values")
        for name, language in (("ours", OURS), ("FEEL", FEEL))
    },
    "literal expression, ours": _literal(OURS),
    "literal expression, FEEL": _literal(FEEL),
}
TASK_DOORS = {attribute: task(attribute) for attribute in ("assignee", "candidateGroups", "candidateUsers", "priority", "dueDate")}
