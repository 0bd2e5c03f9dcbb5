"""What the standard forbids (BPMN 2.0.2, its schema and the rules of its chapters 8 to 10): one small broken process each."""

import pytest

from engine.bpmn import checks

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" '
    'targetNamespace="t">'
)
START, END, A, B = '<startEvent id="s"/>', '<endEvent id="e"/>', '<userTask id="A"/>', '<task id="B"/>'
MESSAGES = '<message id="m" name="go"/><message id="m2" name="stop"/>'
HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
MESSAGE, OTHER = '<messageEventDefinition messageRef="m"/>', '<messageEventDefinition messageRef="m2"/>'


def flows(*chains: str) -> str:
    """`s A e`: sequence flows from each to the next; their ids are `s_A`, `A_e`."""
    pairs = [pair for chain in chains for pair in zip(chain.split(), chain.split()[1:], strict=False)]
    return "".join(f'<sequenceFlow id="{one}_{next_}" sourceRef="{one}" targetRef="{next_}"/>' for one, next_ in pairs)


def catch(key: str, definition: str = HOUR) -> str:
    return f'<intermediateCatchEvent id="{key}">{definition}</intermediateCatchEvent>'


def event_gateway(attributes: str, *targets: str) -> str:
    return f'<eventBasedGateway id="G" {attributes}/>' + "".join(targets)


def pools(message_flow: str) -> str:
    """A collaboration of p with a black box, and one message flow."""
    return f'<collaboration id="c"><participant id="P" processRef="p"/><participant id="Q"/>{message_flow}</collaboration>'


def message_flow(source: str, target: str) -> str:
    return pools(f'<messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>')


SEQUENCE = START + A + END + flows("s A e")
TALKING = (
    START
    + A
    + '<sendTask id="tell" messageRef="m"/><receiveTask id="hear" messageRef="m"/>'
    + catch("wait")
    + catch("caught", MESSAGE)
    + f'<boundaryEvent id="given_up" attachedToRef="A">{HOUR}</boundaryEvent><endEvent id="over">{MESSAGE}</endEvent>'
    + END
    + flows("s A tell hear wait caught e", "given_up over")
)


def rules(process: str, root: str = "") -> set[str]:
    """The rules that refuse a process with these contents."""
    file = f'{HEAD}{root}<process id="p" isExecutable="true">{process}</process></definitions>'
    found = checks.run({"p.bpmn": file.encode()})
    return {one.rule or "" for one in found if one.severity == "error"}


def test_the_sequence_all_others_are_made_of_is_sound() -> None:
    assert rules(SEQUENCE, pools("") + MESSAGES) == set()


@pytest.mark.parametrize(
    "flow",
    [
        message_flow("A", "A"),
        message_flow("A", "P"),
        message_flow("A", "nobody"),
        message_flow("s", "Q"),
        message_flow("Q", "e"),
        message_flow("Q", "s_A"),
        message_flow("e", "Q"),
        message_flow("Q", "tell"),
        message_flow("hear", "Q"),
        message_flow("Q", "wait"),
        pools('<messageFlow id="mf" sourceRef="A"/>'),
    ],
)
def test_a_message_flow_leads_from_one_pool_to_another(flow: str) -> None:
    assert rules(TALKING, flow + MESSAGES) == {"message_flows"}


@pytest.mark.parametrize(
    ("source", "target"), [("A", "Q"), ("Q", "A"), ("Q", "s"), ("Q", "P"), ("tell", "Q"), ("Q", "hear"), ("Q", "caught"), ("over", "Q")]
)
def test_a_message_flow_between_pools_may_be_drawn(source: str, target: str) -> None:
    assert rules(TALKING, message_flow(source, target) + MESSAGES) == set()


@pytest.mark.parametrize(
    ("process", "root"),
    [
        (START + event_gateway("", catch("C"), END) + flows("s G C e"), ""),
        (START + event_gateway('eventGatewayType="Parallel"', catch("C"), catch("D")) + END + flows("s G C e", "G D e"), ""),
        (START + event_gateway("", catch("C"), B) + END + flows("s G C e", "G B e"), ""),
        (START + event_gateway("", catch("C"), catch("D")) + END + B + flows("s G C e", "G D e", "s B C"), ""),
        (
            START + event_gateway("", catch("C", MESSAGE), '<receiveTask id="R" messageRef="m2"/>') + END + flows("s G C e", "G R e"),
            MESSAGES,
        ),
        (
            START + B + event_gateway('instantiate="true"', catch("C", MESSAGE), catch("D", OTHER)) + END + flows("s B G C e", "G D e"),
            MESSAGES,
        ),
        (START + B + '<receiveTask id="R" instantiate="true" messageRef="m"/>' + END + flows("s B R e"), MESSAGES),
        (
            START + '<subProcess id="S"><receiveTask id="R" instantiate="true" messageRef="m"/></subProcess>' + END + flows("s S e"),
            MESSAGES,
        ),
    ],
)
def test_an_event_based_gateway_waits_for_the_first_of_several_events(process: str, root: str) -> None:
    assert rules(process, root) == {"event_gateways"}


@pytest.mark.parametrize(("direction", "is_right"), [("Diverging", True), ("Unspecified", True), ("Converging", False), ("Mixed", False)])
def test_the_direction_of_a_gateway_is_what_it_does(direction: str, is_right: bool) -> None:
    process = START + f'<parallelGateway id="G" gatewayDirection="{direction}"/>' + A + B + END + flows("s G A e", "G B e")
    assert rules(process) == (set() if is_right else {"gateways"})


@pytest.mark.parametrize(
    "broken",
    [
        A.replace('"A"', '"A" isForCompensation="perhaps"'),
        A.replace('"A"', '"A" isForCompensation=""'),
        '<userTask id="A"><extensionElements/><extensionElements/></userTask>',
        '<userTask id="A"><standardLoopCharacteristics loopMaximum="2"/><standardLoopCharacteristics loopMaximum="3"/></userTask>',
        '<userTask id="A" startQuantity="1" isForCompensation="no"/>',
        '<task id="A"><standardLoopCharacteristics><loopCondition xsi:type="tGuess">x</loopCondition></standardLoopCharacteristics></task>',
    ],
)
def test_an_attribute_has_a_value_it_can_have_and_a_part_stands_there_once(broken: str) -> None:
    assert rules(START + broken + END + flows("s A e")) == {"allowed_values"}


@pytest.mark.parametrize(
    "broken",
    [
        '<userTask id="A"><script>x = 1</script></userTask>',
        f'<userTask id="A">{HOUR}</userTask>',
        '<userTask id="A"><sequenceFlow id="hidden" sourceRef="s" targetRef="e"/></userTask>',
        '<userTask id="A"><laneSet id="lanes"/></userTask>',
        '<userTask id="A"><conditionExpression>True</conditionExpression></userTask>',
        '<userTask id="A"><dataInput id="read"/></userTask>',
        '<intermediateThrowEvent id="A"><standardLoopCharacteristics loopMaximum="2"/></intermediateThrowEvent>',
        '<userTask id="A" cancelActivty="false"/>',
        '<userTask id="A" cancelActivity="false"/>',
        '<intermediateThrowEvent id="A" startQuantity="2"/>',
    ],
)
def test_an_element_or_attribute_stands_where_it_means_something(broken: str) -> None:
    assert rules(START + broken + END + flows("s A e")) == {"placement"}


@pytest.mark.parametrize(
    ("timer", "is_right"),
    [
        ("<timeDuration>PT1H</timeDuration>", True),
        ("<timeDate>2027-01-01T00:00:00Z</timeDate>", True),
        ("<timeCycle>R3/PT1H</timeCycle>", True),
        ("<timeDuration>2027-01-01T00:00:00Z</timeDuration>", False),
        ("<timeDate>PT1H</timeDate>", False),
        ("<timeCycle>PT1H</timeCycle>", False),
        ("<timeCycle>Rx/PT1H</timeCycle>", False),
        ("<timeDuration>-PT1H</timeDuration>", False),
        ("<timeDuration>PT1H</timeDuration><timeDate>2027-01-01T00:00:00Z</timeDate>", False),
        ("", False),
    ],
)
def test_a_timer_says_one_thing_of_the_kind_it_is(timer: str, is_right: bool) -> None:
    process = START + catch("C", f"<timerEventDefinition>{timer}</timerEventDefinition>") + END + flows("s C e")
    assert rules(process) == (set() if is_right else {"timers"})


@pytest.mark.parametrize(
    "event",
    [
        '<intermediateThrowEvent id="A"><escalationEventDefinition/></intermediateThrowEvent>',
        '<intermediateThrowEvent id="A"><escalationEventDefinition escalationRef="bare"/></intermediateThrowEvent>',
    ],
)
def test_what_is_thrown_says_what_it_is(event: str) -> None:
    assert rules(START + event + END + flows("s A e"), '<escalation id="bare"/>') == {"messages"}


def test_an_error_end_event_says_which_error() -> None:
    assert rules(START + A + '<endEvent id="e"><errorEventDefinition/></endEvent>' + flows("s A e")) == {"messages"}


@pytest.mark.parametrize(
    ("process", "root"),
    [
        (SEQUENCE.replace('<userTask id="A"/>', '<userTask id="A"><incoming>nothing</incoming></userTask>'), ""),
        (SEQUENCE.replace('<userTask id="A"/>', '<userTask id="A"><incoming>A_e</incoming></userTask>'), ""),
        (SEQUENCE.replace('<userTask id="A"/>', '<serviceTask id="A" operationRef="nothing"/>'), ""),
        (SEQUENCE + '<dataObject id="o" itemSubjectRef="nothing"/>', ""),
        (SEQUENCE + '<textAnnotation id="t"/><association id="a" sourceRef="t" targetRef="nothing"/>', ""),
        (SEQUENCE, '<message id="m3" name="three" itemRef="nothing"/>'),
        (SEQUENCE + '<dataStoreReference id="r" dataStoreRef="nothing"/>', ""),
        (SEQUENCE, '<partnerEntity id="us" name="us"><participantRef>nothing</participantRef></partnerEntity>'),
        (SEQUENCE, pools('<conversationLink id="l" sourceRef="nothing" targetRef="P"/>')),
        (
            SEQUENCE + '<laneSet id="l"><lane id="l1"><flowNodeRef>qe</flowNodeRef></lane></laneSet>',
            '<process id="q" isExecutable="true"><startEvent id="qs"/><endEvent id="qe"/>' + flows("qs qe") + "</process>",
        ),
    ],
)
def test_a_reference_leads_somewhere(process: str, root: str) -> None:
    assert rules(process, root) == {"references"}


def test_a_name_of_another_namespace_is_not_looked_for() -> None:
    assert rules(SEQUENCE + '<dataObject id="o" itemSubjectRef="xsi:string"/>') == set()


def test_compensation_is_thrown_for_an_activity() -> None:
    thrown = '<intermediateThrowEvent id="T"><compensateEventDefinition activityRef="s"/></intermediateThrowEvent>'
    assert rules(START + A + thrown + END + flows("s A T e")) == {"compensation"}


@pytest.mark.parametrize("number", ["-1", "2.5", "'three'", "True"])
def test_the_number_of_instances_is_whole(number: str) -> None:
    loop = f"<multiInstanceLoopCharacteristics><loopCardinality>{number}</loopCardinality></multiInstanceLoopCharacteristics>"
    assert rules(START + f'<userTask id="A">{loop}</userTask>' + END + flows("s A e")) == {"loops"}


def test_only_a_plain_sub_process_is_started_by_an_event() -> None:
    process = START + '<adHocSubProcess id="H" triggeredByEvent="true"><task id="T"/></adHocSubProcess>' + END + flows("s H e")
    assert rules(process) == {"event_sub_processes"}
