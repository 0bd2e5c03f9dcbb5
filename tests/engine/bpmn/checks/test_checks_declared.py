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
