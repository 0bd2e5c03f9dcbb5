"""What begins and ends, what is declared, read and written: models that break a rule of the standard, and neighbours that do not."""

import pytest

from engine.bpmn import checks
from tests.engine.bpmn.checks.test_checks_standard import END, HEAD, MESSAGES, SEQUENCE, START, A, B, catch, flows, pools, rules


def in_(kind: str, *parts: str, after: str = "s A e") -> str:
    """A process whose A has these parts."""
    return START + f'<{kind} id="A">{"".join(parts)}</{kind}>' + END + flows(after)


IO = "<ioSpecification>{}</ioSpecification>"
BOTH_SETS = "<inputSet/><outputSet/>"


@pytest.mark.parametrize(
    ("process", "rule"),
    [
        (START + A + flows("s A"), "start_and_end"),
        (A + END + flows("A e"), "start_and_end"),
        (in_("subProcess", '<startEvent id="s2"/><task id="B"/>', flows("s2 B")), "start_and_end"),
        (START + A + catch("C") + END + flows("s A C", "A e"), "start_and_end"),
        (START + '<exclusiveGateway id="G"/>' + END + flows("s G e"), "gateways"),
        (SEQUENCE.replace('targetRef="e"/>', 'targetRef="e"><conditionExpression>x</conditionExpression></sequenceFlow>'), "gateways"),
        (SEQUENCE.replace('targetRef="e"/>', 'targetRef="e" isImmediate="false"/>'), "allowed_values"),
        (in_("task", IO.format("<outputSet/>")), "data_sets"),
        (in_("task", IO.format("<inputSet/>")), "data_sets"),
        (in_("task", IO.format('<dataInput id="read"/>' + BOTH_SETS)), "data_sets"),
        (in_("subProcess", IO.format(BOTH_SETS), '<task id="B"/>'), "data_sets"),
        (in_("exclusiveGateway", IO.format(BOTH_SETS), after="s A e") + B + flows("A B e"), "placement"),
    ],
)
def test_what_begins_ends_and_what_is_drawn_means_something(process: str, rule: str) -> None:
    assert rule in rules(process)


def test_a_process_that_an_event_starts_needs_no_start_event() -> None:
    assert rules('<receiveTask id="R" instantiate="true" messageRef="m"/>' + END + flows("R e"), MESSAGES) == set()


@pytest.mark.parametrize(
    ("root", "rule"),
    [
        ('<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="q.bpmn" namespace="q"/>', "imports"),
        ('<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="p.bpmn" namespace="q"/>', "imports"),
        ('<import location="q.xsd" namespace="q"/>', "imports"),
        ('<extension mustUnderstand="true" definition="more"/>', "imports"),
        ('<interface id="i" name="i"/>', "interfaces"),
        ('<interface id="i"><operation id="o" name="o"><inMessageRef>m</inMessageRef></operation></interface>', "interfaces"),
        ('<interface id="i" name="i"><operation id="o" name="o"/></interface>', "interfaces"),
        (pools("").replace('processRef="p"/>', 'processRef="p"><participantMultiplicity minimum="3" maximum="2"/></participant>'), "pools"),
        (pools("").replace('processRef="p"/>', 'processRef="p"><participantMultiplicity maximum="many"/></participant>'), "pools"),
    ],
)
def test_what_is_declared_is_whole(root: str, rule: str) -> None:
    assert rules(SEQUENCE, root + MESSAGES) == {rule}


@pytest.mark.parametrize(
    "root",
    [
        '<import importType="http://www.w3.org/2001/XMLSchema" location="http://nowhere.example/q.xsd" namespace="q"/>',
        '<extension mustUnderstand="false" definition="more"/>',
        '<interface id="i" name="i"><operation id="o" name="o"><inMessageRef>m</inMessageRef></operation></interface>',
        pools("").replace('processRef="p"/>', 'processRef="p"><participantMultiplicity minimum="0" maximum="2"/></participant>'),
    ],
)
def test_what_is_whole_may_be_declared(root: str) -> None:
    assert rules(SEQUENCE, root + MESSAGES) == set()


ITEMS = (
    '<itemDefinition id="i" structureRef="text"/><itemDefinition id="j" structureRef="number"/><itemDefinition id="k" isCollection="true"/>'
)


@pytest.mark.parametrize(
    ("attributes", "read", "is_right"),
    [
        ('itemSubjectRef="i"', 'itemSubjectRef="i"', True),
        ('itemSubjectRef="i"', 'itemSubjectRef="j"', False),
        ('itemSubjectRef="i"', "", True),
        ('itemSubjectRef="k" isCollection="true"', "", True),
        ('itemSubjectRef="i" isCollection="true"', "", False),
    ],
)
def test_data_is_copied_into_data_of_its_type(attributes: str, read: str, is_right: bool) -> None:
    sets = "<inputSet><dataInputRefs>read</dataInputRefs></inputSet><outputSet/>"
    reading = f'<ioSpecification><dataInput id="read" {read}/>{sets}</ioSpecification>'
    association = '<dataInputAssociation id="a"><sourceRef>o</sourceRef><targetRef>read</targetRef></dataInputAssociation>'
    process = f'<dataObject id="o" {attributes}/>' + in_("task", reading, association)
    assert rules(process, ITEMS) == (set() if is_right else {"data_sets"})


def test_a_public_process_is_not_executable() -> None:
    file = f'{HEAD}<process id="p" isExecutable="true" processType="Public">{SEQUENCE}</process></definitions>'
    assert {one.rule for one in checks.run({"p.bpmn": file.encode()}) if one.severity == "error"} == {"start_and_end"}


def link(kind: str, key: str, other: str) -> str:
    definition = f'<linkEventDefinition id="l{key}" name="x">{other}</linkEventDefinition>'
    return f'<intermediate{kind}Event id="{key}">{definition}</intermediate{kind}Event>'


@pytest.mark.parametrize(("named", "is_right"), [("lC", True), ("s", False), ("nothing", False)])
def test_a_link_may_name_its_other_end_and_then_it_is_one(named: str, is_right: bool) -> None:
    links = link("Throw", "T", f"<target>{named}</target>") + link("Catch", "C", "<source>lT</source>")
    assert rules(START + links + END + flows("s T", "C e")) == (set() if is_right else {"links"})


def test_an_id_of_the_process_is_not_that_of_a_task_in_it() -> None:
    assert rules(SEQUENCE.replace('"A"', '"p"')) == {"ids"}


@pytest.mark.parametrize(("language", "is_right"), [("", True), ("x == 1", False)])
def test_a_language_nothing_is_written_in_is_not_asked(language: str, is_right: bool) -> None:
    condition = f"<conditionExpression>{language}</conditionExpression>" if language else ""
    process = START + A + B + END + flows("s A e", "B e") + f'<sequenceFlow id="f" sourceRef="A" targetRef="B">{condition}</sequenceFlow>'
    file = (
        HEAD.replace('id="d"', 'id="d" expressionLanguage="http://www.mvel.org/2.0"') + f'<process id="p">{process}</process></definitions>'
    )
    found = {one.rule for one in checks.run({"p.bpmn": file.encode()}) if one.severity == "error"}
    assert found == (set() if is_right else {"languages"})


@pytest.mark.parametrize(("text", "is_right"), [("PT2H", True), ("deadline", False)])
def test_iso_8601_is_the_same_in_every_language(text: str, is_right: bool) -> None:
    written = f'<timeDuration language="http://www.w3.org/1999/XPath">{text}</timeDuration>'
    found = rules(START + catch("C", f"<timerEventDefinition>{written}</timerEventDefinition>") + END + flows("s C e"))
    assert found == (set() if is_right else {"languages"})


def test_the_id_of_a_documentation_is_that_of_the_tool_that_wrote_it() -> None:
    assert rules(START.replace("/>", '><documentation id="7-a">Begin here.</documentation></startEvent>') + END + flows("s e")) == set()


def test_a_date_without_a_time_zone_is_named() -> None:
    timer = "<timerEventDefinition><timeDate>2027-01-01T00:00:00</timeDate></timerEventDefinition>"
    file = f'{HEAD}<process id="p">{START + catch("C", timer) + END + flows("s C e")}</process></definitions>'
    found = checks.run({"p.bpmn": file.encode()})
    assert [one.severity for one in found if "read as UTC" in one.message] == ["warning"]


def lane(named: str) -> str:
    return f'<laneSet id="ls"><lane id="l"><flowNodeRef>{named}</flowNodeRef></lane></laneSet>' + SEQUENCE


@pytest.mark.parametrize(("named", "is_right"), [("A", True), ("s_A", False), ("l", False)])
def test_elements_stand_in_lanes_and_nothing_else(named: str, is_right: bool) -> None:
    assert rules(lane(named)) == (set() if is_right else {"references"})


def test_an_activity_is_repeated_in_one_way() -> None:
    loop = '<standardLoopCharacteristics loopMaximum="2"/>'
    instances = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    assert rules(in_("task", loop)) == rules(in_("task", instances)) == set()
    assert rules(in_("task", loop, instances)) == {"loops"}


@pytest.mark.parametrize(
    ("association", "is_right"),
    [
        ("<dataInputAssociation><sourceRef>o</sourceRef><targetRef>read</targetRef></dataInputAssociation>", True),
        ("<dataInputAssociation><sourceRef>o</sourceRef><targetRef>written</targetRef></dataInputAssociation>", False),
        ("<dataInputAssociation><sourceRef>o</sourceRef><targetRef>elsewhere</targetRef></dataInputAssociation>", False),
        ("<dataOutputAssociation><sourceRef>written</sourceRef><targetRef>o</targetRef></dataOutputAssociation>", True),
        ("<dataOutputAssociation><sourceRef>read</sourceRef><targetRef>o</targetRef></dataOutputAssociation>", False),
    ],
)
def test_an_association_fills_an_input_or_takes_an_output_of_its_activity(association: str, is_right: bool) -> None:
    sets = "<inputSet><dataInputRefs>read</dataInputRefs></inputSet><outputSet><dataOutputRefs>written</dataOutputRefs></outputSet>"
    own = IO.format('<dataInput id="read"/><dataOutput id="written"/>' + sets)
    other = IO.format('<dataInput id="elsewhere"/><inputSet><dataInputRefs>elsewhere</dataInputRefs></inputSet><outputSet/>')
    process = '<dataObject id="o"/>' + in_("task", own, association).replace(flows("s A e"), f'<task id="B">{other}</task>')
    assert rules(process + flows("s A B e")) == (set() if is_right else {"data_flow"})


@pytest.mark.parametrize(
    ("retrieval", "is_right"),
    [
        ('messageRef="m"><messagePath>order</messagePath>', True),
        ('messageRef="m">', False),
        ("><messagePath>order</messagePath>", False),
    ],
)
def test_what_is_taken_from_a_message_to_correlate_it_is_said(retrieval: str, is_right: bool) -> None:
    expression = f"<correlationPropertyRetrievalExpression {retrieval}</correlationPropertyRetrievalExpression>"
    root = f'{MESSAGES}<correlationProperty id="order" name="order">{expression}</correlationProperty>'
    assert rules(SEQUENCE, root) == (set() if is_right else {"interfaces"})


def test_a_receive_task_behind_an_event_based_gateway_has_no_boundary_events() -> None:
    gateway = START + '<eventBasedGateway id="G"/><receiveTask id="R" messageRef="m"/>' + catch("T")
    sound = gateway + END + flows("s G R e", "G T e")
    assert rules(sound, MESSAGES) == set()
    event = '<boundaryEvent id="X" attachedToRef="R"><signalEventDefinition signalRef="g"/></boundaryEvent>'
    assert rules(sound + event + flows("X e"), MESSAGES + '<signal id="g" name="g"/>') == {"event_gateways"}


@pytest.mark.parametrize(("inputs", "is_right"), [(("order",), True), (("other",), False), ((), False), (("order", "other"), False)])
def test_a_call_declares_what_the_called_process_declares(inputs: tuple[str, ...], is_right: bool) -> None:
    def declared(prefix: str, names: tuple[str, ...]) -> str:
        parts = "".join(f'<dataInput id="{prefix}{name}" name="{name}"/>' for name in names)
        references = "".join(f"<dataInputRefs>{prefix}{name}</dataInputRefs>" for name in names)
        return IO.format(f"{parts}<inputSet>{references}</inputSet><outputSet/>")

    call = START + f'<callActivity id="A" calledElement="q">{declared("a_", inputs)}</callActivity>' + END + flows("s A e")
    called = START.replace('"s"', '"s2"') + END.replace('"e"', '"e2"') + flows("s2 e2")
    root = f'<process id="q" isExecutable="true">{declared("q_", ("order",))}{called}</process>'
    assert rules(call, root) == (set() if is_right else {"calls"})


@pytest.mark.parametrize(
    ("read", "is_right"),
    [
        ("of_process", True),
        ("of_process_ref", True),
        ("of_a", True),
        ("of_b", False),
        ("inner", False),
        ("inner_ref", False),
        ("asked", True),
        ("answered", False),
    ],
)
def test_data_is_seen_where_it_lives_and_inside_of_that(read: str, is_right: bool) -> None:
    declared = IO.format(
        '<dataInput id="asked" name="asked"/><dataOutput id="answered"/><inputSet><dataInputRefs>asked</dataInputRefs></inputSet>'
        "<outputSet><dataOutputRefs>answered</dataOutputRefs></outputSet>"
    )
    own = IO.format('<dataInput id="needs"/><inputSet><dataInputRefs>needs</dataInputRefs></inputSet><outputSet/>')
    association = f"<dataInputAssociation><sourceRef>{read}</sourceRef><targetRef>needs</targetRef></dataInputAssociation>"
    process = (
        f'{declared}<property id="of_process"/><dataObject id="o"/><dataObjectReference id="of_process_ref" dataObjectRef="o"/>{START}{END}'
        f'<task id="A">{own}<property id="of_a"/>{association}</task><task id="B"><property id="of_b"/></task>'
        '<subProcess id="S"><dataObject id="inner"/><dataObjectReference id="inner_ref" dataObjectRef="inner"/><task id="T"/></subProcess>'
    )
    assert rules(process + flows("s A B S e")) == (set() if is_right else {"data_flow"})


def test_an_object_of_a_sub_process_is_referred_to_inside_of_it() -> None:
    reference = '<dataObjectReference id="r" dataObjectRef="o"/>'
    inside = in_("subProcess", f'<dataObject id="o"/><task id="T"/>{reference}')
    assert rules(inside) == set()
    assert rules(in_("subProcess", '<dataObject id="o"/><task id="T"/>') + reference) == {"data_flow"}


def test_an_input_of_the_process_is_not_written_inside_of_it() -> None:
    declared = IO.format('<dataInput id="asked" name="asked"/><inputSet><dataInputRefs>asked</dataInputRefs></inputSet><outputSet/>')
    own = IO.format('<dataOutput id="gives"/><inputSet/><outputSet><dataOutputRefs>gives</dataOutputRefs></outputSet>')
    association = "<dataOutputAssociation><sourceRef>gives</sourceRef><targetRef>asked</targetRef></dataOutputAssociation>"
    assert rules(declared + in_("task", own, association)) == {"data_flow"}


@pytest.mark.parametrize(("message", "is_right"), [("m", True), ("m2", True), ("m3", False)])
@pytest.mark.parametrize("kind", ["sendTask", "receiveTask"])
def test_a_message_is_one_of_the_operation_it_is_sent_to(kind: str, message: str, is_right: bool) -> None:
    operation = '<operation id="o" name="o"><inMessageRef>m</inMessageRef><outMessageRef>m2</outMessageRef></operation>'
    root = f'{MESSAGES}<message id="m3" name="other"/><interface id="i" name="i">{operation}</interface>'
    process = START + f'<{kind} id="A" messageRef="{message}" operationRef="o"/>' + END + flows("s A e")
    assert rules(process, root) == (set() if is_right else {"interfaces"})


@pytest.mark.parametrize(("structure", "is_right"), [("i", True), ("nothing", False)])
@pytest.mark.parametrize("kind", ["signal", "error", "escalation"])
def test_what_is_thrown_has_a_structure_that_is_there(kind: str, structure: str, is_right: bool) -> None:
    assert rules(SEQUENCE, f'{ITEMS}<{kind} id="x" name="x" structureRef="{structure}"/>') == (set() if is_right else {"references"})
