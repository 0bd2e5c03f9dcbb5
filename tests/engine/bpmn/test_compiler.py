"""What compiling gives, and how it refuses."""

from pathlib import Path

import pytest

from engine.bpmn.compiler import Called, Compiled, compile_files, load_specification
from engine.errors import InvalidDeployment, Problem
from tests.engine.bpmn.running import DIAGRAMS, compiled

BEGIN = '<bpmn:startEvent id="begin" /><bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="x" />'
FINISH = '<bpmn:sequenceFlow id="f2" sourceRef="x" targetRef="finish" /><bpmn:endEvent id="finish" />'


def wrapped(inside: str) -> bytes:
    head, _, _ = (DIAGRAMS / "plain_task.bpmn").read_text().partition("<bpmn:process")
    return f'{head}<bpmn:process id="p" isExecutable="true">{BEGIN}\n{inside}\n{FINISH}</bpmn:process></bpmn:definitions>'.encode()


def problems(**files: bytes) -> list[Problem]:
    with pytest.raises(InvalidDeployment) as refusal:
        compile_files({name.replace("__", "."): content for name, content in files.items()})
    return [problem for problem in refusal.value.problems if problem.severity == "error"]


def test_a_process_knows_the_files_it_depends_on() -> None:
    files = {
        "p/decision.bpmn": (DIAGRAMS / "decision.bpmn").read_bytes().replace(b'id="look"', b'id="look" redress:formKey="look"'),
        **{f"p/{name}.dmn": (DIAGRAMS / f"{name}.dmn").read_bytes() for name in ("standard", "band", "hints")},
        "p/forms/look.form": b'{"type": "default", "components": []}',
        "p/forms/other.form": b'{"type": "default", "components": []}',
    }
    (process,) = compile_files(files).processes
    assert process.uses == set(files) - {"p/forms/other.form"}
    assert (process.key, process.name, process.resource_name) == ("decision", "Decision", "p/decision.bpmn")


def test_what_is_called_and_what_starts_it_is_listed() -> None:
    process = compiled("caller")
    assert process.calls[0] == Called(element_id="call", key="called", binding="latest", version=None)
    assert [(start.event, start.text) for start in compiled("message_start").starts] == [("message", "begin")]


def test_compiling_twice_gives_the_same_bytes() -> None:
    files = {"parallel.bpmn": (DIAGRAMS / "parallel.bpmn").read_bytes()}
    assert compile_files(files).processes[0].specification == compile_files(files).processes[0].specification


def test_a_specification_is_small_and_loads() -> None:
    blob = compiled("approval_chain").specification
    assert len(blob) < 3_000
    specification = load_specification(blob)
    assert specification.key == "approval_chain"
    assert set(specification.subs) == {"chain"}
    assert specification.elements["late"] == "boundaryEvent"


def test_several_processes_of_one_file_are_compiled_each() -> None:
    first = (DIAGRAMS / "plain_task.bpmn").read_text()
    head, mark, process = first.partition("  <bpmn:process")
    second = process.replace('"plain_task"', '"second"')
    for name in ("begin", "anything", "by_hand", "finish"):
        second = second.replace(f'"{name}', f'"other_{name}')
    text = head + mark + process.replace("</bpmn:definitions>", "") + mark + second
    found: Compiled = compile_files({"two.bpmn": text.encode()})
    assert [one.key for one in found.processes] == ["plain_task", "second"]


@pytest.mark.parametrize(
    ("inside", "element"),
    [
        ('<bpmn:choreographyTask id="x" />', "x"),
        ('<bpmn:scriptTask id="x"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>', "x"),
        ('<bpmn:businessRuleTask id="x" redress:decisionRef="unknown" />', "x"),
        ('<bpmn:businessRuleTask id="x" />', "x"),
        ('<bpmn:callActivity id="x" />', "x"),
        ('<bpmn:userTask id="x" redress:candidateGroups="clerk"><bpmn:multiInstanceLoopCharacteristics /></bpmn:userTask>', "x"),
        ('<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition messageRef="no" /></bpmn:intermediateCatchEvent>', "x"),
    ],
)
def test_what_cannot_be_executed_is_refused_with_file_element_and_line(inside: str, element: str) -> None:
    found = problems(p__bpmn=wrapped(inside))
    assert any((problem.file, problem.element) == ("p.bpmn", element) and (problem.line or 0) > 1 for problem in found)
    for problem in found:
        assert "Error" not in problem.message
        assert "SpiffWorkflow" not in problem.message
        assert "line_number" not in problem.message


def test_all_problems_of_all_files_are_told_at_once() -> None:
    found = problems(one__bpmn=wrapped('<bpmn:choreographyTask id="x" />'), two__bpmn=b"<broken", three__dmn=b"<definitions />")
    assert {problem.file for problem in found} >= {"one.bpmn", "two.bpmn", "three.dmn"}


def test_comments_do_no_harm() -> None:
    script = "<!-- why --><bpmn:script>a = 1 <!-- because --></bpmn:script>"
    inside = f'<bpmn:scriptTask id="x" scriptFormat="urn:redress:expression:1">{script}</bpmn:scriptTask>'
    assert compile_files({"p.bpmn": wrapped(inside)}).processes[0].key == "p"


def test_a_chain_longer_than_pythons_stack_compiles() -> None:
    link = '<bpmn:task id="t{0}" /><bpmn:sequenceFlow id="g{0}" sourceRef="{1}" targetRef="t{0}" />'
    steps = "".join(link.format(n, f"t{n - 1}" if n else "x") for n in range(600))
    text = wrapped(f'<bpmn:task id="x" />{steps}').replace(b'sourceRef="x" targetRef="finish"', b'sourceRef="t599" targetRef="finish"')
    assert load_specification(compile_files({"p.bpmn": text}).processes[0].specification).key == "p"


def test_every_fixture_diagram_compiles() -> None:
    for path in sorted(Path(DIAGRAMS).glob("*.bpmn")):
        assert load_specification(compiled(path.stem).specification).key == path.stem
