"""What is drawn: elements, events, ids, references, flows. Each case changes one word of a deployment without a fault."""

import pytest

from tests.engine.bpmn.checks.deployment import GOOD, changed, line_of, run

SERVICE = '<bpmn:serviceTask id="remind" redress:topic="good.remind" redress:retries="0s,PT1M" />'


START = '<bpmn:startEvent id="begin" />'
INNER = '<bpmn:startEvent id="inner_begin" />'
EXTRA = '<bpmn:sequenceFlow id="extra" sourceRef="remind" targetRef="reminded" />'
CIRCLE = '<bpmn:sequenceFlow id="back" sourceRef="check" targetRef="inner_begin" />'
ERROR = '<bpmn:errorEventDefinition id="refused_definition" errorRef="refused_error" />'


def _with(node: str, event: str) -> str:
    """The empty `node` with an event definition in it."""
    tag = node.removeprefix("<").partition(" ")[0]
    return f'{node.removesuffix(" />")}><bpmn:{event}EventDefinition messageRef="answer_message" /></{tag}>'


def _link(kind: str, key: str, name: str) -> str:
    tag = f"bpmn:intermediate{kind}Event"
    return f'<{tag} id="{key}"><bpmn:linkEventDefinition name="{name}" /></{tag}>'


def spoke(old: str, new: str, *, rule: str, element: str | None, severity: str = "error") -> str:
    """The message of the one problem of this rule that names this element; it stands in a file and on a line."""
    found = [one for one in changed(old, new) if (one.rule, one.element, one.severity) == (rule, element, severity)]
    assert len(found) == 1, changed(old, new)
    assert found[0].file == "good.bpmn"
    assert found[0].line
    assert found[0].code == rule.upper()
    return found[0].message


def test_a_deployment_without_a_fault_has_no_problems() -> None:
    assert run(GOOD) == ()


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ('<bpmn:choreographyTask id="remind" />', "Choreographies cannot be executed"),
        (
            '<bpmn:serviceTsk id="remind" />',
            "There is no element <serviceTsk> that could be executed. Supported are: ad hoc sub process, boundary event, business rule",
        ),
        ('<bpmn:task id="remind" startQuantity="0" />', "write how many tokens are meant"),
    ],
)
def test_what_would_not_be_executed_is_refused(new: str, words: str) -> None:
    messages = [one.message for one in changed(SERVICE, new) if one.rule == "supported_elements" and one.severity == "error"]
    assert len(messages) == 1
    assert words in messages[0]


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        (START, _with(START, "error"), "begin", "boundary"),
        (INNER, _with(INNER, "message"), "inner_begin", "starts by itself"),
        (SERVICE, '<bpmn:intermediateCatchEvent id="remind" />', "remind", "waits for nothing"),
        (ERROR, "<bpmn:terminateEventDefinition />", "refused", "Only end events terminate"),
    ],
)
def test_an_event_is_refused_where_it_would_do_nothing(old: str, new: str, element: str, words: str) -> None:
    assert words in spoke(old, new, rule="supported_events", element=element)


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ('<bpmn:endEvent id="reminded" />', "<bpmn:endEvent />", "good", "no id"),
        ('<bpmn:endEvent id="reminded" />', '<bpmn:endEvent id="decide" />', "decide", "already used at line 16"),
        ('<bpmn:endEvent id="reminded" />', '<bpmn:endEvent id="1 end" />', "1 end", "cannot be an id"),
    ],
)
def test_ids_are_there_once(old: str, new: str, element: str, words: str) -> None:
    assert words in spoke(old, new, rule="ids", element=element)


def test_two_files_do_not_hold_the_same_process() -> None:
    found = [one for one in run({**GOOD, "again.bpmn": GOOD["good.bpmn"]}) if one.rule == "ids"]
    assert [(one.file, one.element) for one in found] == [("good.bpmn", "good")]
    assert "already in again.bpmn" in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ('targetRef="wait"', 'targetRef="wiat"', "to_wait", "Did you mean 'wait'?"),
        ('sourceRef="late" targetRef="remind"', 'sourceRef="late" targetRef="check"', "to_remind", "in another process or sub-process"),
        ('sourceRef="late" targetRef="remind"', 'targetRef="remind"', "to_remind", "no sourceRef"),
        ('default="to_call"', 'default="to_calll"', "which", "Did you mean 'to_call'?"),
        ('messageRef="answer_message"', 'messageRef="other"', "answered_definition", "There is no message 'other'"),
        ('errorRef="refused_error"', 'errorRef="refuse_error"', "refused_definition", "Did you mean 'refused_error'?"),
        ("<bpmn:flowNodeRef>ask<", "<bpmn:flowNodeRef>gone<", "lane_clerk", "remove it from the lane"),
        ('redress:fourEyes="check"', 'redress:fourEyes="chekc"', "ask", "Did you mean 'check'?"),
    ],
)
def test_references_lead_somewhere(old: str, new: str, element: str, words: str) -> None:
    assert words in spoke(old, new, rule="references", element=element)


def test_a_problem_stands_on_the_line_of_its_element() -> None:
    found = [one for one in changed('targetRef="wait" />', 'targetRef="wiat" />') if one.rule == "references"]
    assert [one.line for one in found] == [line_of('<bpmn:sequenceFlow id="to_wait"')]


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ('<bpmn:startEvent id="inner_begin" />', '<bpmn:task id="inner_begin" />' + CIRCLE, "inside", "no start event"),
        (START, START + '<bpmn:startEvent id="also" />', "also", "Nothing follows"),
        (INNER, INNER + '<bpmn:startEvent id="x" />', "x", "one start event at most"),
        ('sourceRef="remind" targetRef="reminded"', 'sourceRef="remind" targetRef="begin"', "begin", "leads to this start event"),
        ('sourceRef="remind" targetRef="reminded"', 'sourceRef="reminded" targetRef="remind"', "reminded", "leaves this end event"),
        ('isExecutable="true"', 'isExecutable="false"', "good", 'set isExecutable="true"'),
    ],
)
def test_a_process_begins_and_ends(old: str, new: str, element: str, words: str) -> None:
    messages = [
        one.message for one in changed(old, new) if (one.rule, one.element) == ("start_and_end", element) and one.severity == "error"
    ]
    assert any(words in message for message in messages), changed(old, new)


def test_a_way_that_ends_without_an_end_event_is_a_warning() -> None:
    old = '<bpmn:sequenceFlow id="to_reminded" sourceRef="remind" targetRef="reminded" />'
    assert "Draw one and name the result" in spoke(old, "", rule="start_and_end", element="remind", severity="warning")


def test_what_no_token_can_reach_is_refused() -> None:
    assert "would never happen" in spoke(SERVICE, SERVICE + '<bpmn:task id="island" />', rule="reachable", element="island")


def test_of_a_way_that_is_cut_off_only_the_beginning_is_named() -> None:
    found = changed('sourceRef="inside" targetRef="wait"', 'sourceRef="inside" targetRef="wiat"')
    assert [(one.element, "the 2 after it" in one.message) for one in found if one.rule == "reachable"] == [("wait", True)]


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ('attachedToRef="ask"', 'attachedToRef="aks"', "late", "Did you mean 'ask'?"),
        ('attachedToRef="ask"', 'attachedToRef="which"', "late", "is an exclusive gateway"),
        ('attachedToRef="ask"', 'attachedToRef="check"', "late", "in another sub-process"),
        ('sourceRef="remind" targetRef="reminded"', 'sourceRef="remind" targetRef="late"', "late", "only its activity can trigger it"),
        ('<bpmn:sequenceFlow id="to_end_refused" sourceRef="refused" targetRef="end_refused" />', "", "refused", "Nothing follows"),
        ('attachedToRef="inside"', 'attachedToRef="inside" cancelActivity="false"', "refused", "always interrupts"),
    ],
)
def test_boundary_events_are_attached_to_what_waits(old: str, new: str, element: str, words: str) -> None:
    assert words in spoke(old, new, rule="boundary_events", element=element)


CONDITION = "<bpmn:conditionExpression xsi:type=\"bpmn:tFormalExpression\">band &gt; 1 and answer == 'yes'</bpmn:conditionExpression>"


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        (CONDITION, "", "to_inside", "without a condition"),
        ('<bpmn:exclusiveGateway id="which" default="to_call" />', '<bpmn:exclusiveGateway id="which" />', "to_call", "default flow"),
        ('<bpmn:exclusiveGateway id="which" default="to_call" />', '<bpmn:parallelGateway id="which" />', "to_inside", "is not asked"),
        (
            'sourceRef="late" targetRef="remind" />',
            f'sourceRef="late" targetRef="remind">{CONDITION}</bpmn:sequenceFlow>',
            "to_remind",
            "is not asked",
        ),
        ('<bpmn:startEvent id="begin"', '<bpmn:startEvent id="begin" default="to_decide"', "begin", "has no default flow"),
        (SERVICE, SERVICE.replace('"remind" ', '"remind" default="extra" ') + EXTRA, "remind", "no flow here has one"),
    ],
)
def test_every_token_finds_its_way_at_a_gateway(old: str, new: str, element: str, words: str) -> None:
    assert words in spoke(old, new, rule="gateways", element=element)


def test_an_event_that_can_hardly_happen_is_a_warning() -> None:
    old, new = 'attachedToRef="ask"', 'attachedToRef="count"'
    assert "never waits" in spoke(old, new, rule="boundary_events", element="late", severity="warning")


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        (SERVICE, _link("Throw", "remind", "here"), "remind", "leads nowhere"),
        (SERVICE, _link("Throw", "remind", ""), "remind", "leads nowhere"),
        (SERVICE, SERVICE + _link("Catch", "there", "there"), "there", "Nothing throws the link 'there'"),
        (SERVICE, SERVICE + _link("Catch", "there", ""), "there", "has no name"),
        (SERVICE, _link("Throw", "remind", "up") + _link("Catch", "a", "up") + _link("Catch", "b", "up"), "b", "is caught twice"),
        (SERVICE, _link("Throw", "remind", "up") + _link("Catch", "a", "up"), "remind", "A sequence flow leaves this link"),
    ],
)
def test_a_link_leads_to_one_place(old: str, new: str, element: str, words: str) -> None:
    messages = [one.message for one in changed(old, new) if (one.rule, one.element) == ("links", element)]
    assert any(words in message for message in messages), changed(old, new)


def _fed(*parts: str) -> str:
    """A task with a data association of these parts, and data to connect."""
    data = '<bpmn:dataObject id="order" /><bpmn:dataObjectReference id="order_ref" dataObjectRef="order" />'
    store = '<bpmn:dataStoreReference id="shelf" />'
    return (
        f'{data}{store}<bpmn:task id="remind"><bpmn:dataInputAssociation id="in">{"".join(parts)}</bpmn:dataInputAssociation></bpmn:task>'
    )


FROM, TO = "<bpmn:sourceRef>order_ref</bpmn:sourceRef>", "<bpmn:targetRef>amount</bpmn:targetRef>"


@pytest.mark.parametrize(
    ("new", "element", "words"),
    [
        (_fed(), "in", "connects nothing"),
        (_fed("<bpmn:sourceRef>ordre_ref</bpmn:sourceRef>", TO), "in", "Did you mean 'order_ref'?"),
        (_fed("<bpmn:sourceRef>shelf</bpmn:sourceRef>", TO), "in", "outlives its instance"),
        (_fed(FROM, FROM, TO), "in", "only by a transformation"),
        (_fed(FROM, TO, "<bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>2</bpmn:to></bpmn:assignment>"), "in", "written to '2'"),
        (_fed(FROM, TO, "<bpmn:assignment><bpmn:to>total</bpmn:to></bpmn:assignment>"), "in", "give it both"),
        (_fed(FROM, TO).replace('dataObjectRef="order"', 'dataObjectRef="ordre"'), "order_ref", "no data object 'ordre'"),
        (_fed(FROM, TO).replace('"remind"', '"remind" isForCompensation="true"'), "in", "undoes something"),
    ],
)
def test_a_data_association_connects_what_is_there(new: str, element: str, words: str) -> None:
    assert words in spoke(SERVICE, new, rule="data_flow", element=element)


def test_a_gateway_without_a_way_out_is_refused() -> None:
    found = changed(SERVICE, SERVICE + '<bpmn:parallelGateway id="split" />')
    assert any("No sequence flow leaves" in one.message for one in found if (one.rule, one.element) == ("gateways", "split"))


def test_a_choice_without_a_default_is_a_warning() -> None:
    text = GOOD["good.bpmn"].decode().replace(' default="to_call"', "")
    flow = 'sourceRef="which" targetRef="call" />'
    text = text.replace(flow, flow.replace(" />", f">{CONDITION}</bpmn:sequenceFlow>"))
    found = [one for one in run({**GOOD, "good.bpmn": text.encode()}) if one.rule == "gateways"]
    assert [(one.element, one.severity) for one in found] == [("which", "warning")]
    assert "the token is stuck" in found[0].message


def test_every_problem_of_a_file_is_found_at_once_errors_first() -> None:
    text = GOOD["good.bpmn"].decode()
    text = text.replace('targetRef="wait" />', 'targetRef="wiat" />').replace("tries = 1", "tries = ").replace("good.remind", "good.remnid")
    found = run({**GOOD, "good.bpmn": text.encode()})
    assert {"references", "expressions", "service_tasks"} <= {one.rule for one in found}
    assert [one.severity for one in found] == sorted(one.severity for one in found)


def test_files_of_other_kinds_broken_files_and_second_forms_are_named() -> None:
    found = run({**GOOD, "notes.txt": b"x", "broken.bpmn": b"<a>\n<b></a>", "more/ask.form": b"{}", "page.dmn": b"<html/>"})
    assert {(one.file, one.line) for one in found if one.severity == "error"} >= {
        ("notes.txt", None),
        ("broken.bpmn", 2),
        ("more/ask.form", None),
        ("page.dmn", 1),
    }


def test_a_part_in_another_namespace_is_refused_because_nobody_would_read_it() -> None:
    message = spoke(SERVICE, '<serviceTask xmlns="urn:other" id="remind" />', rule="namespaces", element="remind")
    assert message.startswith("<serviceTask> is of the namespace 'urn:other' and would be ignored")
    own = spoke(SERVICE, SERVICE + '<paint xmlns="urn:other" id="red" />', rule="namespaces", element="red", severity="warning")
    assert own == "<paint> is of the namespace 'urn:other': it is not part of BPMN and means nothing here."


def test_a_signal_event_names_its_signal() -> None:
    event = '<bpmn:intermediateThrowEvent id="remind"><bpmn:signalEventDefinition /></bpmn:intermediateThrowEvent>'
    assert spoke(SERVICE, event, rule="signals", element="remind").startswith("No signal is chosen here")
