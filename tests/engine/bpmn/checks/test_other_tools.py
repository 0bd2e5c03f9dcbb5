"""What of other tools is named, and what is refused."""

import pytest

from engine.bpmn.checks import run
from engine.errors import Problem

AROUND = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:flowable="http://flowable.org/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:drools="http://www.jboss.org/drools" xmlns:signavio="http://www.signavio.com" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda" '
    'targetNamespace="urn:t"><bpmn:process id="p">{}</bpmn:process></bpmn:definitions>'
)


def found(element: str, file: str = "p.bpmn") -> list[Problem]:
    """What the rule says of a process with this in it."""
    return [one for one in run({file: AROUND.format(element).encode()}) if one.rule == "other_tools"]


def of(tag: str, inside: str, attributes: str = "") -> str:
    return f'<bpmn:{tag} id="it" name="It" {attributes}><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:{tag}>'


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<bpmn:serviceTask id="it" flowable:class="a.B" />', "flowable:class is not executed here. No program of a diagram is run here"),
        ('<bpmn:serviceTask id="it" flowable:type="mail" />', "flowable:type is not executed here. There are no built-in tasks"),
        ('<bpmn:userTask id="it" camunda:formKey="app:a.jsf" />', "camunda:formKey is not executed here. Pages of other programs"),
        ('<bpmn:userTask id="it" camunda:dueDate="soon" />', "camunda:dueDate says 'soon', which cannot be taken over as it stands"),
        ('<bpmn:userTask id="it" camunda:dance="yes" />', "camunda:dance is not executed here. Nobody knows it here"),
        (of("serviceTask", '<zeebe:taskDefinition type="io.camunda:http-json:1" />'), "<zeebe:taskDefinition> is not executed here."),
        (
            of("userTask", '<camunda:taskListener event="create" class="a.B" />'),
            "<camunda:taskListener> is not executed here. Listeners work",
        ),
        (of("userTask", "<drools:onEntry-script>run()</drools:onEntry-script>"), "<onEntry-script> of http://www.jboss.org/drools is not"),
        (
            '<bpmn:callActivity id="it" calledElement="x" drools:waitForCompletion="false" />',
            "'waitForCompletion' of http://www.jboss.org/",
        ),
        ('<bpmn:subProcess id="it" drools:adHoc="true" />', "'adHoc' of http://www.jboss.org/drools says 'true', which is not executed"),
        ('<bpmn:scriptTask id="it" signavio:scriptRef="7" />', "'scriptRef' of http://www.signavio.com says '7', which is not executed"),
        (of("task", "<signavio:executeCode>run()</signavio:executeCode>"), "<executeCode> of http://www.signavio.com is not executed"),
        (of("callActivity", '<camunda:in source="a" target="b c" />', 'calledElement="x"'), "<camunda:in> says 'a b c', which cannot"),
    ],
)
def test_what_would_change_what_happens_is_refused_with_what_to_do(element: str, said: str) -> None:
    (problem,) = found(element)
    assert (problem.severity, problem.element) == ("error", "it")
    assert problem.message.startswith(said)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<bpmn:task id="it" camunda:asyncAfter="true" />', "camunda:asyncAfter is not read. Every step is kept"),
        ('<bpmn:startEvent id="it" camunda:formKey="app:a.jsf" />', "camunda:formKey is not read. Nobody fills in a form"),
        ('<bpmn:callActivity id="it" camunda:assignee="li" />', "camunda:assignee is not read. It means nothing"),
        (
            of("userTask", "<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>"),
            "<camunda:failedJobRetryTimeCycle> is",
        ),
        ('<bpmn:task id="it" drools:dtype="a" />', "'dtype' of http://www.jboss.org/drools is not read."),
        (
            of("task", '<bpmn:attribute name="Cost" format="EUR" />'),
            "'<attribute>' of http://www.omg.org/spec/BPMN/20100524/MODEL is not read",
        ),
        (of("task", "<drools:description>a</drools:description>"), "'<description>' of http://www.jboss.org/drools"),
    ],
)
def test_what_changes_nothing_is_named(element: str, said: str) -> None:
    (problem,) = found(element)
    assert (problem.severity, problem.element) == ("warning", "it")
    assert problem.message.startswith(said)


def test_what_a_modeler_left_empty_says_nothing() -> None:
    assert found('<bpmn:businessRuleTask id="it" camunda:decisionRef="" flowable:class=" " zeebe:modelerTemplate="" />') == []


def test_what_spiffarena_writes_for_people_and_tests_changes_nothing() -> None:
    written = "".join(
        f'<s:{name} xmlns:s="http://spiffworkflow.org/bpmn/x">a</s:{name}>' for name in ("instructionsForEndUser", "preScript")
    )
    assert sorted(one.severity for one in found(of("manualTask", written))) == ["error", "warning"]


def test_who_does_a_task_in_words_that_cannot_be_taken_over_is_said_once() -> None:
    expression = (
        "<bpmn:resourceAssignmentExpression><bpmn:formalExpression>${a.b(c)}</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
    )
    task = f'<bpmn:userTask id="it"><bpmn:humanPerformer id="h">{expression}</bpmn:humanPerformer></bpmn:userTask>'
    problems = [one for one in run({"p.bpmn": AROUND.format(task).encode()}) if one.rule == "supported_elements"]
    assert [(one.element, one.message.partition(";")[0]) for one in problems] == [
        ("h", "<humanPerformer> says who does this in a way that cannot be taken over")
    ]


def test_a_script_in_another_language_is_refused_for_its_language_and_not_for_its_words() -> None:
    script = '<bpmn:scriptTask id="it" scriptFormat="groovy"><bpmn:script>println "a"</bpmn:script></bpmn:scriptTask>'
    rules = [one.rule for one in run({"p.bpmn": AROUND.format(script).encode()}) if one.severity == "error"]
    assert "languages" in rules and "expressions" not in rules


def test_what_a_modeler_notes_many_times_is_named_once() -> None:
    notes = '<signavio:signavioMetaData metaKey="bgcolor" metaValue="#fff" />' * 7
    (problem,) = found(of("task", notes))
    assert problem.message == "'<signavioMetaData>' of http://www.signavio.com is not read; it is there 7 times."


def test_what_goes_with_a_program_is_no_problem_of_its_own() -> None:
    element = of("serviceTask", "<camunda:field name='a' />", 'camunda:class="a.B" camunda:resultVariable="r"')
    assert [one.severity for one in found(element)] == ["error", "warning", "warning"]


def test_a_diagram_of_another_name_is_told_how_to_be_called() -> None:
    (problem,) = run({"p.bpmn20.xml": b"<definitions />"})
    assert "let its name end in .bpmn" in problem.message
