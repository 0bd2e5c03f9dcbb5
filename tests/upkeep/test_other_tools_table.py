"""The table of `engine/README.md` about files of other tools: each word does what the table says of it."""

import re

import pytest
from lxml import etree

from engine.bpmn.checks import other_tools, run
from engine.bpmn.other_tools.words import NOTED, REFUSED, TAKEN
from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import safe_root
from engine.errors import Problem
from tests.upkeep import sources

LINES = re.findall(
    r"^\| `(<?\w+:[\w-]+>?)` \| (understood|named|refused) \| (.+) \|$", (sources.ROOT / "engine" / "README.md").read_text(), re.M
)
STATE = {word: state for word, state, _ in LINES}

EXTERNAL = '<bpmn:serviceTask id="it" camunda:type="external" camunda:topic="pay">{}</bpmn:serviceTask>'
DECISION = (
    '<bpmn:businessRuleTask id="it" camunda:decisionRef="d" camunda:decisionRefBinding="latest" camunda:resultVariable="r" '
    'camunda:mapDecisionResult="singleEntry" />'
)
CALL = '<bpmn:callActivity id="it" calledElement="other" {}>{}</bpmn:callActivity>'
LOOP = '<bpmn:task id="it"><bpmn:multiInstanceLoopCharacteristics {}>{}</bpmn:multiInstanceLoopCharacteristics></bpmn:task>'
ERROR = (
    '<bpmn:endEvent id="it"><bpmn:errorEventDefinition camunda:errorCodeVariable="c" camunda:errorMessageVariable="m" /></bpmn:endEvent>'
)
RETRY = "<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>"
SUBSCRIPTION = '<zeebe:subscription correlationKey="=a" />'


def extended(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def of(tag: str, inside: str) -> str:
    return f'<bpmn:{tag} id="it">{extended(inside)}</bpmn:{tag}>'


SAMPLES = {
    "camunda:initiator": '<bpmn:startEvent id="it" camunda:initiator="who" />',
    "camunda:topic": EXTERNAL.format(""),
    "camunda:type": EXTERNAL.format(""),
    "<camunda:failedJobRetryTimeCycle>": EXTERNAL.format(extended(RETRY)),
    "camunda:decisionRef": DECISION,
    "camunda:decisionRefBinding": DECISION,
    "camunda:resultVariable": DECISION,
    "camunda:mapDecisionResult": DECISION,
    "camunda:calledElementBinding": CALL.format('camunda:calledElementBinding="deployment"', ""),
    "camunda:calledElementVersion": CALL.format('camunda:calledElementBinding="version" camunda:calledElementVersion="2"', ""),
    "camunda:sameDeployment": CALL.format('camunda:sameDeployment="true"', ""),
    "camunda:inheritVariables": CALL.format('camunda:inheritVariables="true"', ""),
    "<camunda:in>": CALL.format("", extended('<camunda:in source="a" target="b" />')),
    "<camunda:out>": CALL.format("", extended('<camunda:out sourceExpression="${a}" target="b" />')),
    "<camunda:inputOutput>": of(
        "task", '<camunda:inputOutput><camunda:inputParameter name="a">${b}</camunda:inputParameter></camunda:inputOutput>'
    ),
    "camunda:collection": LOOP.format('camunda:collection="xs" camunda:elementVariable="x"', ""),
    "camunda:elementVariable": LOOP.format('camunda:collection="${o.xs}" camunda:elementVariable="x"', ""),
    "camunda:scope": '<bpmn:signal id="it" name="s" camunda:scope="global" />',
    "camunda:errorCodeVariable": ERROR,
    "camunda:errorMessageVariable": ERROR,
    "camunda:priority": '<bpmn:userTask id="it" camunda:priority="${p}" />',
    "camunda:dueDate": '<bpmn:userTask id="it" camunda:dueDate="PT4H" />',
    "<zeebe:assignmentDefinition>": of("userTask", '<zeebe:assignmentDefinition assignee="=a" candidateGroups="b" />'),
    "<zeebe:taskSchedule>": of("userTask", '<zeebe:taskSchedule dueDate="2030-01-01T00:00:00Z" />'),
    "<zeebe:priorityDefinition>": of("userTask", '<zeebe:priorityDefinition priority="7" />'),
    "<zeebe:formDefinition>": of("userTask", '<zeebe:formDefinition formId="f" />'),
    "<zeebe:userTask>": of("userTask", "<zeebe:userTask />"),
    "<zeebe:taskDefinition>": of("sendTask", '<zeebe:taskDefinition type="t" retries="1" />'),
    "<zeebe:script>": of("scriptTask", '<zeebe:script expression="=a" resultVariable="b" />'),
    "<zeebe:calledDecision>": of("businessRuleTask", '<zeebe:calledDecision decisionId="d" resultVariable="r" />'),
    "<zeebe:calledElement>": of("callActivity", '<zeebe:calledElement processId="other" propagateAllChildVariables="false" />'),
    "<zeebe:ioMapping>": of("task", '<zeebe:ioMapping><zeebe:input source="=a" target="b" /></zeebe:ioMapping>'),
    "<zeebe:loopCharacteristics>": LOOP.format("", extended('<zeebe:loopCharacteristics inputCollection="=xs" inputElement="x" />')),
    "<zeebe:subscription>": f'<bpmn:message id="it" name="m">{extended(SUBSCRIPTION)}</bpmn:message>',
}


def sample(word: str) -> str:
    """An element that says this word: as it is written, for what is understood; else with a value that means nothing."""
    if word in SAMPLES and STATE[word] == "understood":
        return SAMPLES[word]
    if word.startswith("<"):
        return of("serviceTask", f"{word[:-1]} />")
    return f'<bpmn:{"userTask" if STATE[word] == "understood" else "serviceTask"} id="it" {word}="x" />'


def file(word: str) -> bytes:
    element = sample(word)
    on_top = element.startswith(("<bpmn:message ", "<bpmn:signal "))
    process = f'<bpmn:process id="p">{"" if on_top else element}</bpmn:process>'
    spaces = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    around = f'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" {spaces} targetNamespace="urn:t">'
    return f"{around}{process}{element if on_top else ''}</bpmn:definitions>".encode()


def said(word: str) -> list[Problem]:
    return [one for one in run({"p.bpmn": file(word)}) if one.rule == other_tools.RULE]


def test_the_table_has_every_word_once() -> None:
    assert len(STATE) == len(LINES)
    expected = {**dict.fromkeys(REFUSED, "refused"), **dict.fromkeys(NOTED, "named"), **dict.fromkeys(TAKEN, "understood")}
    assert expected == STATE


def test_the_table_says_what_the_tables_of_the_program_say() -> None:
    for word, state, what in LINES:
        if state == "understood":
            assert what.startswith(f"`{TAKEN[word]}`"), word
        else:
            assert what == (NOTED if state == "named" else REFUSED)[word], word


@pytest.mark.parametrize("word", [word for word, state in STATE.items() if state == "understood"])
def test_what_is_understood_is_said_in_our_words(word: str) -> None:
    assert said(word) == []
    spelled = etree.tostring(spell_out(safe_root("p.bpmn", file(word)))).decode()
    ours = TAKEN[word]
    assert (f':{ours[8:]}="' if ours.startswith("redress:") else ours) in spelled
    assert word.strip("<>") not in re.sub(r'xmlns:\w+="[^"]*"', "", spelled)


@pytest.mark.parametrize("word", [word for word, state in STATE.items() if state != "understood"])
def test_what_is_not_understood_is_named_or_refused(word: str) -> None:
    severity = "warning" if STATE[word] == "named" else "error"
    assert [(one.severity, one.element) for one in said(word)] == [(severity, "it")]
    sentence = (NOTED if STATE[word] == "named" else REFUSED)[word]
    assert said(word)[0].message == f"{word} is not {'read' if severity == 'warning' else 'executed here'}. {sentence}"
