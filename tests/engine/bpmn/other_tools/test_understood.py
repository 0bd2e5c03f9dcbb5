"""What other tools write, and what it is in our words."""

from collections.abc import Mapping

import pytest
from lxml import etree

from engine.bpmn.other_tools import understand
from engine.bpmn.other_tools.kie import KIE
from engine.bpmn.other_tools.user_tasks import due, form
from engine.bpmn.other_tools.work import waits
from engine.bpmn.xml import REDRESS, local, safe_root

SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "drools": KIE,
    "redress": REDRESS,
}


def understood(element: str, beside: str = "") -> etree._Element:
    """One element of a process, after; `beside` stands before the process."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    file = f"<bpmn:definitions {spaces}>{beside}<bpmn:process id='p'>{element}</bpmn:process></bpmn:definitions>"
    root = safe_root("p.bpmn", file.encode())
    understand(root)
    return next(one for one in root.iter("*") if one.get("id") == "it")


def ours(element: etree._Element) -> Mapping[str, str]:
    """Our attributes of it."""
    return {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items() if str(name).startswith(f"{{{REDRESS}}}")}


def left(element: etree._Element) -> list[str]:
    """What is still there of others: attributes and extension elements."""
    attributes = [str(name).rpartition("}")[2] for name in element.attrib if str(name).startswith("{") and REDRESS not in str(name)]
    return attributes + [local(part) for holder in element if local(holder) == "extensionElements" for part in holder]


def extended(tag: str, inside: str, attributes: str = "") -> str:
    return f'<bpmn:{tag} id="it" {attributes}><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:{tag}>'


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('camunda:assignee="li"', {"assignee": "li"}),
        ('flowable:assignee="${initiator}"', {"assignee": "=initiator"}),
        ('activiti:assignee="u-${number}"', {"assignee": "='u-' + str(number)"}),
        ('camunda:candidateGroups="a, ${b}"', {"candidateGroups": "a,=b"}),
        ('camunda:candidateGroups="${b},a"', {"candidateGroups": "a,=b"}),
        ('camunda:candidateGroups="${b},${c}"', {"candidateGroups": "=[b, c]"}),
        ('camunda:candidateUsers="#{people}"', {"candidateUsers": "=people"}),
        ('camunda:priority="${urgent.level}"', {"priority": "=urgent.level"}),
        ('camunda:formKey="camunda-forms:deployment:forms/ask.form"', {"formKey": "ask"}),
    ],
)
def test_who_does_a_task_is_taken_over(said: str, meant: Mapping[str, str]) -> None:
    task = understood(f'<bpmn:userTask id="it" {said} />')
    assert (ours(task), left(task)) == (meant, [])


@pytest.mark.parametrize(
    "said",
    [
        'camunda:assignee="${people.find(execution)}"',
        'camunda:assignee="li" redress:assignee="wang"',
        'camunda:candidateGroups="a,${f(b, c)}"',
        'camunda:dueDate="2030-01-01T09:00:00"',
        'camunda:dueDate="P1M"',
        'camunda:formKey="embedded:app:ask.html"',
    ],
)
def test_what_cannot_be_taken_over_stays_as_it_stands(said: str) -> None:
    assert left(understood(f'<bpmn:userTask id="it" {said} />')) == [said.partition("=")[0].partition(":")[2]]


def test_the_owner_of_the_standard_is_a_group_or_a_person() -> None:
    expression = "<bpmn:resourceAssignmentExpression><bpmn:formalExpression>{}</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
    owner = f"<bpmn:potentialOwner>{expression.format('user(li), group(a), b')}</bpmn:potentialOwner>"
    task = understood(f'<bpmn:userTask id="it">{owner}</bpmn:userTask>')
    assert ours(task) == {"candidateGroups": "a,b", "candidateUsers": "li"}
    one = f"<bpmn:humanPerformer>{expression.format('wang')}</bpmn:humanPerformer>"
    assert ours(understood(f'<bpmn:userTask id="it">{one}</bpmn:userTask>')) == {"assignee": "wang"}


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        ("humanPerformer", "${employee.name}", {"assignee": "=employee.name"}),
        ("humanPerformer", "#{actor}", {"assignee": "=actor"}),
        ("potentialOwner", "${team}, clerks", {"candidateGroups": "clerks,=team"}),
        ("potentialOwner", "group(a", {}),
        ("humanPerformer", "user(a), user(b)", {}),
    ],
)
def test_an_owner_may_be_an_expression_and_stays_when_it_cannot_be_said(kind: str, text: str, meant: Mapping[str, str]) -> None:
    expression = (
        f"<bpmn:resourceAssignmentExpression><bpmn:formalExpression>{text}</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
    )
    task = understood(f'<bpmn:userTask id="it"><bpmn:{kind}>{expression}</bpmn:{kind}></bpmn:userTask>')
    assert (ours(task), len(task)) == (meant, 0 if meant else 1)


@pytest.mark.parametrize(("reference", "meant"), [("r", {"candidateGroups": "Claims office"}), ("nobody", {})])
def test_a_resource_that_owns_a_task_is_a_group_of_its_name(reference: str, meant: Mapping[str, str]) -> None:
    owner = f"<bpmn:performer><bpmn:resourceRef>{reference}</bpmn:resourceRef></bpmn:performer>"
    task = understood(f'<bpmn:userTask id="it">{owner}</bpmn:userTask>', '<bpmn:resource id="r" name="Claims office" />')
    assert (ours(task), len(task)) == (meant, 0 if meant else 1)


def test_a_work_item_of_jbpm_is_a_service_task_with_its_name_as_topic() -> None:
    item = understood('<bpmn:task id="it" drools:taskName="Send letter" />')
    assert (local(item), ours(item), left(item)) == ("serviceTask", {"topic": "Send letter"}, [])
    assert local(understood('<bpmn:task id="it" drools:taskName="${kind}" />')) == "task"


def test_a_value_of_an_input_of_jbpm_is_a_text() -> None:
    said = {name: f'<bpmn:dataInput id="{name}" name="{name}" />' for name in ("Comment", "GroupId", "NotStartedNotify")}
    texts = {"Comment": "Call #{customer.name}", "GroupId": "clerks, nurses", "NotStartedNotify": "[from:a]@[1h]"}
    written = "".join(
        f"<bpmn:dataInputAssociation><bpmn:targetRef>{name}</bpmn:targetRef><bpmn:assignment><bpmn:from>{text}</bpmn:from>"
        f"<bpmn:to>{name}</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>"
        for name, text in texts.items()
    )
    io = f"<bpmn:ioSpecification>{''.join(said.values())}</bpmn:ioSpecification>"
    task = understood(f'<bpmn:userTask id="it" drools:selectable="true">{io}{written}</bpmn:userTask>')
    assert [one.text for one in task.iter("{*}from")] == ["'Call ' + str(customer.name)", "'clerks, nurses'", "[from:a]@[1h]"]
    assert ours(task) == {"candidateGroups": "clerks,nurses"}


def test_a_process_that_jbpm_executes_is_private_whatever_it_writes() -> None:
    written = '<bpmn:definitions xmlns:bpmn="{}" xmlns:drools="{}"><bpmn:process id="p" {} processType="Public" drools:version="1" />'
    for said, meant in (('isExecutable="true"', "Private"), ("", "Public")):
        root = safe_root("p.bpmn", f"{written.format(SPACES['bpmn'], KIE, said)}</bpmn:definitions>".encode())
        understand(root)
        assert root[0].get("processType") == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2030-01-01T09:00:00Z", "'2030-01-01T09:00:00Z'"),
        ("PT90M", "datetime(now()) + timedelta(seconds=5400)"),
        ("${dateTime().plusWeeks(1).toDate()}", "datetime(now()) + timedelta(weeks=1)"),
        ("${deadline}", "deadline"),
        ("=deadline", "deadline"),
        ("soon", None),
    ],
)
def test_a_due_date_becomes_an_expression(text: str, meant: str | None) -> None:
    assert due(text) == meant


def test_a_form_is_one_that_is_deployed() -> None:
    assert [form(key) for key in ("ask", "ask.form", "app:ask.jsf", "camunda-forms:bpmn:ask", "ask.html")] == [
        "ask",
        "ask",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("cycle", "meant"), [("R3/PT10M", "PT10M,PT10M"), ("R1/PT10M", "none"), ("PT1M, PT5M", "PT1M, PT5M"), ("R/PT1M", None), ("${x}", None)]
)
def test_retries_are_the_waits_between_attempts(cycle: str, meant: str | None) -> None:
    assert waits(cycle) == meant


def test_a_call_of_camunda_7_hands_over_what_it_says_and_nothing_else() -> None:
    bare = understood('<bpmn:callActivity id="it" calledElement="other" camunda:asyncBefore="true" />')
    assert ours(bare) == {"passes": "inputs", "returns": "outputs"}
    every = '<camunda:in variables="all" /><camunda:in source="a" target="b" /><camunda:out variables="all" />'
    assert ours(understood(extended("callActivity", every, 'calledElement="other"'))) == {
        "passes": "all",
        "returns": "all",
        "inputs": "{'b': a}",
    }
    unsaid = extended("callActivity", '<camunda:in businessKey="${other}" />', 'calledElement="other"')
    assert left(understood(unsaid)) == ["in"]


def test_a_call_of_camunda_8_hands_over_everything_unless_it_says_otherwise() -> None:
    called = extended("callActivity", '<zeebe:calledElement processId="other" />')
    assert (understood(called).get("calledElement"), ours(understood(called))) == ("other", {"binding": "latest"})
    dynamic = extended("callActivity", '<zeebe:calledElement processId="=which" />')
    assert left(understood(dynamic)) == ["calledElement"]


def test_inputs_are_texts_expressions_lists_and_maps() -> None:
    values = (
        '<camunda:inputParameter name="text">To ${name}</camunda:inputParameter>'
        '<camunda:inputParameter name="list"><camunda:list><camunda:value>${a}</camunda:value>'
        "<camunda:value>b</camunda:value></camunda:list></camunda:inputParameter>"
        '<camunda:inputParameter name="map"><camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map></camunda:inputParameter>'
        '<camunda:outputParameter name="sum">${a + 1}</camunda:outputParameter>'
    )
    task = understood(extended("serviceTask", f"<camunda:inputOutput>{values}</camunda:inputOutput>"))
    inputs = "{'text': 'To ' + str(name), 'list': [a, 'b'], 'map': {'k': 'v'}}"
    assert ours(task) == {"inputs": inputs, "outputs": "{'sum': a + 1}"}


@pytest.mark.parametrize(
    "inside",
    [
        '<camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1</camunda:script></camunda:inputParameter>',
        '<camunda:inputParameter name="x">${a}</camunda:inputParameter><camunda:inputParameter name="y">${x}</camunda:inputParameter>',
        '<camunda:inputParameter name="not a name">${a}</camunda:inputParameter>',
    ],
)
def test_inputs_that_would_be_something_else_stay_as_they_stand(inside: str) -> None:
    task = understood(extended("serviceTask", f"<camunda:inputOutput>{inside}</camunda:inputOutput>"))
    assert (ours(task), left(task)) == ({}, ["inputOutput"])


def test_a_script_is_an_expression_with_a_name() -> None:
    task = understood(extended("scriptTask", '<zeebe:script expression="=if a then 1 else 2" resultVariable="b" />'))
    assert [(local(one), one.text) for one in task if local(one) == "script"] == [("script", "b = (1 if a else 2)")]
    assert left(understood(extended("scriptTask", '<zeebe:script expression="=a[b &gt; 1]" resultVariable="b" />'))) == ["script"]


def test_without_a_name_for_the_item_only_the_number_of_items_counts() -> None:
    loop = understood('<bpmn:task><bpmn:multiInstanceLoopCharacteristics id="it" camunda:collection="xs" /></bpmn:task>')
    assert [(local(one), one.text) for one in loop] == [("loopCardinality", "len(xs)")]
