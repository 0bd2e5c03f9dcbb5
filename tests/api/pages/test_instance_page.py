"""The page of one run of a process."""

from tests.api.conftest import DIAGRAMS
from tests.api.pages.conftest import Desk, words

ENGINE_DIAGRAMS = DIAGRAMS.parents[1] / "engine" / "diagrams"


def test_it_shows_why_a_decision_was_what_it_was(desk: Desk) -> None:
    desk.office.deploy(ENGINE_DIAGRAMS / "weigh_by_weight.bpmn", ENGINE_DIAGRAMS / "weigh.dmn")
    body = {"definition_key": "weigh_by_weight", "variables": {"weight": 4}}
    started = desk.office.person("u_po1").post("/process-instances", body).json
    page = desk.visitor("u_po1").get(f"/instances/{started['id']}")
    said = words(page)
    assert "Why it was decided so Weigh it" in said
    assert "weigh · rows that held: 1 Asked weight 4 Said price 10" in said
    assert "The other rows, by the first cell that did not hold: weight (2)" in said
