"""What a diagram asks to be evaluated while its steps are written: an attack ends with an incident, and nothing is lost."""

from collections.abc import Iterator

import pytest

from tests.conformance.adaptor import DeployError, Redress
from tests.engine.bpmn.doors import DOORS, TASK_DOORS, Files
from tests.engine.bpmn.test_attacks_at_every_door import ATTACKS, VARIABLES

pytestmark = pytest.mark.once
RUNAWAY = "sum([j for i in b * 900 for j in b * 900])"  # nothing that could be seen before it runs
OVER_THE_TOP = {
    "assignee": ["'x' * 99999", "'u' * 256"],
    "candidateGroups": ["range(9999)", "['x' * 99999]", "'x' * 99999"],
    "candidateUsers": ["range(9999)", "'x' * 99999"],
    "priority": ["10 ** 30", "'9' * 5000", "'x'", "-1", "1.5", "None"],
    "dueDate": ["'9999-12-31T23:59:00-14:00'", "'0001-01-01T00:00:00+14:00'", "'x' * 99999", "'2026-03-01'", "1"],
}


@pytest.fixture(scope="module")
def redress() -> Iterator[Redress]:
    product = Redress()
    yield product
    product.close()


def error(redress: Redress, files: Files) -> str:
    """The sentence in which it is refused or in which it failed; "" when it did not."""
    try:
        deployed = redress.deploy(files)
    except DeployError as refusal:
        return refusal.message
    status = redress.status(redress.start(deployed, VARIABLES))
    return (status.error or "") if status.state == "error" else ""


@pytest.mark.parametrize("door", TASK_DOORS)
def test_an_attack_on_a_task_is_refused_or_becomes_an_incident(redress: Redress, door: str) -> None:
    for attack, text in ATTACKS.items():
        if not text.startswith(("=", "$", "#")):  # these are said in our language only
            said = error(redress, TASK_DOORS[door](text))
            assert said, attack
            assert "Error" not in said, attack


@pytest.mark.parametrize(("door", "text"), [(door, text) for door, texts in OVER_THE_TOP.items() for text in texts])
def test_what_no_task_can_have_becomes_an_incident(redress: Redress, door: str, text: str) -> None:
    said = error(redress, TASK_DOORS[door](text))
    assert said.startswith("The step failed at x1: ")
    assert len(said) < 1_200


@pytest.mark.parametrize("door", [door for door in DOORS if "FEEL" not in door])
def test_a_runaway_becomes_an_incident(redress: Redress, door: str) -> None:
    said = error(redress, DOORS[door](RUNAWAY))
    assert any(sentence in said for sentence in ("This takes", "a loop may not end")), said
