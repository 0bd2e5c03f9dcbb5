"""What cannot be done ad hoc."""

import pytest

from tests.engine.bpmn.checks.deployment import changed

PLACE = '<bpmn:subProcess id="inside">'


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("", "no activity"),
        ('<bpmn:task id="a" /><bpmn:startEvent id="b" />', "has no start event"),
        (
            '<bpmn:task id="a" /><bpmn:task id="b" /><bpmn:sequenceFlow id="x" sourceRef="a" targetRef="b" />'
            '<bpmn:sequenceFlow id="y" sourceRef="b" targetRef="a" />',
            "nothing in it can begin",
        ),
    ],
)
def test_what_could_not_be_done_is_refused(inside: str, words: str) -> None:
    found = changed("<bpmn:laneSet", f'<bpmn:adHocSubProcess id="hoc">{inside}</bpmn:adHocSubProcess><bpmn:laneSet')
    assert any(words in problem.message for problem in found if problem.rule == "ad_hoc"), found
