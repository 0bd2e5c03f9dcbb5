"""What the standard forbids about event sub-processes, compensation and transactions."""

import pytest

from engine.bpmn import checks
from tests.engine.bpmn.running import DIAGRAMS

START = '<bpmn:startEvent id="note_comes" isInterrupting="false"><bpmn:messageEventDefinition messageRef="note" /></bpmn:startEvent>'


def found(file: str, old: str, new: str) -> list[tuple[str | None, str | None]]:
    text = (DIAGRAMS / f"{file}.bpmn").read_text(encoding="utf-8")
    assert old in text
    problems = checks.run({f"{file}.bpmn": text.replace(old, new, 1).encode()})
    return [(one.rule, one.element) for one in problems if one.severity == "error"]


@pytest.mark.parametrize(
    "file",
    [
        "event_sub_processes",
        "event_sub_processes_nested",
        "event_sub_process_errors",
        "compensation",
        "compensation_after_error",
        "transaction",
        "escalations",
    ],
)
def test_what_is_drawn_as_the_standard_says_has_no_errors(file: str) -> None:
    assert found(file, "<bpmn:process", "<bpmn:process") == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        (START, '<bpmn:startEvent id="note_comes" />', "supported_events", "note_comes"),
        (START, START.replace("messageEventDefinition messageRef", "cancelEventDefinition id"), "supported_events", "note_comes"),
        (
            '<bpmn:sequenceFlow id="after_to_finish" sourceRef="after" targetRef="finish" />',
            '<bpmn:sequenceFlow id="after_to_noted" sourceRef="after" targetRef="noted" />'
            '<bpmn:sequenceFlow id="noted_to_finish" sourceRef="noted" targetRef="finish" />',
            "event_sub_processes",
            "after_to_noted",
        ),
        (
            '<bpmn:endEvent id="finish" />',
            '<bpmn:endEvent id="finish" /><bpmn:endEvent id="gone" /><bpmn:sequenceFlow id="g" sourceRef="at_noted" targetRef="gone" />'
            '<bpmn:boundaryEvent id="at_noted" attachedToRef="noted"><bpmn:errorEventDefinition /></bpmn:boundaryEvent>',
            "event_sub_processes",
            "at_noted",
        ),
        (
            START,
            f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>x</bpmn:loopCondition></bpmn:standardLoopCharacteristics>{START}",
            "event_sub_processes",
            "noted",
        ),
        (
            START,
            '<bpmn:startEvent id="note_comes" isInterrupting="false"><bpmn:errorEventDefinition /></bpmn:startEvent>',
            "event_sub_processes",
            "note_comes",
        ),
        (START, '<bpmn:startEvent id="note_comes"><bpmn:compensateEventDefinition /></bpmn:startEvent>', "event_sub_processes", "noted"),
    ],
)
def test_an_event_sub_process_is_outside_of_the_flow_and_starts_by_one_event(old: str, new: str, rule: str, element: str) -> None:
    assert (rule, element) in found("event_sub_processes", old, new)


def test_nobody_knows_which_of_two_event_sub_processes_for_one_error_is_meant() -> None:
    twin = (
        '<bpmn:subProcess id="twin" triggeredByEvent="true"><bpmn:startEvent id="twin_error"><bpmn:errorEventDefinition errorRef="bank" />'
        '</bpmn:startEvent><bpmn:endEvent id="twin_end" /><bpmn:sequenceFlow id="t" sourceRef="twin_error" targetRef="twin_end" />'
        "</bpmn:subProcess>"
    )
    old = '<bpmn:subProcess id="of_bank"'
    assert found("event_sub_process_errors", old, f"{twin}{old}") == [("event_sub_processes", "bank_error")]


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (' sourceRef="charge_undone" targetRef="refund"', ' sourceRef="charge_undone" targetRef="decide"', "charge_undone"),
        (' sourceRef="charge_undone" targetRef="refund"', ' sourceRef="charge_undone" targetRef="decide"', "refund"),
        (
            'id="charge_to_inner" sourceRef="charge" targetRef="inner"',
            'id="charge_to_inner" sourceRef="charge_undone" targetRef="inner"',
            "charge_to_inner",
        ),
        ('id="decide_to_undo_charge" sourceRef="decide"', 'id="decide_to_undo_charge" sourceRef="refund"', "decide_to_undo_charge"),
        ('activityRef="charge"', 'activityRef="nothing"', "undo_charge"),
        ('activityRef="charge"', 'activityRef="write"', "undo_charge"),
        (
            '<bpmn:endEvent id="finish" />',
            '<bpmn:endEvent id="finish" /><bpmn:boundaryEvent id="twice" attachedToRef="charge"><bpmn:compensateEventDefinition />'
            '</bpmn:boundaryEvent><bpmn:association id="a" sourceRef="twice" targetRef="refund" />',
            "twice",
        ),
        (
            '<bpmn:endEvent id="finish" />',
            '<bpmn:endEvent id="finish" /><bpmn:boundaryEvent id="twice" attachedToRef="refund"><bpmn:compensateEventDefinition />'
            '</bpmn:boundaryEvent><bpmn:association id="a" sourceRef="twice" targetRef="unbook" />',
            "twice",
        ),
    ],
)
def test_a_handler_is_tied_to_one_event_and_outside_of_the_flow(old: str, new: str, element: str) -> None:
    assert ("compensation", element) in found("compensation", old, new)


def test_a_transaction_that_can_be_cancelled_says_where_to_go_then() -> None:
    event = '<bpmn:boundaryEvent id="cancelled" attachedToRef="booking"><bpmn:cancelEventDefinition /></bpmn:boundaryEvent>'
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    assert found("transaction", event, event.replace("<bpmn:cancelEventDefinition />", timer)) == [("transactions", "give_up")]
    beside = event.replace("attachedToRef", 'cancelActivity="false" attachedToRef')
    assert found("transaction", event, beside) == [("transactions", "cancelled")]
    second = event.replace('"cancelled"', '"cancelled_too"')
    flow = '<bpmn:sequenceFlow id="f" sourceRef="cancelled_too" targetRef="finish" />'
    assert found("transaction", event, f"{event}{second}{flow}") == [("transactions", "cancelled_too")]


def test_only_a_transaction_is_cancelled() -> None:
    text = (DIAGRAMS / "transaction.bpmn").read_text(encoding="utf-8").replace("bpmn:transaction", "bpmn:subProcess")
    errors = [(one.rule, one.element) for one in checks.run({"t.bpmn": text.encode()}) if one.severity == "error"]
    assert errors == [("supported_events", "give_up"), ("supported_events", "cancelled")]
