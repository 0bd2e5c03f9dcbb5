"""A BPMN file read as plain values."""

import dataclasses
from pathlib import Path

import pytest

from engine.bpmn import diagram
from engine.bpmn.diagram import Element, Process
from engine.errors import InvalidDeployment

FILE = Path(__file__).parent / "every_word.bpmn"


@pytest.fixture(scope="module")
def process() -> Process:
    return diagram.read(FILE.name, FILE.read_bytes())[0]


def test_a_process_has_its_words_in_both_languages(process: Process) -> None:
    assert (process.id, process.name, process.name_zh) == ("every_word", "Every word", "每个词")
    assert (process.documentation, process.documentation_zh) == ("What can be said.", "可以说明的内容。")
    assert (process.executable, process.file, process.line) == (True, "every_word.bpmn", 3)


def test_search_attributes_have_a_type_text_if_none_is_named(process: Process) -> None:
    assert process.search_attributes == (("level", "number"), ("customer", "text"), ("received", "instant"))


def test_elements_of_sub_processes_are_there_with_their_scope(process: Process) -> None:
    scopes = {key: element.scope for key, element in process.elements.items()}
    assert scopes == {
        "begin": "every_word",
        "inside": "every_word",
        "inner_begin": "inside",
        "ask": "inside",
        "late": "inside",
        "inner_end": "inside",
        "send": "every_word",
        "call": "every_word",
        "decide": "every_word",
        "finish": "every_word",
    }
    assert process.flows["to_ask"].scope == "inside"


def test_a_user_task_says_who_when_and_what(process: Process) -> None:
    ask = process.elements["ask"]
    assert ask.type == "userTask"
    assert ask.candidate_groups == ("clerk", "team_lead")
    assert (ask.assignee, ask.form_key, ask.priority) == ("=owner", "ask", "50")
    assert (ask.due_date, ask.four_eyes) == ("working_time('PT8H')", ("one", "other"))
    assert ask.bounds == (200.0, 120.0, 100.0, 80.0)


def test_lanes_give_the_group_of_the_innermost_one_also_inside_a_sub_process(process: Process) -> None:
    assert [(lane.id, lane.name, lane.name_zh, lane.group) for lane in process.lanes] == [
        ("lane_office", "Office", "办公室", "Office"),
        ("lane_clerk", "Clerk", "经办", "clerk"),
    ]
    lanes = {key: element.lane for key, element in process.elements.items()}
    assert (lanes["begin"], lanes["inside"], lanes["ask"], lanes["finish"]) == ("Office", "clerk", "clerk", None)


def test_an_expression_is_one_candidate_whatever_commas_it_holds() -> None:
    assert diagram.split("=pick(a, b)") == ("=pick(a, b)",)
    assert diagram.split(" a, b ,") == ("a", "b")
    assert diagram.split(None) == ()


def test_events_say_what_they_are(process: Process) -> None:
    late, finish = process.elements["late"], process.elements["finish"]
    assert (late.event, late.attached_to, late.interrupting) == ("timer", "ask", False)
    assert (finish.event, finish.interrupting, process.elements["begin"].event) == ("terminate", True, None)


def test_work_of_the_system_says_what_it_does(process: Process) -> None:
    send, call, decide = (process.elements[key] for key in ("send", "call", "decide"))
    assert (send.topic, send.retries, send.result_variable) == ("letters.send", ("0s", "PT1M"), "receipt")
    assert (call.called_element, call.binding, call.version) == ("other", "version", 3)
    assert (decide.decision_ref, decide.binding, decide.version) == ("band", "latest", None)


def test_flows_have_their_condition(process: Process) -> None:
    flow = process.flows["to_send"]
    assert (flow.source, flow.target, flow.name, flow.name_zh, flow.condition) == ("inside", "send", "yes", "是", "level > 1")
    assert process.flows["to_ask"].condition is None


def test_lines_are_those_on_which_an_element_begins(process: Process) -> None:
    lines = FILE.read_text("utf-8").splitlines()
    assert all(f'id="{key}"' in lines[element.line - 1] for key, element in process.elements.items())


def test_values_cannot_be_changed(process: Process) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        process.elements["ask"].name = "x"  # type: ignore[misc]


def test_words_that_are_not_there_are_empty() -> None:
    bare = Element(id="a", type="task", scope="p", line=1)
    assert (bare.name, bare.documentation_zh, bare.form_key, bare.binding) == ("", "", None, "latest")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html/>", "This is not BPMN 2.0: the root element is <html>"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "There is no process in this file"),
        (b'<definitions xmlns="http://example.org/other"/>', "not <definitions> of the BPMN namespace"),
    ],
)
def test_what_is_no_process_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InvalidDeployment) as refused:
        diagram.read("x.bpmn", content)
    (problem,) = refused.value.problems
    assert words in problem.message
    assert (problem.file, problem.line) == ("x.bpmn", 1)
